"""What a charge point does as the specification wants it: statuses, cards, reservations, resets, boots."""

from __future__ import annotations

import itertools
import json
from random import Random

import pytest

from shocpp.charge_point.core.charge_point import SimulatedChargePoint
from shocpp.charge_point.core.outputs import HangUp, Send
from shocpp.ocpp.frames import Call, Payload
from tests.charge_point.test_accounting import random_script
from tests.support.coupled import BEGAN_S
from tests.support.coupled_world import World, statuses

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
