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
SERVE = """
import sys; sys.path.insert(0, sys.argv.pop())
from shocpp.cli.backend import main
main()
print(*sorted({name.split(".")[0] for name in sys.modules}), file=sys.stderr)
"""


@pytest.mark.parametrize("frames", [[], CHARGE], ids=["nothing", "a charge"])
def test_the_backend_starts_light(tmp_path: Path, frames: list[tuple[str, object]]) -> None:
    """Nothing that costs milliseconds is imported by a backend, neither at its start nor while it serves a charge."""
    home = make_home(tmp_path / "home")
    lines = "".join(json.dumps([2, str(number), *frame]) + "\n" for number, frame in enumerate(frames))
    done = subprocess.run(
        [sys.executable, "-I", "-c", SERVE, str(ROOT)],
        input=lines,
        env={"SHOCPP_HOME": str(home), "PATH_INFO": "/CP001", "SHOCPP_LOGFILE": str(tmp_path / "log")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert [json.loads(line)[0] for line in done.stdout.splitlines()] == [3] * len(frames)
    assert "quirk" not in (tmp_path / "log").read_text()
    assert not set(done.stderr.split()) & HEAVY
