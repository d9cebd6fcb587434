"""Who is connected, as the roster knows it: the newest connection wins, and no charge point has two backends."""

from __future__ import annotations

from typing import Any

import pytest

from shocpp.transports.embedded.roster import Roster


class Fake:
    """A connection that does nothing but remember; it keeps its backend until the test says that this has closed."""

    def __init__(self, identity: str) -> None:
        self.identity = identity
        self.is_served = False
        self.is_known = True
        self.ends: list[object] = []

    def close(self, code: int, reason: str) -> None:
        self.ends.append((code, reason))

    def abort(self) -> None:
        self.ends.append("aborted")


class Listener:
    """A roster and what it has served and said."""

    def __init__(self, most: int) -> None:
        self.began: list[Fake] = []
        self.said: list[str] = []
        serve: Any = self._serve
        self.roster: Any = Roster(most, serve, lambda level, text: self.said.append(f"{level} {text}"))

    def _serve(self, connection: Fake) -> None:
        connection.is_served = True
        self.began.append(connection)

    def admit(self, identity: str) -> Fake:
        """Let a charge point connect."""
        made = Fake(identity)
        self.roster.add(made)
        self.roster.admit(made)
        return made


@pytest.fixture
def listener() -> Listener:
    return Listener(2)


def test_the_newest_is_served_when_the_one_before_has_tidied_up(listener: Listener) -> None:
    """The older one is closed at once, and its successor begins only after it: of three, the one between never does."""
    first, second, third = (listener.admit("CP1") for _ in range(3))
    assert first.ends == second.ends == [(1008, "connected again"), "aborted"] and not third.ends
    listener.roster.disconnected(second)
    listener.roster.disconnected(first)
    assert listener.began == [first]
    listener.roster.released(first)
    assert listener.began == [first, third]
    assert listener.roster.connections == {third} and listener.roster.served == {"CP1": third}
    assert listener.said == ["INFO CP1 connects again: the newest connection wins"] * 2


def test_one_that_ends_leaves_nothing(listener: Listener) -> None:
    """What is not connected any more is nowhere in the roster, a stranger that was never admitted neither."""
    first, stranger = listener.admit("CP1"), Fake("")
    listener.roster.add(stranger)
    listener.roster.disconnected(stranger)
    listener.roster.disconnected(first)
    assert listener.roster.connections == {first}, "its backend is still there"
    listener.roster.released(first)
    assert not listener.roster.connections and not listener.roster.served and len(listener.roster) == 0


def test_room(listener: Listener) -> None:
    """Beyond the limit there is room only for who is connected already; a handshake takes no place."""
    listener.roster.add(Fake(""))
    listener.admit("CP1")
    assert listener.roster.has_room("CP2")
    listener.admit("CP2")
    assert not listener.roster.has_room("CP3") and listener.roster.has_room("CP1")
    assert len(listener.roster) == 2


def test_who_was_served_for_a_while_is_remembered(listener: Listener) -> None:
    """Of those that went the latest are known, as many as may be connected; one that was hardly served is none."""
    for identity, is_known in (("CP1", True), ("CP2", True), ("CP1", True), ("STRANGER", False), ("CP3", True)):
        made = listener.admit(identity)
        made.is_known = is_known
        listener.roster.disconnected(made)
        listener.roster.released(made)
    assert list(listener.roster.known) == ["CP1", "CP3"]
