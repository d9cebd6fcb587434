"""What power a charge point gives: profiles limit it, schedules foretell it, and the meter counts it."""

from __future__ import annotations

import itertools

import pytest

from shocpp.ocpp.frames import Payload
from tests.support.coupled_world import World, statuses


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
    assert ("SuspendedEVSE" in statuses(world)) == (power_w == 0)


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
