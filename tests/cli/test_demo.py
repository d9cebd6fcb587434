"""shocpp-demo, as a newcomer starts it: on a terminal, without one, and interrupted."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE_S

ROOT = Path(__file__).parents[2]
# a command waits for a busy machine as tests do
DEMO = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from shocpp.cli import demo
demo._SPEED *= int(sys.argv.pop())
run = demo.ScratchHome.run
def run_with_patience(scratch, command, *words):
    more = ["--timeout", "{PATIENCE_S}"] if command == "command" else []
    return run(scratch, command, *more, *words)
demo.ScratchHome.run = run_with_patience
sys.exit(demo.main())
"""
COLUMNS = 80
LONGEST_S = 30.0  # on a machine that does nothing else


class Run:
    """A running demo with a folder for its scratch folder, so many times as fast as for people."""

    def __init__(self, folder: Path, on_terminal: bool, times: int = 1) -> None:
        self.folder = folder
        self.began = time.monotonic()
        environ = {"PATH": os.environ["PATH"], "TMPDIR": str(folder), "LANG": "C.UTF-8", "TZ": "UTC"}
        reader, writer = pty.openpty() if on_terminal else os.pipe()
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-c", DEMO, str(times)],
            stdin=subprocess.DEVNULL,
            stdout=writer,
            stderr=writer,
            env=environ,
        )
        os.close(writer)
        self.reader = reader

    def read(self, until: str = "") -> str:
        """Give all that it prints, to its end or until it has printed some words."""
        said = b""
        while until.encode() not in said or not until:
            try:
                data = os.read(self.reader, 65_536)
            except OSError:  # how a terminal says that the other end is gone
                break
            if not data:
                break
            said += data
        return said.decode()

    def end(self) -> int:
        """Wait for its end; give the exit status."""
        return self.process.wait(PATIENCE_S)

    def processes(self) -> list[int]:
        """Give the processes that run in its scratch home."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if f"SHOCPP_HOME={self.folder}".encode() in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
        return found


@pytest.fixture(params=[4, pytest.param(1, marks=pytest.mark.thorough)])
def runs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, Run]]:
    """Two demos side by side: on a terminal and without one, both faster than people want them; as they are, too."""
    both = {}
    for name in ("terminal", "pipe"):
        (tmp_path / name).mkdir()
        both[name] = Run(tmp_path / name, name == "terminal", request.param)
    yield both
    for run in both.values():
        run.process.kill()
        run.process.wait()
        os.close(run.reader)


def test_whole(runs: dict[str, Run]) -> None:
    """It ends within thirty seconds, shows frames, record, status and summary in 80 columns, and leaves nothing."""
    for name, run in runs.items():
        said = run.read()
        assert run.end() == 0, said
        assert time.monotonic() - run.began < 10 * LONGEST_S
        for words in (
            "> StartTransaction",
            "$ shocpp-command RemoteStop",
            '"consumed_kwh"',
            "$ shocpp-status",
            "Total",
        ):
            assert words in said
        assert ("\r\033[K" in said) == (name == "terminal")
        if name == "pipe":
            assert [line for line in said.splitlines() if len(line) > COLUMNS] == []
        assert " min  " in said, "the bar of the charge"
        status = said.partition("$ shocpp-status")[2].partition("$ shocpp-summary")[0]
        assert "1 Available" in status and "company-x" not in status, "the car has left"
        assert list(run.folder.iterdir()) == []
        assert run.processes() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(number: signal.Signals, tmp_path: Path) -> None:
    """A Ctrl-C in the middle ends all its processes and removes its folder."""
    run = Run(tmp_path, on_terminal=False)
    try:
        run.read(until="BootNotification")
        assert run.processes() != []
        run.process.send_signal(number)
        assert run.end() == 130
        assert list(tmp_path.iterdir()) == []
        assert run.processes() == []
    finally:
        run.process.kill()
        run.process.wait()
        os.close(run.reader)
