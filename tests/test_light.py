"""A backend starts for every connection: what takes milliseconds to import is not there, nor for a whole charge."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.backend import ROOT, make_home, stop_payload

HEAVY = {
    "asyncio", "click", "dataclasses", "fastjsonschema", "filelock", "inspect", "jsonschema", "logging", "pathlib",
    "psycopg", "subprocess", "typing", "urllib", "websockets",
}  # fmt: skip
# all of them together take as long to import as Python does to start and import nothing
SLOW = {
    "collections", "contextlib", "datetime", "enum", "functools", "json", "operator", "re", "signal", "types",
}  # fmt: skip
# what hands a connection over to a listener, which this one has none of, and what says that a package is missing
OF_OTHERS = {"_socket", "shocpp.installation", "shocpp.transports.handing_over"}
METER_START = {"connectorId": 1, "idTag": "1111", "meterStart": 9_042_700, "timestamp": "2023-09-03T06:52:10Z"}
METER_VALUE = {"timestamp": "2023-09-03T07:00:00Z", "sampledValue": [{"value": "9050000"}]}
CHARGE: list[tuple[str, object]] = [
    ("BootNotification", {"chargePointVendor": "v", "chargePointModel": "m"}),
    ("StatusNotification", {"connectorId": 1, "status": "Preparing", "errorCode": "NoError"}),
    ("Authorize", {"idTag": "1111"}),
    ("StartTransaction", METER_START),
    ("MeterValues", {"connectorId": 1, "meterValue": [METER_VALUE]}),
    ("StopTransaction", stop_payload(10_009_042)),
    ("Heartbeat", {}),
]
WITHOUT_CHARGE = [frame for frame in CHARGE if frame[0] in ("BootNotification", "StatusNotification", "Heartbeat")]
MOST_OF_OURS = 75  # modules that a connection without a charge imports: each takes a quarter of a millisecond
SERVE = """
import sys; sys.path.insert(0, sys.argv.pop()); way = sys.argv.pop()
if way == "all in Python":
    sys.modules.update(_datetime=None, _json=None)
from shocpp.cli import backend, filter_lines
prepare = filter_lines._prepare
filter_lines._prepare = lambda accounting: None  # else it depends on chance whether there is a pause
backend.main()
if way == "prepared":
    prepare(filter_lines.LateBooking(lambda: filter_lines._open_accounting("accounting", print)))
print(*sorted(sys.modules), file=sys.stderr)
"""
LOOKS = """
import gc, sys; sys.path.insert(0, sys.argv.pop())
from shocpp.cli import backend
looks = []
gc.callbacks.append(lambda phase, about: looks.append(about["generation"]))
backend.main()
print(gc.isenabled(), *looks, file=sys.stderr)
"""


def served(tmp_path: Path, frames: list[tuple[str, object]], way: str = "") -> set[str]:
    """Have a backend serve frames; in the way ``prepared`` it prepares for charges then. Give what is imported."""
    home = tmp_path / "home"
    if not home.exists():
        make_home(home)
    return set(said(tmp_path, frames, SERVE, way).split())


def said(tmp_path: Path, frames: list[tuple[str, object]], code: str, *arguments: str) -> str:
    """Have code serve frames as a backend; give what it prints to stderr."""
    lines = "".join(json.dumps([2, str(number), *frame]) + "\n" for number, frame in enumerate(frames))
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, *arguments, str(ROOT)],
        input=lines,
        env={"SHOCPP_HOME": str(tmp_path / "home"), "PATH_INFO": "/CP001", "SHOCPP_LOGFILE": str(tmp_path / "log")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert [json.loads(line)[0] for line in done.stdout.splitlines()] == [3] * len(frames)
    assert "quirk" not in (tmp_path / "log").read_text()
    return done.stderr


@pytest.mark.parametrize("frames", [[], WITHOUT_CHARGE, CHARGE], ids=["nothing", "no charge", "a charge"])
def test_the_backend_starts_light(tmp_path: Path, frames: list[tuple[str, object]]) -> None:
    """
    Nothing that costs milliseconds is imported by a backend, neither at its start nor while it serves a charge.

    What is imported in the first pause keeps others waiting, where one processor starts many backends in a row.
    """
    found = served(tmp_path, frames, "prepared")
    assert not {name.partition(".")[0] for name in found} & (HEAVY | SLOW)
    assert not found & OF_OTHERS


def test_a_connection_without_a_charge(tmp_path: Path) -> None:
    """One that boots, reports its connectors and beats does not need what books."""
    served(tmp_path, WITHOUT_CHARGE)
    found = served(tmp_path, WITHOUT_CHARGE)  # this time there are sightings of it
    ours = {name for name in found if name.startswith("shocpp.")}
    assert not {name for name in ours if name.startswith("shocpp.stores") or ".charges" in name}
    assert len(ours) <= MOST_OF_OURS, len(ours)


def test_a_start_looks_for_no_garbage(tmp_path: Path) -> None:
    """Python does not search what is imported for circles of garbage; afterwards it does as ever, in what is new."""
    make_home(tmp_path / "home")
    assert said(tmp_path, WITHOUT_CHARGE, LOOKS).split() == ["True"]


def test_what_a_charge_needs_is_there_before(tmp_path: Path) -> None:
    """In the first pause all is imported that books a charge: updated code that lies there since is not mixed in."""
    prepared = served(tmp_path, WITHOUT_CHARGE, "prepared")
    later = {name for name in served(tmp_path, CHARGE) - prepared if name.startswith("shocpp.")}
    assert {name for name in later if ".validators" not in name} == set()  # those only say what is against the schemas


def test_a_charge_without_parts_in_c(tmp_path: Path) -> None:
    """The undocumented parts of ``json`` and ``datetime`` save time alone: without them a charge is served as ever."""
    assert {"json.decoder", "datetime"} <= served(tmp_path, CHARGE, "all in Python")
