"""
Make homes as an earlier version leaves them: records, open charges, status, conf, and what of all that is true.

    python -m tests.generators.old_home CHECKOUT

CHECKOUT is a working tree of commit 7e6fc39, the last one whose transaction ids had no slot. Its own backend is run
over pipes, once with ids in kWh and once in Wh; one of the charge points is cut off by SIGKILL. The homes go to
``tests/fixtures/home-7e6fc39/``, with a ``truth.json`` in each. ``received`` is the time at which this was run.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parents[1] / "fixtures/home-7e6fc39"
UNITS = ("kwh", "wh")
_CODE = "import sys; sys.path.insert(0, sys.argv.pop(1)); from shocpp.cli.backend import main; sys.exit(main())"
_TAGS = [
    {"index": 1, "account": "family-y", "ids": ["1111"]},
    {"index": 2, "account": "company-x", "ids": ["2222"]},
]
_CHARGE_POINTS = [
    {"identity": "garage", "name": "Garage", "location": "Hauptstraße 1"},
    {"identity": "carport", "meter_factor": 0.1},
    {"identity": "yard"},
]
_PRICES = {"currency": "EUR", "prices": [{"from": "2020-01-01", "per_kwh": "0.30"}]}
_LONG_ENOUGH_S = 10.0


class Charge(NamedTuple):
    """A charge in the old home; times are those of the charge point, ``stopped`` None for one that is open."""

    charge_point: str
    connector_id: int
    id_tag: str
    account: str
    begin_wh: int
    end_wh: int
    started: str
    stopped: str | None = None
    is_text: bool = False  # the stop has texts where numbers should be


CHARGES = [
    Charge("garage", 1, "2222", "company-x", 12_301_700, 12_345_678, "2024-03-01T18:00:00Z", "2024-03-02T05:00:00Z"),
    Charge("garage", 2, "1111", "family-y", 990_100, 1_000_400, "2024-03-01T19:00:00Z", "2024-03-02T06:00:07Z", True),
    Charge("carport", 1, "1111", "family-y", 980_900, 999_500, "2024-03-02T07:00:00Z", "2024-03-02T08:30:00Z"),
    Charge("garage", 1, "2222", "company-x", 12_345_678, 12_380_011, "2024-03-03T18:00:00Z"),
    Charge("garage", 2, "1111", "family-y", 1_000_400, 1_020_999, "2024-03-03T18:10:00Z"),
    Charge("carport", 1, "2222", "company-x", 999_500, 1_012_345, "2024-03-03T19:00:00Z"),
    Charge("yard", 1, "9999", "unassigned", 5_700, 9_100, "2024-03-03T20:00:00Z"),
]


class _OldBackend:
    """The old version's backend, serving one charge point."""

    def __init__(self, checkout: Path, home: Path, unit: str, identity: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", _CODE, str(checkout)],
            env={
                "PATH": os.defpath, "TZ": "UTC", "SHOCPP_HOME": str(home), "SHOCPP_TRANSACTION_ID": unit,
                "PATH_INFO": f"/{identity}", "REQUEST_URI": f"/{identity}",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._count = 0

    def call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Make a call; the payload of its confirmation."""
        assert self._process.stdin and self._process.stdout
        self._count += 1
        self._process.stdin.write(json.dumps([2, str(self._count), action, payload]).encode() + b"\n")
        self._process.stdin.flush()
        kind, unique_id, confirmation = json.loads(self._process.stdout.readline())
        assert (kind, unique_id) == (3, str(self._count))
        return dict(confirmation)

    def end(self, is_killed: bool) -> None:
        """End it, or kill it."""
        assert self._process.stdin and self._process.stdout
        if is_killed:
            self._process.kill()
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(_LONG_ENOUGH_S)


def make(checkout: Path, home: Path, unit: str) -> None:
    """Make the home in a unit."""
    shutil.rmtree(home, ignore_errors=True)
    (home / "conf").mkdir(parents=True)
    for name, value in (("tags", _TAGS), ("charge-points", _CHARGE_POINTS), ("prices", _PRICES)):
        (home / f"conf/{name}.json").write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
    (home / "conf/shocpp.conf").write_text(f"SHOCPP_TRANSACTION_ID={unit}\n")
    truth = []
    for charge_point in dict.fromkeys(charge.charge_point for charge in CHARGES):
        backend = _OldBackend(checkout, home, unit, charge_point)
        backend.call("BootNotification", {"chargePointVendor": "Acme", "chargePointModel": "One",
                                          "chargePointSerialNumber": f"{charge_point}-7"})  # fmt: skip
        charges = [charge for charge in CHARGES if charge.charge_point == charge_point]
        truth += [_perform(backend, charge) for charge in charges]
        _await_sightings(home / "run" / charge_point, sum(charge.stopped is None for charge in charges))
        backend.end(is_killed=charge_point == "garage")
    (home / "truth.json").write_text(json.dumps(truth, indent=2) + "\n")
    (home / "accounting/.lock").unlink()


def _perform(backend: _OldBackend, charge: Charge) -> dict[str, Any]:
    """Let a charge begin and, unless it stays open, end; what is true of it, and the payload of its stop."""
    per_wh = 10 if charge.charge_point == "carport" else 1
    start = {"connectorId": charge.connector_id, "idTag": charge.id_tag, "meterStart": charge.begin_wh * per_wh,
             "timestamp": charge.started}  # fmt: skip
    status = {"connectorId": charge.connector_id, "errorCode": "NoError", "status": "Charging"}
    stop: dict[str, Any] = {
        "transactionId": backend.call("StartTransaction", start)["transactionId"],
        "meterStop": charge.end_wh * per_wh,
        "timestamp": charge.stopped or "2024-03-04T06:30:00Z",
        "reason": "Local",
    }
    if charge.is_text:
        stop |= {"transactionId": str(stop["transactionId"]), "meterStop": f"{stop['meterStop']}.0"}
    backend.call("StatusNotification", status)
    if charge.stopped is not None:
        assert backend.call("StopTransaction", stop) == {}
        backend.call("StatusNotification", status | {"status": "Available"})
    fields = {name: value for name, value in charge._asdict().items() if name not in ("stopped", "is_text")}
    return fields | {"is_open": charge.stopped is None, "stop": stop}


def _await_sightings(folder: Path, count: int) -> None:
    """Wait until the old version has written that so many charges are open."""
    limit_s = time.monotonic() + _LONG_ENOUGH_S
    while len(list(folder.glob("transactions/*.json"))) != count or not (folder / "status.json").exists():
        assert time.monotonic() < limit_s, f"{folder} has no {count} sightings"
        time.sleep(0.01)
    time.sleep(1.5)  # the rest of what it has seen is written within a second


def main() -> None:
    """Run it from the command line."""
    if len(sys.argv) != 2:
        sys.exit(str(__doc__))
    for unit in UNITS:
        make(Path(sys.argv[1]), FOLDER / unit, unit)


if __name__ == "__main__":
    main()
