"""The mailbox: commands to a backend that lives, has died, was replaced or does not answer."""

from __future__ import annotations

import errno
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
from shocpp.spool import mailbox
from shocpp.spool.fifo import Fifo
from shocpp.spool.held_mailbox import HeldMailbox
from shocpp.spool.hints import Hints
from shocpp.spool.mailbox import Mailbox, connected, seen
from tests.support.patience import PATIENCE_S, SOON_S, until
from tests.support.scratch import ROOT, Scratch

CP = "CP001"
LOOK_ANYWAY_S = mailbox._LOOK_ANYWAY_S
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

    def __init__(self, scratch: Scratch, unique_id: str, timeout_s: float = 10 * PATIENCE_S) -> None:
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


@pytest.fixture(autouse=True)
def is_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a command look only when it is woken: one that is not waits in vain."""
    monkeypatch.setattr(mailbox, "_LOOK_ANYWAY_S", 1000.0)


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
    """When the charge point goes while a command waits, the command says so at once."""
    asking = Asking(scratch, "c1")
    assert wallbox.hear()[1] == "c1"
    began = time.monotonic()
    wallbox.hang_up()
    error = asking.result()
    assert isinstance(error, UnavailableError)
    assert "disconnected before it answered" in str(error)
    assert time.monotonic() - began < SOON_S


def test_killed_while_it_waits(scratch: Scratch, wallbox: Wallbox) -> None:
    """When the backend is killed while a command waits, the command says so at once."""
    asking = Asking(scratch, "c1")
    assert wallbox.hear()[1] == "c1"
    began = time.monotonic()
    wallbox.process.kill()
    assert isinstance(asking.result(), UnavailableError)
    assert time.monotonic() - began < SOON_S
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


def test_a_pid_file_that_an_outsider_locks(scratch: Scratch) -> None:
    """Whoever locks a pid file from before a power cut does not have the process signalled that has its number now."""
    folder = scratch.folder(CP)
    folder.mkdir(parents=True)
    path = folder / "shocpp.pid"
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    path.write_text(f"{stranger.pid}\n")
    with path.open() as outsider:
        fcntl.flock(outsider, fcntl.LOCK_EX)
        with pytest.raises(TryAgainError):
            Mailbox(str(scratch.home / "run"), CP).ask("c1", RESET.format("c1"), 0.1)
    stranger.communicate(b"\n", timeout=PATIENCE_S)
    assert stranger.returncode == 0, "it was signalled"


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
    """A command whose connection is replaced while it waits says at once that it is gone."""
    asking = Asking(scratch, "c1")
    assert wallbox.hear()[1] == "c1"
    newer = Wallbox(scratch)
    with newer.process:
        began = time.monotonic()
        assert isinstance(asking.result(), UnavailableError)
        assert time.monotonic() - began < SOON_S
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


class Holding:
    """One of many connections that this process holds, as a listener does: commands give it hints."""

    def __init__(self, scratch: Scratch) -> None:
        run_dir = scratch.home / "run"
        run_dir.mkdir()
        self.hints = Hints(str(run_dir))
        self.mailbox = HeldMailbox(str(run_dir), CP)
        self.mailbox.hold()

    def request(self) -> list[object] | None:
        """Wait for a hint, and look where it says."""
        assert select.select([self.hints.descriptor], [], [], PATIENCE_S)[0], "no hint comes"
        assert self.hints.take() == [CP]
        return self.mailbox.request()


@pytest.fixture
def holding(scratch: Scratch) -> Iterator[Holding]:
    """Give a connection that this process holds."""
    held = Holding(scratch)
    yield held
    held.mailbox.release()
    held.hints.close()


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the ids of the commands that have looked for an answer, one for each look: after it only a wake-up helps."""
    looked: list[str] = []
    real = Mailbox._answer

    def noting(box: Mailbox, unique_id: str) -> list[object] | None:
        found = real(box, unique_id)
        looked.append(unique_id)
        return found

    monkeypatch.setattr(Mailbox, "_answer", noting)
    return looked


def test_a_hint_takes_the_signal_s_place(scratch: Scratch, holding: Holding) -> None:
    """A process that takes hints is told whose mailbox it is, is not signalled, and wakes whoever waits."""
    previous = signal.signal(signal.SIGUSR1, lambda *_: pytest.fail("signalled"))
    try:
        for unique_id in ("c1", "c2"):
            asking = Asking(scratch, unique_id)
            assert holding.request() == [2, unique_id, "Reset", {"type": "Soft"}]
            holding.mailbox.confirm(f'[3,"{unique_id}",{{}}]')
            assert asking.result() == [3, unique_id, {}]
    finally:
        signal.signal(signal.SIGUSR1, previous)
    assert {path.name for path in scratch.folder(CP).iterdir()} == {"shocpp.pid", "confirmation.json", "command.lock"}


def test_disconnected_from_a_process_that_lives(scratch: Scratch, holding: Holding, looks: list[str]) -> None:
    """A command whose connection ends is woken though the process that held it goes on with others."""
    asking = Asking(scratch, "c1")
    assert holding.request() is not None
    until(lambda: looks, "the first look")
    holding.mailbox.release()
    assert isinstance(asking.result(), UnavailableError)


def test_taken_over_within_a_process(scratch: Scratch, holding: Holding, looks: list[str]) -> None:
    """A command whose connection is replaced by a newer one of the same process is woken, and told so."""
    asking = Asking(scratch, "c1")
    assert holding.request() is not None
    until(lambda: looks, "the first look")
    newer = HeldMailbox(str(scratch.home / "run"), CP)
    newer.hold()
    assert isinstance(asking.result(), UnavailableError)
    newer.release()


def test_a_late_answer_only_wakes(scratch: Scratch, holding: Holding) -> None:
    """The late answer to a command that gave up wakes the next one, which goes on waiting for its own."""
    late = Asking(scratch, "c1", timeout_s=0.2)
    assert holding.request() is not None
    assert isinstance(late.result(), TryAgainError)
    asking = Asking(scratch, "c2")
    assert holding.request() is not None
    for _ in range(3):
        holding.mailbox.confirm('[3,"c1",{}]')
    holding.mailbox.confirm('[3,"c2",{"status":"Accepted"}]')
    assert asking.result() == [3, "c2", {"status": "Accepted"}]


def test_it_sleeps(scratch: Scratch, holding: Holding, looks: list[str]) -> None:
    """However long an answer takes, it is looked for twice: before the sleep, and when it is there."""
    asking = Asking(scratch, "c1")
    assert holding.request() is not None
    until(lambda: looks, "the first look")
    holding.mailbox.confirm('[3,"c1",{}]')
    assert asking.result() == [3, "c1", {}]
    assert len(looks) == 2


def test_who_was_woken_can_sleep_again(scratch: Scratch, holding: Holding) -> None:
    """What woke a command is used up, whoever's it was: it does not look again and again."""
    woken = Fifo(str(scratch.folder(CP) / "confirmation.fifo"))
    holder = mailbox._Holder(str(scratch.folder(CP) / "shocpp.pid"))
    for _ in range(3):
        holding.mailbox.confirm('[3,"c1",{}]')
    holder.sleep(PATIENCE_S, woken)
    assert woken.drain() == b""
    assert holder.is_there()
    holder.close()
    woken.close()


def test_a_command_was_killed(scratch: Scratch, wallbox: Wallbox) -> None:
    """What a killed command left, its FIFO included, stands neither in the backend's way nor in the next command's."""
    code = f"""
import sys
sys.path.insert(0, sys.argv[1])
from shocpp.spool.mailbox import Mailbox
Mailbox(sys.argv[2], {CP!r}).ask("c1", {RESET.format("c1")!r}, 1000)
"""
    killed = subprocess.Popen([sys.executable, "-I", "-c", code, str(ROOT), str(scratch.home / "run")])
    assert wallbox.hear()[1] == "c1"
    killed.kill()
    killed.wait(PATIENCE_S)
    assert {"request.json", "confirmation.fifo"} <= {path.name for path in scratch.folder(CP).iterdir()}
    wallbox.say(3, "c1", {"status": "Rejected"})
    wallbox.sync()
    asking = Asking(scratch, "c2")
    assert wallbox.hear()[1] == "c2"
    wallbox.say(3, "c2", {"status": "Accepted"})
    assert asking.result() == [3, "c2", {"status": "Accepted"}]
    assert not {"request.json", "confirmation.fifo"} & {path.name for path in scratch.folder(CP).iterdir()}


def test_where_there_are_no_fifos(scratch: Scratch, wallbox: Wallbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system that has no FIFOs a command looks for its answer from time to time."""

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "no FIFOs here")

    monkeypatch.setattr(os, "mkfifo", refuse)
    asking = Asking(scratch, "c1")
    assert wallbox.hear()[1] == "c1"
    wallbox.say(3, "c1", {})
    assert asking.result() == [3, "c1", {}]


FOREIGN_HOLDER = """
import fcntl, json, os, signal, sys
folder = sys.argv[1]
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
held = open(f"{folder}/shocpp.pid", "w")
fcntl.flock(held, fcntl.LOCK_EX)
print(os.getpid(), file=held, flush=True)
print("ready", flush=True)
signal.sigwait([signal.SIGUSR1])
unique_id = json.load(open(f"{folder}/request.json"))[1]
print("signalled", flush=True)
input()
with open(f"{folder}/confirmation.json.new", "w") as file:
    json.dump([3, unique_id, {}], file)
os.rename(f"{folder}/confirmation.json.new", f"{folder}/confirmation.json")
input()
"""


def test_a_holder_that_knows_only_the_files(
    scratch: Scratch, looks: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that holds the mailbox and knows no more than its files and the signal is understood all the same."""
    monkeypatch.setattr(mailbox, "_LOOK_ANYWAY_S", LOOK_ANYWAY_S)
    scratch.folder(CP).mkdir(parents=True)
    command = [sys.executable, "-c", FOREIGN_HOLDER, str(scratch.folder(CP))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as holder:
        assert holder.stdin and holder.stdout
        assert holder.stdout.readline() == b"ready\n"
        asking = Asking(scratch, "c1")
        assert holder.stdout.readline() == b"signalled\n"
        until(lambda: looks, "the first look")
        holder.stdin.write(b"\n")
        assert asking.result() == [3, "c1", {}]
        holder.communicate(b"\n", timeout=PATIENCE_S)


def test_a_command_that_knows_only_the_files(scratch: Scratch, wallbox: Wallbox) -> None:
    """A program that writes request.json, signals who holds the lock and reads confirmation.json is served."""
    folder = scratch.folder(CP)
    (folder / "mine").write_text(RESET.format("c1"))
    (folder / "mine").rename(folder / "request.json")
    os.kill(pid_in(scratch), signal.SIGUSR1)
    assert wallbox.hear()[1] == "c1"
    wallbox.say(3, "c1", {"status": "Accepted"})
    wallbox.sync()
    assert json.loads((folder / "confirmation.json").read_text()) == [3, "c1", {"status": "Accepted"}]
