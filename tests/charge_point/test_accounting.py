"""Whatever happens at a charge point, the records of the central system say what it delivered."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from shocpp.charge_point.core.charge_point import SimulatedChargePoint
from shocpp.charge_point.core.connector import Transaction
from shocpp.charge_point.script import parser
from shocpp.charge_point.script.player import Player
from shocpp.ocpp.frames import Payload
from shocpp.times import parse
from tests.support.coupled import BEGAN_S, CentralSystem, Coupling

FEW, MANY = 200, 5_000
TAGS = ("1111", "3333", "aBC4", "2222", "9999")
WAITS = ("0s..90s", "1m..20m", "10m..3h", "30s")
FREE = (
    "card {tag} {n}",
    "plug {n}",
    "unplug {n}",
    "card {tag}",
    "stop {n}",
    "emergency {n}",
    "fault GroundFailure {n}",
    "clear {n}",
)
RARE = (
    "offline 10s..1h",
    "online",
    "reboot",
    "powercut",
    "powercut 5m",
    "soc 99% {n}",
    "pause {n}",
    "resume {n}",
    "power 3700W",
    "power 22kW",
    "set StopTransactionOnEVSideDisconnect false",
    "set StopTxnSampledData Energy.Active.Import.Register",
    "set LocalPreAuthorize true",
    "set AllowOfflineTxForUnknownId true",
    "set StopTransactionOnInvalidId false",
)
HOUR = 3600.0
END = "clear 1; clear 2; online; unplug 1; unplug 2; wait 1s; stop 1; stop 2; wait 3h"


def random_script(rng: Random) -> list[str]:
    """Make a script of one to five sensible and less sensible deeds, each followed by a while."""
    lines = ["set MeterValueSampleInterval 1200"]
    for _ in range(rng.randrange(1, 6)):
        deed = rng.choice(FREE if rng.random() < 0.8 else RARE).format(tag=rng.choice(TAGS), n=rng.choice((1, 1, 2)))
        lines += [deed.replace("10s..1h", f"{rng.randrange(10, 3600)}s"), f"wait {rng.choice(WAITS)}"]
        if rng.random() < 0.5:
            lines += [f"clear; card {rng.choice(TAGS[:3])}; plug; wait 1m..2h; unplug"]
    return [*lines, END]


def random_command(rng: Random, charge_point: SimulatedChargePoint) -> tuple[str, Payload]:
    """Make a command that somebody may send at any time."""
    number = rng.choice((1, 2))
    running = charge_point.connectors[number].transaction
    schedule = {"chargingRateUnit": "W", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 4000.0}]}
    profile = {
        "chargingProfileId": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Relative",
        "chargingSchedule": schedule,
    }
    commands: list[tuple[str, Payload]] = [
        ("RemoteStartTransaction", {"idTag": rng.choice(TAGS), "connectorId": number}),
        ("RemoteStopTransaction", {"transactionId": running.id if running and running.id else 1}),
        ("Reset", {"type": rng.choice(("Hard", "Soft"))}),
        ("UnlockConnector", {"connectorId": number}),
        ("ChangeAvailability", {"connectorId": number, "type": rng.choice(("Operative", "Inoperative"))}),
        ("SetChargingProfile", {"connectorId": number, "csChargingProfiles": profile}),
    ]
    return rng.choice(commands)


def check(charge: Transaction, central: CentralSystem, unit: str) -> None:
    """Hold one finished charge against its record."""
    stopped = parse(charge.stopped)
    assert stopped is not None
    key = f"CP001\n{charge.id}\n{charge.meter_stop_wh}\n{int(stopped.timestamp())}"
    record = central.records[key]
    assert charge.meter_stop_wh is not None
    if unit == "wh" or "consumed_wh" in record:
        assert record["consumed_wh"] == charge.delivered_wh
    assert int(record["consumed_kwh"]) == charge.meter_stop_wh // 1000 - charge.meter_start_wh // 1000
    assert "anomaly" not in record
    accounts = {"1111": "company-x", "3333": "family-y", "abc4": "family-y"}
    assert record["account"] == accounts.get(charge.id_tag.casefold(), "unassigned")


def play(seed: int, unit: str) -> int:
    """Play one random script; give the number of charges."""
    rng = Random(seed)
    central = CentralSystem(unit)
    charge_point = SimulatedChargePoint("CP001", rng, BEGAN_S, connectors=2)
    player = Player(charge_point, parser.read(random_script(rng)))
    coupling = Coupling(charge_point, central, player, rng, losses=rng.choice((0.0, 0.0, 0.05)))
    is_late = rng.random() < 0.1
    failures = iter((True, False) if is_late else (False,))
    central.fail = lambda: next(failures, False)
    for _ in range(rng.choice((0, 0, 1, 2))):
        coupling.order(BEGAN_S + rng.uniform(0, 4 * HOUR), lambda: random_command(rng, charge_point))
    coupling.run(BEGAN_S + 90 * HOUR)
    finished = charge_point.charging.finished
    assert all(charge.is_confirmed for charge in finished)
    for charge in finished:
        check(charge, central, unit)
    for connector in charge_point.connectors.values():
        own = [charge for charge in finished if charge.connector_id == connector.number]
        assert not own or own[-1].meter_stop_wh == connector.meter.reading_wh  # nothing flows but in a charge
        assert all(later.meter_start_wh == earlier.meter_stop_wh for earlier, later in pairwise(own))
    assert len(central.records) == len({(charge.id, charge.meter_stop_wh, charge.stopped) for charge in finished})
    return len(finished)


@pytest.mark.parametrize("scripts", [FEW, pytest.param(MANY, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("unit", ["kwh", "wh"])
def test_record_equals_delivered_energy(unit: str, scripts: int) -> None:
    """Over random scripts with lost answers, boots and failing disks each charge is booked once, with its energy."""
    charges = 0
    for seed in range(scripts):
        try:
            charges += play(seed, unit)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error
    assert charges > scripts  # the scripts do charge
