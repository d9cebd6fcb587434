"""The mailbox: commands to a backend that lives, has died, was replaced or does not answer."""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shocpp.errors import ShocppError, TryAgainError, UnavailableError
from shocpp.spool.held_mailbox import HeldMailbox
from shocpp.spool.mailbox import Mailbox, connected, seen
from tests.support.patience import PATIENCE_S, until
from tests.support.scratch import Scratch

CP = "CP001"
RESET = '[2,"{}","Reset",{{"type":"Soft"}}]'


class Wallbox:
    """A real backend and, at its other end, a charge point that does what the test says."""

    def __init__(self, scratch: Scratch) -> None:
        self.process = scratch.start(f"/{CP}")
        until(lambda: pid_in(scratch) == self.process.pid, "the backend to start")

    def hear(self) -> Any:
        """Give the next frame from the central system."""
        assert self.process.stdout
        line = b""
        while not line.endswith(b"\n"):
            assert select.select([self.process.stdout], [], [], PATIENCE_S)[0], "nothing comes"
            piece = self.process.stdout.read(1)
            assert piece, "the backend is gone"
            line += piece
        return json.loads(line)

    def say(self, *frame: object) -> None:
        """Send a frame."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps(frame).encode() + b"\n")

    def sync(self) -> None:
        """Return when all that was said so far has been dealt with."""
        self.say(2, "sync", "Heartbeat", {})
        assert self.hear()[1] == "sync"

    def hang_up(self) -> None:
        """End the connection, and wait until the backend has ended well."""
        self.process.communicate(timeout=PATIENCE_S)
        assert self.process.returncode == 0


class Asking:
    """A command that is under way."""

    def __init__(self, scratch: Scratch, unique_id: str, timeout_s: float = PATIENCE_S) -> None:
        self._box = Mailbox(str(scratch.home / "run"), CP)
        self._got: list[Any] = []
        self._arguments = (unique_id, RESET.format(unique_id), timeout_s)
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def _ask(self) -> None:
        try:
            self._got.append(self._box.ask(*self._arguments))
        except ShocppError as error:
            self._got.append(error)

    def result(self) -> Any:
        """Wait for the answer, or for the error."""
        self._thread.join(PATIENCE_S)
        return self._got[0]


def pid_in(scratch: Scratch) -> int:
    """Give the number in the pid file; 0 without one."""
    path = scratch.folder(CP) / "shocpp.pid"
    return int(path.read_text()) if path.exists() else 0


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    """Give a home."""
    return Scratch(tmp_path)


@pytest.fixture
def wallbox(scratch: Scratch) -> Iterator[Wallbox]:
    """Give a connected charge point."""
    box = Wallbox(scratch)
    with box.process:
        yield box
        box.process.kill()


def test_command(scratch: Scratch, wallbox: Wallbox) -> None:
    """A command reaches the charge point as it was typed and gets its answer; nothing of it stays but the answer."""
    asking = Asking(scratch, "c1")
    assert wallbox.hear() == [2, "c1", "Reset", {"type": "Soft"}]
    wallbox.say(3, "c1", {"status": "Accepted"})
    assert asking.result() == [3, "c1", {"status": "Accepted"}]
    assert not (scratch.folder(CP) / "request.json").exists()


def test_late_answer(scratch: Scratch, wallbox: Wallbox) -> None:
    """The late answer to a command that gave up is not taken for the next one's."""
    late = Asking(scratch, "c1", timeout_s=0.2)
    assert wallbox.hear()[1] == "c1"
    assert isinstance(late.result(), TryAgainError)
    asking = Asking(scratch, "c2")
    assert wallbox.hear()[1] == "c2"
    wallbox.say(3, "c1", {"status": "Rejected"})
    wallbox.sync()
    wallbox.say(3, "c2", {"status": "Accepted"})
    assert asking.result() == [3, "c2", {"status": "Accepted"}]


def test_answer_after_giving_up_and_before_the_next(scratch: Scratch, wallbox: Wallbox) -> None:
    """An answer that came after its command gave up lies there and is passed over by the next command."""
    late = Asking(scratch, "c1", timeout_s=0.2)
    assert wallbox.hear()[1] == "c1"
    assert isinstance(late.result(), TryAgainError)
    wallbox.say(3, "c1", {"status": "Rejected"})
    wallbox.sync()
    asking = Asking(scratch, "c2")
    assert wallbox.hear()[1] == "c2"
    wallbox.say(4, "c2", "InternalError", "no", {})
    assert asking.result() == [4, "c2", "InternalError", "no", {}]


def test_commands_queue(scratch: Scratch, wallbox: Wallbox) -> None:
    """Commands at once are sent one after another, and each gets its own answer."""
    askings = {unique_id: Asking(scratch, unique_id) for unique_id in ("c1", "c2", "c3")}
    for _ in askings:
        unique_id = wallbox.hear()[1]
        wallbox.say(3, unique_id, {"status": f"for {unique_id}"})
    for unique_id, asking in askings.items():
        assert asking.result() == [3, unique_id, {"status": f"for {unique_id}"}]


def test_busy(scratch: Scratch, wallbox: Wallbox) -> None:
    """A command that finds another one waiting longer than it has time says so."""
    first = Asking(scratch, "c1")
    assert wallbox.hear()[1] == "c1"
    second = Asking(scratch, "c2", timeout_s=0.2).result()
    assert isinstance(second, TryAgainError)
    assert "another command" in str(second)
    wallbox.say(3, "c1", {})
    assert first.result() == [3, "c1", {}]


def test_disconnected_while_it_waits(scratch: Scratch, wallbox: Wallbox) -> None:
    """When the charge point goes while a command waits, the command says so within a second."""
    asking = Asking(scratch, "c1")
    assert wallbox.hear()[1] == "c1"
    began = time.monotonic()
    wallbox.hang_up()
    error = asking.result()
    assert isinstance(error, UnavailableError)
    assert "disconnected before it answered" in str(error)
    assert time.monotonic() - began < 1


def test_killed_while_it_waits(scratch: Scratch, wallbox: Wallbox) -> None:
    """When the backend is killed while a command waits, the command says so within a second."""
    asking = Asking(scratch, "c1")
    assert wallbox.hear()[1] == "c1"
    began = time.monotonic()
    wallbox.process.kill()
    assert isinstance(asking.result(), UnavailableError)
    assert time.monotonic() - began < 1
    assert connected(str(scratch.home / "run")) == []


def test_answer_with_the_last_breath(scratch: Scratch, wallbox: Wallbox) -> None:
    """An answer that comes together with the end of the connection is still an answer."""
    asking = Asking(scratch, "c1")
    assert wallbox.hear()[1] == "c1"
    wallbox.say(3, "c1", {"status": "Accepted"})
    wallbox.hang_up()
    assert asking.result() == [3, "c1", {"status": "Accepted"}]


def test_nobody_was_ever_there(scratch: Scratch) -> None:
    """Without a charge point a command says so at once, and makes no folder."""
    error = Asking(scratch, "c1").result()
    assert isinstance(error, UnavailableError)
    assert str(error) == "CP001 is not connected (no process holds run/CP001)"
    assert not (scratch.home / "run").exists()


def test_stale_pid_file(scratch: Scratch) -> None:
    """A pid file from before a power cut whose number is another process's by now: that one is not signalled."""
    folder = scratch.folder(CP)
    folder.mkdir(parents=True)
    # without a handler SIGUSR1 ends a process
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    (folder / "shocpp.pid").write_text(f"{stranger.pid}\n")
    assert isinstance(Asking(scratch, "c1").result(), UnavailableError)
    assert seen(str(scratch.home / "run")) == [CP]
    assert connected(str(scratch.home / "run")) == []
    stranger.communicate(b"\n", timeout=PATIENCE_S)
    assert stranger.returncode == 0


@pytest.mark.parametrize("content", ["", "x\n", "0\n", "-1\n", "999999999\n", "9" * 19])
def test_strange_pid_file(scratch: Scratch, content: str) -> None:
    """A pid file that is held but has no number of a process in it is a charge point that is not connected."""
    folder = scratch.folder(CP)
    folder.mkdir(parents=True)
    path = folder / "shocpp.pid"
    path.write_text(content)
    with path.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert isinstance(Asking(scratch, "c1").result(), UnavailableError)


def test_newest_connection_wins(scratch: Scratch, wallbox: Wallbox) -> None:
    """After a second connection commands go there; the end of the first touches nothing that is the second's."""
    newer = Wallbox(scratch)
    with newer.process:
        asking = Asking(scratch, "c1")
        assert newer.hear()[1] == "c1"
        wallbox.say(3, "c1", {"status": "Rejected"})
        wallbox.sync()
        wallbox.hang_up()
        assert pid_in(scratch) == newer.process.pid
        newer.say(3, "c1", {"status": "Accepted"})
        assert asking.result() == [3, "c1", {"status": "Accepted"}]
        newer.say(2, "1", "StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Charging"})
        assert newer.hear()[1] == "1"
        newer.hang_up()
    assert scratch.sighting(CP)["connectors"]["1"]["status"] == "Charging"
    assert not (scratch.folder(CP) / "shocpp.pid").exists()


def test_the_older_connection_is_still_served(scratch: Scratch, wallbox: Wallbox) -> None:
    """What the older connection still delivers is booked; only sightings and commands are the newer one's."""
    newer = Wallbox(scratch)
    with newer.process:
        stop = {"transactionId": 10000001, "meterStop": 3000, "timestamp": "2023-09-03T06:00:00Z"}
        for box in (wallbox, newer):
            box.say(2, "1", "StopTransaction", stop)
            assert box.hear() == [3, "1", {}]
            box.hang_up()
    assert len(scratch.records()) == 1


def test_taken_over_while_it_waits(scratch: Scratch, wallbox: Wallbox) -> None:
    """A command whose connection is replaced while it waits says within a second that it is gone."""
    asking = Asking(scratch, "c1")
    assert wallbox.hear()[1] == "c1"
    newer = Wallbox(scratch)
    with newer.process:
        began = time.monotonic()
        assert isinstance(asking.result(), UnavailableError)
        assert time.monotonic() - began < 1
        newer.hang_up()


@pytest.mark.parametrize("request_frame", ["", "nonsense", "{}", "[]", "[2]", '[2,"c1"]', '[3,"c1",{}]', "[" * 100_000])
def test_signal_with_a_strange_request(scratch: Scratch, wallbox: Wallbox, request_frame: str) -> None:
    """A signal without a request, or with one that is none, sends nothing and harms nobody."""
    (scratch.folder(CP) / "request.json").write_text(request_frame)
    for _ in range(3):
        os.kill(wallbox.process.pid, signal.SIGUSR1)
    wallbox.sync()
    asking = Asking(scratch, "c2")
    assert wallbox.hear()[1] == "c2"
    wallbox.say(3, "c2", {})
    assert asking.result() == [3, "c2", {}]


def test_connections_in_one_process(tmp_path: Path) -> None:
    """The newest of many connections of a charge point is the one that counts, in whatever order they end."""
    folder = str(tmp_path)
    connections = [HeldMailbox(folder, "a b/..") for _ in range(4)]
    for connection in connections:
        connection.hold()
        assert connected(folder) == ["a b/.."]
    assert [connection.is_ours() for connection in connections] == [False, False, False, True]
    path = Path(connections[0].folder)
    (path / "request.json").write_text('[2,"c1","Reset",{}]')
    assert [connection.request() for connection in connections] == [None, None, None, [2, "c1", "Reset", {}]]
    assert connections[3].request() is None  # once is enough
    for number, connection in enumerate(connections):
        connection.confirm(f'[3,"c1",{{"from":{number}}}]')
        assert (path / "confirmation.json").exists() == (number == 3)
    for connection in (connections[1], connections[0]):
        connection.release()
        assert connections[3].is_ours()
    connections[3].release()
    assert connected(folder) == []
    connections[2].release()
    connections[2].release()
