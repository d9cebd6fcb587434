"""Which mailboxes a listener looks into: the one that a hint names, or all after a bare signal."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from shocpp.spool.run import hints
from shocpp.transports.embedded.mailboxes import Mailboxes

MANY = 1200  # more than are looked into at a time


class Connection:
    """A connection whose mailbox holds a request, or not; counts how often it shall be served."""

    def __init__(self, mailbox: Path) -> None:
        self.mailbox = str(mailbox)
        self.requests = 0

    def fetch_command(self) -> None:
        """Count it."""
        self.requests += 1


class Listener:
    """A loop with mailboxes, and a count of the system calls that looking into them takes."""

    def __init__(self, run_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.run_dir = run_dir
        self.looks = 0
        self.said: list[str] = []
        self.served = {f"CP{number}": Connection(run_dir / f"CP{number}.json") for number in range(MANY)}
        self.loop = asyncio.new_event_loop()
        self._real = os.access
        monkeypatch.setattr(os, "access", self._access)
        self.listen()

    def listen(self) -> None:
        """Begin, or begin anew."""
        self.mailboxes = Mailboxes(self.loop, self.served)  # type: ignore[arg-type]
        self.mailboxes.listen(str(self.run_dir), lambda _, text: self.said.append(text))

    def _access(self, path: str, mode: int) -> bool:
        self.looks += 1
        return self._real(path, mode)

    def hint(self, identity: str) -> bool:
        """Give a hint as a command does."""
        return hints.give(str(self.run_dir), os.getpid(), identity)

    def go_on(self) -> list[str]:
        """Let the loop do all that there is to do; who was served."""

        async def rest() -> None:
            for _ in range(10):
                await asyncio.sleep(0)

        self.loop.run_until_complete(rest())
        return [identity for identity, connection in self.served.items() for _ in range(connection.requests)]


@pytest.fixture
def listener(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    """Give a listener with many connections; in the mailboxes of three of them are requests."""
    for number in (0, 7, MANY - 1):
        (tmp_path / f"CP{number}.json").write_text("[]")
    made = Listener(tmp_path, monkeypatch)
    yield made
    made.mailboxes.close()
    made.loop.remove_signal_handler(signal.SIGUSR1)
    made.loop.close()


def test_a_hint_costs_one_look(listener: Listener) -> None:
    """Told whose mailbox it is, it looks into that one alone, however many are connected."""
    assert listener.hint("CP7")
    assert listener.go_on() == ["CP7"]
    assert listener.looks == 1


def test_a_bare_signal_makes_it_look_into_all(listener: Listener) -> None:
    """Told nothing but that some mailbox holds a request, it looks into each, and all that hold one are served."""
    os.kill(os.getpid(), signal.SIGUSR1)
    assert listener.go_on() == ["CP0", "CP7", f"CP{MANY - 1}"]
    assert listener.looks == MANY


def test_two_commands_at_once(listener: Listener) -> None:
    """Hints that come together are all followed, and none makes it look into all."""
    assert listener.hint("CP7") and listener.hint("CP0") and listener.hint("CP7")
    assert listener.go_on() == ["CP0", "CP7"]
    assert listener.looks == 2


def test_a_hint_and_a_signal_at_once(listener: Listener) -> None:
    """A signal beside a hint is another command's: it is not taken for the hint's own."""
    assert listener.hint("CP7")
    os.kill(os.getpid(), signal.SIGUSR1)
    assert set(listener.go_on()) == {"CP0", "CP7", f"CP{MANY - 1}"}
    assert listener.looks == MANY + 1


@pytest.mark.parametrize("identity", ["CP", "gone", "../CP7", "CP7.json", ""])
def test_a_hint_for_somebody_who_has_gone(listener: Listener, identity: str) -> None:
    """Whoever is not connected has no mailbox to look into: a name that comes from outside is no path."""
    assert listener.hint(identity)
    assert listener.go_on() == []
    assert listener.looks == 0


def test_the_hint_came_too_early(listener: Listener) -> None:
    """A hint without a request in the mailbox does nothing; the next one is followed."""
    assert listener.hint("CP1")
    assert listener.go_on() == []
    (listener.run_dir / "CP1.json").write_text("[]")
    assert listener.hint("CP1")
    assert listener.go_on() == ["CP1"]
    assert listener.looks == 2


def test_the_listener_was_restarted(listener: Listener) -> None:
    """Between two listeners no hint can be given, so that a signal is sent; the new one takes hints again."""
    listener.mailboxes.close()
    assert not listener.hint("CP7")
    listener.listen()
    assert listener.hint("CP7")
    assert listener.go_on() == ["CP7"]


def test_where_hints_cannot_be_taken(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are no FIFOs the log says so once, commands send signals, and these are served."""
    listener.mailboxes.close()

    def refuse(*_: object) -> None:
        raise PermissionError(1, "no FIFOs here")

    monkeypatch.setattr(os, "mkfifo", refuse)
    listener.listen()
    assert len(listener.said) == 1 and "fifo" in listener.said[0]
    assert not listener.hint("CP7")
    os.kill(os.getpid(), signal.SIGUSR1)
    assert "CP7" in listener.go_on()
