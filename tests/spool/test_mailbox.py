"""The mailbox: commands to a backend that lives, dies, is replaced or does not answer."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time

import pytest

from shocpp.errors import TryAgainError, UnavailableError
from shocpp.spool.run.mailbox import connected
from tests.support.patience import PATIENCE_S, SOON_S
from tests.support.scratch import ROOT, Scratch
from tests.support.wallbox import CP, RESET, Asking, Wallbox, give_up, pid_in

pytestmark = pytest.mark.usefixtures("is_woken")


def test_command(scratch: Scratch, wallbox: Wallbox) -> None:
    """A command reaches the charge point as it was typed and gets its answer; nothing of it stays but the answer."""
    asking = Asking(scratch, "c1")
    assert wallbox.hear() == [2, "c1", "Reset", {"type": "Soft"}]
    wallbox.say(3, "c1", {"status": "Accepted"})
    assert asking.result() == [3, "c1", {"status": "Accepted"}]
    assert not (scratch.folder(CP) / "request.json").exists()


def test_late_answer(scratch: Scratch, wallbox: Wallbox) -> None:
    """The late answer to a command that gave up is not taken for the next one's."""
    give_up(scratch, wallbox, "c1")
    asking = Asking(scratch, "c2")
    assert wallbox.hear()[1] == "c2"
    wallbox.say(3, "c1", {"status": "Rejected"})
    wallbox.sync()
    wallbox.say(3, "c2", {"status": "Accepted"})
    assert asking.result() == [3, "c2", {"status": "Accepted"}]


def test_answer_after_giving_up_and_before_the_next(scratch: Scratch, wallbox: Wallbox) -> None:
    """An answer that came after its command gave up lies there and is passed over by the next command."""
    give_up(scratch, wallbox, "c1")
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


def test_a_command_was_killed(scratch: Scratch, wallbox: Wallbox) -> None:
    """What a killed command left, its FIFO included, stands neither in the backend's way nor in the next command's."""
    code = f"""
import sys
sys.path.insert(0, sys.argv[1])
from shocpp.spool.run.mailbox import Mailbox
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
