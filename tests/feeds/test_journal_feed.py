"""The journal into a store, each line once, whatever becomes of the store or of us."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from shocpp.errors import BusyError, NotPermittedError, TryAgainError
from shocpp.feeds import journal_feed
from shocpp.feeds.batches import Batches
from shocpp.spool.journal import feed_position
from shocpp.spool.run.command_lock import held

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.feeds.documents import Row

FEED = "test:"


class EnoughError(Exception):
    """Says that a test has seen what it wants."""


class Store:
    """A store that may be away."""

    def __init__(self) -> None:
        self.where = FEED
        self.rows: list[str] = []
        self.errors: list[Exception] = []
        self.before: Callable[[], object] = lambda: None

    def reach(self) -> None:
        """Be there."""

    def put(self, collection: str, rows: Sequence[Row]) -> None:
        """Take rows, or raise what comes next."""
        assert collection == "event" or rows
        self.before()
        if self.errors:
            raise self.errors.pop(0)
        self.rows += [str(fields["frame"]) for _, fields in rows]


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Give a journal with three entries of a day that is over."""
    path = tmp_path / "journal/2026/05/01.jsonl"
    path.parent.mkdir(parents=True)
    head = {"time": "2026-05-01T12:00:00.000Z", "charge_point": "C", "direction": "in"}
    path.write_text("".join(json.dumps({**head, "frame": number}) + "\n" for number in (1, 2, 3)))
    return tmp_path / "journal"


def unwanted(*what: str) -> None:
    """Take what nothing should be told of."""
    pytest.fail(str(what))


def follow(store: Store, journal: Path, polls: int = 1, told: Callable[[str, str], None] = unwanted) -> list[float]:
    """Follow until it has waited for more lines so many times; give the seconds of all waits."""
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if waits.count(journal_feed._POLL_S) == polls:
            raise EnoughError

    with pytest.raises(EnoughError):
        journal_feed.follow_journal(Batches(store, False, unwanted), str(journal), FEED, told, wait)
    return waits


def position(journal: Path) -> int:
    """Give how many entries are kept as done."""
    return feed_position.read(feed_position.path_of(str(journal), FEED))[1]


def test_it_goes_on_where_it_ended(journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches are stored in order; how far that is, is kept after each; the next time nothing comes twice."""
    monkeypatch.setattr(journal_feed, "_MOST", 2)
    store, kept = Store(), []
    store.before = lambda: kept.append(position(journal))
    follow(store, journal)
    assert store.rows == ["1", "2", "3"] and kept == [0, 2] and position(journal) == 3
    follow(store, journal)
    assert store.rows == ["1", "2", "3"]


def test_a_store_that_is_away(journal: Path) -> None:
    """It is tried again, later and later and at least each minute; then all is there, once; two lines say so."""
    store = Store()
    store.errors = [TryAgainError("away")] * 8
    told: list[str] = []
    waits = follow(store, journal, told=lambda _, why: told.append(why))
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, journal_feed._POLL_S]
    assert store.rows == ["1", "2", "3"]
    assert told == ["away; tried again until it takes them", "takes them again"]


def test_killed_before_it_is_kept(journal: Path) -> None:
    """What the store has confirmed and we have not kept comes once more, and nothing is left out."""
    store = Store()
    store.errors = [NotPermittedError("no")]
    with pytest.raises(NotPermittedError):
        journal_feed.follow_journal(Batches(store, False, print), str(journal), FEED, print, print)
    assert position(journal) == 0
    follow(store, journal)
    assert store.rows == ["1", "2", "3"]


def test_two_at_a_time(journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one that follows into the same store is refused."""
    monkeypatch.setattr(journal_feed, "_PATIENCE_S", 0.01)
    with held(f"{feed_position.path_of(str(journal), FEED)}.lock", 0), pytest.raises(BusyError):
        journal_feed.follow_journal(Batches(Store(), False, print), str(journal), FEED, print, print)
