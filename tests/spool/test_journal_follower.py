"""The journal followed: what comes, across midnight, whatever becomes of the files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shocpp.spool.journal.journal_follower import Follower
from shocpp.spool.journal.journal_reader import entries
from tests.support.journals import NOON, line, put


class Clock:
    """A clock that is set by hand."""

    def __init__(self, time: datetime) -> None:
        self.time = time

    def __call__(self) -> float:
        return self.time.timestamp()


def test_follow(tmp_path: Path) -> None:
    """Following gives what comes from now on, and half a line only when its other half is there."""
    put(tmp_path, [line("before")])
    follower = Follower(str(tmp_path), Clock(NOON))
    path = tmp_path / "2026/05/01.jsonl"
    assert list(follower.poll()) == []
    put(tmp_path, [line(1)])
    with path.open("ab") as file:
        file.write(line(2)[:30])
        file.flush()
        assert [entry.frame for entry in follower.poll()] == [1]
        file.write(line(2)[30:])
    assert [entry.frame for entry in follower.poll()] == [2]
    put(tmp_path, [line("x" * 300_000)])
    assert [len(str(entry.frame)) for entry in follower.poll()] == [300_000]


def test_follow_half_taken_back(tmp_path: Path) -> None:
    """Half a line that its writer took back, on a full disk, does not spoil the one that is written in its place."""
    follower = Follower(str(tmp_path), Clock(NOON), from_start=True)
    put(tmp_path, [line(1)])
    path = tmp_path / "2026/05/01.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + line(2)[:40])
    assert [entry.frame for entry in follower.poll()] == [1]
    path.write_bytes(whole + line(3))
    assert [entry.frame for entry in follower.poll()] == [3]


def test_follow_across_midnight(tmp_path: Path) -> None:
    """Following goes on with the next day's file, and misses no line that still comes to the old one."""
    clock = Clock(datetime(2026, 5, 31, 23, 59, 59, tzinfo=UTC))
    follower = Follower(str(tmp_path), clock)
    put(tmp_path, [line("evening", time=clock.time)])
    assert [entry.frame for entry in follower.poll()] == ["evening"]
    old, clock.time = clock.time, datetime(2026, 6, 1, 0, 0, 5, tzinfo=UTC)
    put(tmp_path, [line("morning", time=clock.time), line("slow", time=old)])
    assert [entry.frame for entry in follower.poll()] == ["slow", "morning"]
    put(tmp_path, [line("slower", time=old)])
    clock.time += timedelta(hours=1)
    put(tmp_path, [line("day", time=clock.time)])
    assert [entry.frame for entry in follower.poll()] == ["slower", "day"]


@pytest.mark.parametrize("second", [-0.001, 0, 1, 59.999, 60, 61, 86_399])
def test_what_was_and_what_comes(tmp_path: Path, second: float) -> None:
    """Whatever the time of day, what passed before and what is followed from its start are all, and nothing twice."""
    clock = Clock(datetime(2026, 6, 1, tzinfo=UTC) + timedelta(seconds=second))
    hours = [clock.time - timedelta(hours=n) for n in (50, 26, 12, 1, 0)]
    put(tmp_path, [line(n, time=each) for n, each in enumerate(hours)])
    follower = Follower(str(tmp_path), clock, from_start=True)
    before = entries(str(tmp_path), lambda *what: pytest.fail(str(what)), hours[1], follower.begins)
    assert [entry.frame for entry in (*before, *follower.poll())] == [1, 2, 3, 4]


def test_follow_replaced(tmp_path: Path) -> None:
    """A file in the place of one that was moved away is read from its begin."""
    follower = Follower(str(tmp_path), Clock(NOON))
    put(tmp_path, [line(1)])
    assert [entry.frame for entry in follower.poll()] == [1]
    path = tmp_path / "2026/05/01.jsonl"
    path.rename(path.with_suffix(".old"))
    put(tmp_path, [line(2)])
    list(follower.poll())
    assert [entry.frame for entry in follower.poll()] == [2]
