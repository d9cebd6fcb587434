"""Code that is updated while it runs: what serves many has imported what a charge needs before it serves anybody."""

from __future__ import annotations

import json
import re
import shutil
import signal
import sys
from pathlib import Path

import pytest

from tests.support.brokers import as_emqx, mosquitto
from tests.support.listening import listening
from tests.support.patience import PATIENCE_S, until
from tests.support.scratch import ROOT, Scratch
from tests.support.soap_peers import ask
from tests.support.workers import working

METER_VALUE = {"timestamp": "2023-09-03T07:00:00Z", "sampledValue": [{"value": "9050000"}]}
START = {"connectorId": 1, "idTag": "3333", "meterStart": 9_042_700, "timestamp": "2023-09-03T06:52:10Z"}
STOP = {"transactionId": 20_009_042, "meterStop": 9_075_300, "timestamp": "2023-09-03T08:52:10Z"}
CHARGE: list[tuple[str, dict[str, object]]] = [
    ("BootNotification", {"chargePointVendor": "v", "chargePointModel": "m"}),
    ("Authorize", {"idTag": "3333"}),
    ("StartTransaction", START),
    ("MeterValues", {"connectorId": 1, "transactionId": 20_009_042, "meterValue": [METER_VALUE]}),
    ("StopTransaction", STOP),
]
# runs a command line of ours, ``python -I -c CODE ROOT ARGUMENT ...``, in this very process, with another root
FROM_A_COPY = """
import sys
copy, _, _, _, code, _, *words = sys.argv[1:]
sys.argv[1:] = [copy, *words]
exec(code)
"""


class Copy:
    """
    A copy of the package, which can be taken away from what runs from it.

    Args:
        folder: Where it is.

    Attributes:
        launcher: The command line under which a program of ours runs from it.
    """

    def __init__(self, folder: Path) -> None:
        self._package = folder / "shocpp"
        passing = shutil.ignore_patterns("*.pyc.*")  # what another process is compiling has gone when it is copied
        shutil.copytree(ROOT / "shocpp", self._package, ignore=passing)
        self.launcher = [sys.executable, "-I", "-c", FROM_A_COPY, str(folder)]

    def remove(self, server: int) -> None:
        """Have nothing imported from it any more by a process that serves, nor by the one that books for it."""
        (books,) = Path(f"/proc/{server}/task/{server}/children").read_text().split()
        until(lambda: ignores(books, signal.SIGUSR1), "the process that books to begin")
        shutil.rmtree(self._package)


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """Give a copy of the package."""
    return Copy(tmp_path / "copy")


def ignores(process: str, number: signal.Signals) -> bool:
    """Tell whether a process ignores a signal."""
    (ignored,) = re.findall(r"SigIgn:\s*(\w+)", Path(f"/proc/{process}/status").read_text())
    return bool(int(ignored, 16) >> number - 1 & 1)


def charged(scratch: Scratch) -> list[str]:
    """Give the charge points whose charge has its record."""
    return sorted(each["charge_point"] for each in scratch.records().values())


def test_a_listener(tmp_path: Path, copy: Copy) -> None:
    """A listener whose code has gone serves charges as ever, from the first message to the record; over SOAP, too."""
    with listening(tmp_path / "home", launcher=copy.launcher) as listener:
        copy.remove(listener.process.pid)
        for call in CHARGE:
            assert ask(listener.port, "1.6", *call, identity="soap").action == call[0], listener.said()
        with listener.connect("/json") as charge_point:
            for number, call in enumerate(CHARGE):
                charge_point.send(json.dumps([2, str(number), *call]))
                assert json.loads(charge_point.recv(PATIENCE_S))[0] == 3, listener.said()
        assert charged(listener.scratch) == ["json", "soap"]


def test_a_worker(tmp_path: Path, copy: Copy) -> None:
    """A worker whose code has gone serves a charge over the broker as ever."""
    with (
        mosquitto(tmp_path / "broker") as broker,
        as_emqx(broker.port, "CP1") as charge_points,
        working(tmp_path / "home", broker.url, launcher=copy.launcher) as worker,
    ):
        copy.remove(worker.process.pid)
        for number, call in enumerate(CHARGE):
            charge_points.send("CP1", [2, str(number), *call])
            assert charge_points.receive()[1][0] == 3, worker.said()
        assert charged(worker.scratch) == ["CP1"]
