"""What the bytes held of unfinished messages promise: a bound for all, and who has to go beyond it."""

from __future__ import annotations

from typing import Any

from shocpp.transports.wires.held_bytes import HeldBytes


class Sender:
    """A connection that sends a message."""

    def __init__(self, identity: str, is_listed: bool = False) -> None:
        self.identity = identity
        self.charge_point: Any = is_listed or None
        self.is_aborted = False

    def abort(self) -> None:
        self.is_aborted = True


def test_who_began_first_goes_first_and_who_is_listed_last() -> None:
    """Beyond the bound strangers are disconnected, the oldest first, then those that are listed; nobody else is."""
    said: list[str] = []
    held = HeldBytes(100, lambda _, words: said.append(words))
    listed, first, second = Sender("CP1", is_listed=True), Sender("X1"), Sender("X2")
    for sender, size in ((listed, 30), (first, 30), (second, 30), (first, 40)):
        held.set_unfinished(sender, size)
    assert not any(each.is_aborted for each in (listed, first, second))
    held.set_unfinished(second, 31)
    assert [each.is_aborted for each in (listed, first, second)] == [False, True, False]
    held.add_waiting(40)
    assert [each.is_aborted for each in (listed, second)] == [False, True]
    held.add_waiting(71)
    assert listed.is_aborted and held.is_full
    held.add_waiting(-111)
    assert not held.is_full
    assert [words.split()[0] for words in said] == ["X1", "X2", "CP1"]


def test_a_message_that_is_whole_is_held_no_longer() -> None:
    """Messages one after another add up to nothing, nor does a connection that is lost."""
    held = HeldBytes(100, lambda *_: None)
    sender = Sender("CP1")
    for size in (60, 0, 90, 0, 100, 0, 0):
        held.set_unfinished(sender, size)
    assert not held.is_full and not sender.is_aborted
