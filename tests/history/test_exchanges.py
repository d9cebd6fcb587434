"""Answers and the CALLs they belong to."""

from __future__ import annotations

from shocpp.history.exchanges import Exchanges
from shocpp.history.selection import Selection
from shocpp.spool.journal.journal_entry import IN, OUT, read
from tests.support.journals import NOON, line


def actions(*lines: bytes) -> list[str | None]:
    """Give the action to which each line belongs; None for what belongs to none."""
    exchanges = Exchanges()
    found = []
    for each in lines:
        entry = read(each)
        assert entry is not None
        message = exchanges.take(entry)
        found.append(message.action if message else None)
    return found


def test_pairs() -> None:
    """An id belongs to one charge point, one side and one exchange."""
    assert actions(
        line([2, "1", "Heartbeat", {}]),
        line([2, "1", "Reset", {}], OUT),
        line([2, "1", "Authorize", {}], charge_point="CP002"),
        line([3, "1", {}], IN),
        line([3, "1", {}], OUT),
        line([3, "1", {}], OUT, charge_point="CP002"),
        line([3, "1", {}], OUT),
        line([2, 7, "StatusNotification", {}]),
        line([4, 7, "InternalError", "", {}], OUT),
        line("pong"),
    ) == ["Heartbeat", "Reset", "Authorize", "Reset", "Heartbeat", "Authorize", None, *2 * ["StatusNotification"], None]


def test_bounded() -> None:
    """CALLs that nobody answers are forgotten in the end."""
    exchanges = Exchanges()
    entry = read(line([2, "1", "Heartbeat", {}]))
    assert entry is not None
    for number in range(100_100):
        entry.frame = [2, number, "Heartbeat", {}]
        exchanges.take(entry)
    assert len(exchanges._waiting) == 100_000


def test_selection() -> None:
    """An action's answers are shown with it; a span cuts off an answer's CALL, but not what is known of it."""
    lines = [
        line([2, "1", "Heartbeat", {}]),
        line([2, "2", "Authorize", {}]),
        line([3, "1", {"a": 1}], OUT),
        line([3, "2", {"a": 2}], OUT),
        line("pong"),
    ]
    entries = [entry for each in lines if (entry := read(each))]
    chosen = Selection(actions=["authorize"])
    assert [entry.frame for entry in entries if chosen.has(entry)] == [[2, "2", "Authorize", {}], [3, "2", {"a": 2}]]
    assert [entry for entry in entries if Selection(["CP002"]).has(entry)] == []
    assert [entry for entry in entries if Selection(since=NOON).has(entry)] == entries
    assert [entry for entry in entries if Selection(until=NOON).has(entry)] == []
