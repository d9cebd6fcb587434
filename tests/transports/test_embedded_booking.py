"""The embedded listener and the disk: nobody waits for another one's, whatever becomes of the process that books."""

from __future__ import annotations

import fcntl
import json
import os
import signal
from pathlib import Path

import pytest

from tests.support.listening import HEARTBEAT, STOP, Listener, is_served
from tests.support.patience import PATIENCE_S, until


def test_disk_does_not_stall_others(listener: Listener) -> None:
    """While one charge point's record waits for the disk, others are served, and its own answers keep their order."""
    folder = listener.scratch.home / "accounting"
    lock = os.open(folder / ".lock", os.O_WRONLY | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    with listener.connect("/CP1") as stopping, listener.connect("/CP2") as other:
        stopping.send(STOP)
        stopping.send(HEARTBEAT)
        assert is_served(other)
        with pytest.raises(TimeoutError):
            stopping.recv(0.3)
        os.close(lock)
        assert json.loads(stopping.recv(PATIENCE_S)) == [3, "2", {}]
        assert json.loads(stopping.recv(PATIENCE_S))[1] == "1"
    assert len(listener.scratch.records()) == 1


def bookkeepers_of(listener: Listener) -> list[int]:
    """Give the ids of the processes that book for a listener: one, or none for a moment."""
    pid = listener.process.pid
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_bookkeeper_dies(listener: Listener) -> None:
    """What it had in hand is booked all the same, once; the next one books what follows."""
    lock = os.open(listener.scratch.home / "accounting/.lock", os.O_WRONLY | os.O_CREAT)
    (first,) = bookkeepers_of(listener)
    with listener.connect("/CP1") as stopping:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stopping.send(STOP)
        with pytest.raises(TimeoutError):
            stopping.recv(0.2)
        fcntl.flock(lock, fcntl.LOCK_UN)
        assert json.loads(stopping.recv(PATIENCE_S)) == [3, "2", {}]
        fcntl.flock(lock, fcntl.LOCK_EX)
        stopping.send(STOP.replace("3000", "4000"))
        with pytest.raises(TimeoutError):
            stopping.recv(0.2)
        os.kill(first, signal.SIGKILL)
        os.close(lock)
        assert json.loads(stopping.recv(PATIENCE_S)) == [3, "2", {}]
        until(lambda: set(bookkeepers_of(listener)) - {first}, "another bookkeeper")
        stopping.send(STOP.replace("3000", "5000"))
        assert json.loads(stopping.recv(PATIENCE_S)) == [3, "2", {}]
    assert sorted(each["end_kwh"] for each in listener.scratch.records().values()) == ["3", "4", "5"]
    until(lambda: "the process that books has died" in listener.said(), "the log")


def test_bookkeeper_is_stopped(listener: Listener) -> None:
    """One that is frozen is replaced after ten seconds: its stop gets its receipt, once, and all others are served."""
    (first,) = bookkeepers_of(listener)
    os.kill(first, signal.SIGSTOP)
    with listener.connect("/CP1") as stopping, listener.connect("/CP2") as other:
        stopping.send(STOP)
        assert is_served(other)
        assert json.loads(stopping.recv(PATIENCE_S)) == [3, "2", {}]
        until(lambda: set(bookkeepers_of(listener)) - {first}, "another bookkeeper")
        stopping.send(STOP)
        assert json.loads(stopping.recv(PATIENCE_S)) == [3, "2", {}]
    assert len(listener.scratch.records()) == 1
    until(lambda: not runs(first), "the first one to end")
    until(lambda: "gave no answer for 10 s and is killed" in listener.said(), "the log")


def runs(pid: int) -> bool:
    """Tell whether a process runs; one that has ended and whom nobody has asked for its status does not."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() != b""
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_bookkeeper_ends_with_the_listener(listener: Listener, number: signal.Signals) -> None:
    """However the listener ends, nothing of it is left running."""
    (pid,) = bookkeepers_of(listener)
    listener.signal(number)
    listener.process.wait(PATIENCE_S)
    until(lambda: not runs(pid), "the bookkeeper to end")
