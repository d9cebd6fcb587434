"""What the follower of a feed promises: each entry once, in order, with its position, whatever becomes of the files."""

from __future__ import annotations

import gzip
import json
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from shocpp.spool.journal import feed_position
from shocpp.spool.journal.feed_follower import FeedFollower

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.spool.journal.feed_position import Position

FIRST, SECOND = date(2026, 5, 1), date(2026, 5, 2)
MORNING = datetime(2026, 5, 2, 8, tzinfo=UTC).timestamp()
MIDNIGHT = datetime(2026, 5, 2, tzinfo=UTC).timestamp()


def line(number: int) -> str:
    """Write a line of the journal."""
    return json.dumps(
        {"time": "2026-05-01T12:00:00.000Z", "charge_point": "C", "direction": "in", "frame": number},
        separators=(",", ":"),
    )


class Days:
    """A journal's folder, and who follows it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = MORNING
        (folder / "2026/05").mkdir(parents=True)

    def path(self, day: date, suffix: str = "") -> Path:
        """Give a day's file."""
        return self.folder / f"{day:%Y/%m/%d}.jsonl{suffix}"

    def add(self, day: date, *numbers: int, rest: str = "") -> None:
        """Write lines to a day's file, and what is only begun."""
        with self.path(day).open("a") as file:
            file.write("".join(f"{line(number)}\n" for number in numbers) + rest)

    def follow(self, position: Position = feed_position.START) -> FeedFollower:
        """Follow from a position."""
        return FeedFollower(str(self.folder), position, lambda *what: pytest.fail(str(what)), lambda: self.now)


@pytest.fixture
def days(tmp_path: Path) -> Days:
    """Give an empty journal."""
    return Days(tmp_path)


def found(follower: FeedFollower) -> list[tuple[str, int, object]]:
    """Give what has come: the day, its count, and the frame."""
    return [(f"{day:%d}", count, entry.frame) for (day, count), entry in follower.poll()]


def test_what_is_there_and_what_comes(days: Days) -> None:
    """All days that there are, then what is written; half a line, and what is broken, is no entry."""
    days.add(FIRST, 1, 2)
    days.add(SECOND, 3, rest="{broken\n" + line(4)[:30])
    follower = days.follow()
    assert found(follower) == [("01", 1, 1), ("01", 2, 2), ("02", 1, 3)]
    assert found(follower) == []
    days.add(SECOND, rest=line(4)[30:] + "\n")
    assert found(follower) == [("02", 2, 4)]


@pytest.mark.parametrize("position", [(FIRST, 1), (FIRST, 2), (SECOND, 0), (SECOND, 1), (date(2026, 5, 3), 0)])
def test_from_a_position_on(days: Days, position: Position) -> None:
    """What is done with is passed over, and nothing else."""
    days.add(FIRST, 1, 2)
    days.add(SECOND, 3)
    everything = [(day, count) for (day, count), _ in days.follow().poll()]
    assert [each for each, _ in days.follow(position).poll()] == [each for each in everything if each > position]


def test_no_journal_yet(tmp_path: Path) -> None:
    """A folder that is not there has nothing; once it is, all is given."""
    days = Days(tmp_path)
    (tmp_path / "2026/05").rmdir()
    follower = days.follow()
    assert found(follower) == []
    (tmp_path / "2026/05").mkdir()
    days.add(FIRST, 1)
    assert found(follower) == [("01", 1, 1)]


def test_midnight(days: Days) -> None:
    """What another process still writes to the day before comes first, for a minute; then it is the next day's turn."""
    days.add(FIRST, 1)
    days.now = MIDNIGHT + 1
    follower = days.follow()
    assert found(follower) == [("01", 1, 1)]
    days.add(SECOND, 3)
    days.add(FIRST, 2)
    assert found(follower) == [("01", 2, 2)]
    days.now = MIDNIGHT + 61
    assert found(follower) == [("02", 1, 3)]


@pytest.mark.parametrize("is_open", [True, False])
def test_a_day_that_is_gzipped(days: Days, is_open: bool) -> None:
    """It is the same day, with the same entries, whether it was being read or not."""
    days.add(FIRST, 1, 2)
    follower = days.follow((FIRST, 1))
    if is_open:
        days.now = MIDNIGHT
        assert found(follower) == [("01", 2, 2)]
    days.path(FIRST, ".gz").write_bytes(gzip.compress(days.path(FIRST).read_bytes()))
    days.path(FIRST).unlink()
    days.add(SECOND, 3)
    days.now = MORNING
    assert found(follower) == ([] if is_open else [("01", 2, 2)]) + [("02", 1, 3)]


def test_a_day_that_is_rewritten(days: Days) -> None:
    """A card was taken out of it: what was given is not given again, and what comes then is."""
    days.add(SECOND, 1, 2)
    follower = days.follow()
    assert len(found(follower)) == 2
    other = days.path(SECOND, ".new")
    other.write_text(f"{line(8)}\n{line(9)}\n")
    os.replace(other, days.path(SECOND))
    assert found(follower) == []
    days.add(SECOND, 3)
    assert found(follower) == [("02", 3, 3)]
