"""Mailboxes that one process holds for many: the newest connection counts, hints take the place of signals."""

from __future__ import annotations

import errno
import select
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from shocpp.errors import TryAgainError, UnavailableError, WriteError
from shocpp.spool.files.fifo import Fifo
from shocpp.spool.run import mailbox
from shocpp.spool.run.held_mailbox import HeldMailbox
from shocpp.spool.run.hints import Hints
from shocpp.spool.run.mailbox import connected
from tests.support.descriptors import descriptors
from tests.support.disks import failing
from tests.support.patience import PATIENCE_S, longer_and_longer, until
from tests.support.scratch import Scratch
from tests.support.wallbox import CP, Asking

pytestmark = pytest.mark.usefixtures("is_woken")


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


@pytest.mark.parametrize("name", ["write", "rename"])
def test_a_disk_that_was_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A mailbox that could not be held for want of room is held by the next connection, and leaves nothing open."""
    HeldMailbox(str(tmp_path), CP).hold()
    before = descriptors()
    with monkeypatch.context() as full:
        failing(name, errno.ENOSPC, full)
        with pytest.raises(WriteError):
            HeldMailbox(str(tmp_path), CP).hold()
    assert not descriptors() - before
    newest = HeldMailbox(str(tmp_path), CP)
    newest.hold()
    assert newest.is_ours()


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
    for timeout_s in longer_and_longer(0.2):
        late = Asking(scratch, "c1", timeout_s)
        is_there = holding.request() is not None
        assert isinstance(late.result(), TryAgainError)
        if is_there:
            break
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
