"""What a charge point does as the specification wants it: statuses, queueing, repeating, cards, limits of power."""

from __future__ import annotations

import itertools
import json
from random import Random
from typing import Any

import pytest

from shocpp.charge_point.core.charge_point import SimulatedChargePoint
from shocpp.charge_point.core.connector import Transaction
from shocpp.charge_point.core.outbox import Outbox, QueuedCall
from shocpp.charge_point.core.outputs import HangUp, Send
from shocpp.charge_point.script import parser
from shocpp.charge_point.script.player import Player
from shocpp.ocpp.frames import Call, Payload
from tests.charge_point.test_accounting import random_script
from tests.support.coupled import BEGAN_S, CentralSystem, Coupling

HOUR = 3600.0

# OCPP 1.6 §4.9, the table of transitions; of one to Unavailable from Preparing it says nothing, and it happens
A, B, C, D, E, F, G, H, I = (  # noqa: E741 - as the specification letters them
    "Available",
    "Preparing",
    "Charging",
    "SuspendedEV",
    "SuspendedEVSE",
    "Finishing",
    "Reserved",
    "Unavailable",
    "Faulted",
)
TRANSITIONS = {
    A: {B, C, D, E, G, H, I},
    B: {A, C, D, E, F, H, I},
    C: {A, D, E, F, H, I},
    D: {A, C, E, F, H, I},
    E: {A, C, D, F, H, I},
    F: {A, B, H, I},
    G: {A, B, H, I},
    H: {A, B, C, D, E, I},
    I: {A, B, C, D, E, F, G, H},
}


class World:
    """A charge point coupled to a central system in memory, with what it sent."""

    def __init__(self, words: str, connectors: int = 1, seed: int = 1) -> None:
        rng = Random(seed)
        self.central = CentralSystem("wh")
        self.charge_point = SimulatedChargePoint("CP001", rng, BEGAN_S, connectors)
        self.coupling = Coupling(self.charge_point, self.central, Player(self.charge_point, parser.read([words])))

    def order(self, after_s: float, action: str, payload: Payload) -> None:
        """Have a command sent some time after the beginning."""
        self.coupling.order(BEGAN_S + after_s, lambda: (action, payload))

    def run(self, hours: float = 24) -> None:
        """Run until all is said."""
        self.coupling.run(BEGAN_S + hours * HOUR)

    def sent(self, action: str) -> list[Any]:
        """Give the payloads of all requests of an action."""
        return [call.payload for call in self.central.seen if call.action == action]

    def answered(self) -> list[Any]:
        """Give the payloads of all confirmations of commands."""
        return [getattr(frame, "payload", None) for frame in self.central.answers]


def statuses(world: World, connector_id: int = 1) -> list[str]:
    """Give the statuses that a connector had, without repetitions."""
    told = [one["status"] for one in world.sent("StatusNotification") if one["connectorId"] == connector_id]
    return [status for number, status in enumerate(told) if number == 0 or status != told[number - 1]]


def test_statuses_of_an_ordinary_charge() -> None:
    """From Available to Available by the statuses that a driver expects, in that order."""
    world = World("plug; wait 1m; card 1111; wait 10m; pause; wait 1m; resume; wait 1m; card 1111; wait 1m; unplug")
    world.run()
    assert statuses(world) == [A, B, C, D, C, F, A]


def test_only_transitions_of_the_specification() -> None:
    """Over hundreds of random scripts without boots no status follows another that the specification does not allow."""
    for seed in range(400):
        lines = [line for line in random_script(Random(seed)) if line not in ("reboot", "powercut", "powercut 5m")]
        lines = [line for line in lines if not line.startswith("offline")]
        world = World("; ".join(lines), connectors=2, seed=seed)
        world.run()
        for connector_id in (1, 2):
            told = statuses(world, connector_id)
            for before, after in itertools.pairwise(told):
                assert after in TRANSITIONS[before], f"seed {seed}: {before} to {after}"


def test_offline_charge_is_told_later_in_order() -> None:
    """A charge that begins and ends while nobody listens is told later: start, meter values, stop, with its id."""
    world = World("set AllowOfflineTxForUnknownId true; offline 2h; plug; card 1111; wait 1h; card 1111; wait 3h")
    world.run()
    told = [call.action for call in world.central.seen if call.action.endswith(("Transaction", "Values"))]
    assert told[0] == "StartTransaction"
    assert told[-1] == "StopTransaction"
    assert len(told) > 50
    assert (
        world.sent("StopTransaction")[0]["transactionId"]
        == 10_000_000 + world.sent("StartTransaction")[0]["meterStart"] % 1_000_000
    )
    assert not world.sent("Authorize")


def test_unknown_card_offline_is_refused_unless_configured() -> None:
    """Without AllowOfflineTxForUnknownId nobody charges who is not known from before."""
    world = World("offline 2h; plug; card 1111; wait 3h")
    world.run()
    assert not world.charge_point.charging.finished
    assert not world.sent("StartTransaction")


@pytest.mark.parametrize(("failures", "is_told"), [(2, True), (3, False)])
def test_refused_stop_is_repeated(failures: int, is_told: bool) -> None:
    """A refused StopTransaction comes TransactionMessageAttempts times, each time after a longer interval."""
    world = World("plug; card 1111; wait 1h; card 1111; wait 2h")
    left = [True] * failures
    world.central.fail = lambda: bool(left and left.pop())
    world.run()
    times = world.sent("StopTransaction")
    assert len(times) == min(3, failures + 1)
    assert world.charge_point.charging.finished[0].is_confirmed == is_told
    assert world.charge_point.state.tally.discarded == (0 if is_told else 1)


def test_same_digest_after_a_repeat() -> None:
    """A repeated stop is the same in every byte but its unique id, so that it is booked once."""
    world = World("plug; card 1111; wait 1h; card 1111; wait 2h")
    left = [True]
    world.central.fail = lambda: bool(left and left.pop())
    world.run()
    first, second = world.sent("StopTransaction")
    assert first == second
    assert len(world.central.records) == 1


def profile(purpose: str, limit: float, unit: str = "W", **more: object) -> Payload:
    """Make a charging profile of one period."""
    periods = [{"startPeriod": 0, "limit": limit}]
    return {
        "chargingProfileId": 7,
        "stackLevel": 1,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Relative",
        "chargingSchedule": {"chargingRateUnit": unit, "chargingSchedulePeriod": periods},
        **more,
    }


def powers(world: World) -> list[int]:
    """Give the powers in W that the meter values told, in order."""
    samples = [one["meterValue"][0]["sampledValue"] for one in world.sent("MeterValues")]
    return [int(each["value"]) for found in samples for each in found if each["measurand"] == "Power.Active.Import"]


@pytest.mark.parametrize(("limit", "unit", "power_w"), [(4000.0, "W", 4000), (6.0, "A", 4140), (0.0, "W", 0)])
def test_a_profile_limits_the_power(limit: float, unit: str, power_w: int) -> None:
    """Whatever the car wants, it gets what the profile leaves; nothing at all is SuspendedEVSE."""
    world = World("wait 1m; plug; card 1111; wait 30m; card 1111")
    world.order(
        30, "SetChargingProfile", {"connectorId": 0, "csChargingProfiles": profile("TxDefaultProfile", limit, unit)}
    )
    world.run()
    assert world.answered()[0] == {"status": "Accepted"}
    assert set(powers(world)[1:]) == {power_w}
    assert (E in statuses(world)) == (power_w == 0)


def test_composite_schedule_tells_the_truth() -> None:
    """What GetCompositeSchedule announces is what a car that wants more gets, minute by minute."""
    periods = [{"startPeriod": at, "limit": limit} for at, limit in ((0, 8000.0), (900, 5000.0), (1800, 9000.0))]
    sent = profile("TxDefaultProfile", 0.0)
    sent["chargingSchedule"] = {"chargingRateUnit": "W", "chargingSchedulePeriod": periods, "duration": 2700}
    world = World("soc 10%; plug; soc 10%; card 1111; wait 1h; card 1111")
    world.order(-1, "SetChargingProfile", {"connectorId": 1, "csChargingProfiles": sent})
    total = profile("ChargePointMaxProfile", 7000.0)
    world.order(-1, "SetChargingProfile", {"connectorId": 0, "csChargingProfiles": {**total, "chargingProfileId": 8}})
    world.order(30, "GetCompositeSchedule", {"connectorId": 1, "duration": 3600, "chargingRateUnit": "W"})
    world.run()
    schedule = world.answered()[-1]["chargingSchedule"]["chargingSchedulePeriod"]
    announced = []
    for minute in range(1, 60):
        at_s = minute * 60 - 30
        announced.append(round([one["limit"] for one in schedule if one["startPeriod"] <= at_s][-1]))
    got = powers(world)[: len(announced)]
    # on the minutes at which a period begins the meter was read a moment before
    differing = [minute for minute, pair in enumerate(zip(announced, got, strict=True), 1) if pair[0] != pair[1]]
    assert differing == []
    assert set(announced) == {7000, 5000}


def test_the_meter_says_what_the_power_says() -> None:
    """At 3600 W the meter runs 60 Wh a minute, and not at all while the car pauses."""
    world = World("power 3600W; plug; card 1111; wait 30m; pause; wait 30m; card 1111")
    world.run()
    samples = [one["meterValue"][0]["sampledValue"] for one in world.sent("MeterValues")]
    energy = [int(each["value"]) for found in samples for each in found if each["measurand"].startswith("Energy")]
    steps = [after - before for before, after in itertools.pairwise(energy)]
    assert steps[:29] == [60] * 29
    assert steps[30:] == [0] * len(steps[30:])


def test_a_message_that_was_given_back_goes_first() -> None:
    """What a connection took with it is sent before all that came later: a start before its stop."""
    outbox = Outbox()
    transaction = Transaction(1, "1111", 0, BEGAN_S, "")
    for action in ("StartTransaction", "StopTransaction"):
        outbox.add(QueuedCall(action, {}, transaction))
    first = outbox.next(BEGAN_S, True)
    assert first is not None
    outbox.give_back(first)
    assert outbox.next(BEGAN_S, True) is first


def test_transaction_profile_goes_before_default_and_ends_with_the_charge() -> None:
    """A TxProfile counts for the charge it was sent for, and no longer."""
    world = World("wait 1m; plug; card 1111; wait 20m; card 1111; wait 1m; card 1111; wait 20m; card 1111")
    world.order(30, "SetChargingProfile", {"connectorId": 0, "csChargingProfiles": profile("TxDefaultProfile", 4000.0)})
    own = profile("TxProfile", 3000.0, chargingProfileId=9)
    world.order(40, "SetChargingProfile", {"connectorId": 1, "csChargingProfiles": own})
    world.order(70, "SetChargingProfile", {"connectorId": 1, "csChargingProfiles": own})
    world.run()
    assert [one["status"] for one in world.answered()] == ["Accepted", "Rejected", "Accepted"]
    assert powers(world)[2] == 3000
    assert powers(world)[-1] == 4000


def test_reservation_keeps_others_away_and_expires() -> None:
    """A reserved connector refuses another card, serves its own with its id, and is Available once it expires."""
    world = World("wait 1m; plug; card 3333; wait 1m; card 1111; wait 10m; card 1111; wait 1m; unplug; wait 3h")
    reservation = {"connectorId": 1, "idTag": "1111", "reservationId": 5, "expiryDate": "2026-01-01T01:00:00Z"}
    world.order(10, "ReserveNow", reservation)
    world.order(5000, "ReserveNow", {**reservation, "expiryDate": "2026-01-01T02:00:00Z"})
    world.run()
    starts = world.sent("StartTransaction")
    assert [(one["idTag"], one["reservationId"]) for one in starts] == [("1111", 5)]
    assert statuses(world)[-2:] == [G, A]


def test_availability_is_scheduled_while_charging() -> None:
    """Inoperative waits for the end of the charge, and then holds until Operative."""
    world = World("plug; card 1111; wait 30m; card 1111; wait 1m; unplug; wait 1h; card 1111; wait 1h")
    world.order(600, "ChangeAvailability", {"connectorId": 1, "type": "Inoperative"})
    world.order(6000, "ChangeAvailability", {"connectorId": 1, "type": "Operative"})
    world.run()
    assert [one["status"] for one in world.answered()] == ["Scheduled", "Accepted"]
    assert statuses(world) == [A, B, C, H, A]
    assert len(world.sent("StartTransaction")) == 1


def test_refused_card_ends_the_charge() -> None:
    """A card that the central system refuses only after the start ends the charge: DeAuthorized."""
    world = World("set LocalPreAuthorize true; wait 1m; plug; card 9999; wait 1h")
    listed = [{"idTag": "9999", "idTagInfo": {"status": "Accepted"}}]
    world.order(10, "SendLocalList", {"listVersion": 1, "updateType": "Full", "localAuthorizationList": listed})
    world.run()
    assert [one["reason"] for one in world.sent("StopTransaction")] == ["DeAuthorized"]


def test_cable_that_does_not_come() -> None:
    """Who presents a card and plugs nothing in within ConnectionTimeOut leaves the connector Available."""
    world = World("card 1111; wait 2m; plug; wait 10m; unplug")
    world.run()
    assert statuses(world) == [A, B, A, B, A]
    assert not world.sent("StartTransaction")


@pytest.mark.parametrize(
    ("action", "payload", "code"),
    [
        ("Nonsense", {}, "NotImplemented"),
        ("Heartbeat", {}, "NotSupported"),
        ("Reset", {"type": "Warm"}, "PropertyConstraintViolation"),
        ("Reset", {}, "OccurenceConstraintViolation"),
        ("RemoteStopTransaction", {"transactionId": "7"}, "TypeConstraintViolation"),
    ],
)
def test_what_is_wrong_is_refused(action: str, payload: Payload, code: str) -> None:
    """A command that is unknown, not ours, or against the schema is answered with the code of OCPP-J table 7."""
    charge_point = SimulatedChargePoint("CP001", Random(1), BEGAN_S)
    charge_point.connected(BEGAN_S)
    effects = charge_point.receive(Call("1", action, payload).encode().encode(), BEGAN_S)
    frames = [json.loads(effect.data) for effect in effects if isinstance(effect, Send)]
    assert [frame[:3] for frame in frames] == [[4, "1", code]]


def test_nothing_is_sent_before_the_boot_is_accepted() -> None:
    """While the boot is Pending only what was triggered goes out, and the boot comes again after the interval."""
    charge_point = SimulatedChargePoint("CP001", Random(1), BEGAN_S)
    (boot,) = charge_point.connected(BEGAN_S)
    assert isinstance(boot, Send)
    pending = {"status": "Pending", "currentTime": "2026-01-01T00:00:00Z", "interval": 30}
    assert charge_point.receive(json.dumps([3, json.loads(boot.data)[1], pending]).encode(), BEGAN_S) == []
    charge_point.charging.plug(charge_point.connectors[1], BEGAN_S)
    assert charge_point.advance(BEGAN_S + 29) == []
    trigger = Call("1", "TriggerMessage", {"requestedMessage": "StatusNotification"}).encode().encode()
    assert len(charge_point.receive(trigger, BEGAN_S + 29)) == 1
    (told,) = charge_point.advance(BEGAN_S + 29)
    assert isinstance(told, Send)
    assert json.loads(told.data)[2] == "StatusNotification"
    charge_point.receive(json.dumps([3, json.loads(told.data)[1], {}]).encode(), BEGAN_S + 29)
    (again,) = charge_point.advance(BEGAN_S + 31)
    assert isinstance(again, Send)
    assert json.loads(again.data)[2] == "BootNotification"


def test_hard_reset_hangs_up_after_the_answer() -> None:
    """A hard reset is confirmed first; then the connection is dropped."""
    charge_point = SimulatedChargePoint("CP001", Random(1), BEGAN_S)
    charge_point.connected(BEGAN_S)
    answer = charge_point.receive(Call("1", "Reset", {"type": "Hard"}).encode().encode(), BEGAN_S)
    assert [type(effect) for effect in answer] == [Send]
    assert [type(effect) for effect in charge_point.advance(BEGAN_S)] == [HangUp]


def test_heartbeat_only_when_nothing_else_is_said() -> None:
    """Heartbeats come at the interval that the boot was told, counted from the last message."""
    world = World("wait 9h")
    world.run()
    assert len(world.sent("Heartbeat")) == 4  # every two hours, as the central system wants it
