"""The mailbox as files and a signal: what somebody else left there or put there, and programs that know no more."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys

import pytest

from shocpp.errors import TryAgainError, UnavailableError
from shocpp.spool.run import mailbox
from shocpp.spool.run.mailbox import Mailbox, connected, seen
from tests.support.patience import PATIENCE_S, until
from tests.support.scratch import Scratch
from tests.support.wallbox import CP, RESET, Asking, Wallbox, pid_in

pytestmark = pytest.mark.usefixtures("is_woken")
LOOK_ANYWAY_S = mailbox._LOOK_ANYWAY_S


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
