"""The journal read back: days, gzipped ones, broken lines, and the tail."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shocpp.spool.journal.journal_reader import Follower, day_files, entries
from tests.support.journals import NOON, line, put

Complaints = list[tuple[str, str]]


def at(**ago: float) -> datetime:
    """Give a time after noon."""
    return NOON + timedelta(**ago)


def frames(folder: Path, complaints: Complaints | None = None, **span: datetime) -> list[object]:
    """Read the frames of a folder."""
    complaints = [] if complaints is None else complaints
    found = entries(str(folder), lambda path, why: complaints.append((Path(path).name, why)), **span)
    return [entry.frame for entry in found]


def test_order(tmp_path: Path) -> None:
    """Days come in order, also gzipped ones, and what was written after a day was gzipped comes after it."""
    put(tmp_path, [line(n, time=at(days=n)) for n in (40, 0, 1, 300, 2)])
    plain = tmp_path / "2026/05/02.jsonl"
    (tmp_path / "2026/05/02.jsonl.gz").write_bytes(gzip.compress(plain.read_bytes()))
    plain.write_bytes(line("late", time=at(days=1)))
    (tmp_path / "2026/05/notes.txt").write_text("x")
    (tmp_path / "2026/05/41.jsonl").write_text("x")
    assert frames(tmp_path) == [0, 1, "late", 2, 40, 300]
    assert len(day_files(str(tmp_path))) == 6


def test_span(tmp_path: Path) -> None:
    """A span has its first instant and not its last, and days out of it are not opened."""
    put(tmp_path, [line(n, time=at(hours=n)) for n in range(0, 96, 12)])
    (tmp_path / "2026/05/01.jsonl").chmod(0)
    (tmp_path / "2026/05/01.jsonl").write_bytes(b"broken\n")
    complaints: Complaints = []
    assert frames(tmp_path, complaints, since=at(hours=24), until=at(hours=48)) == [24, 36]
    assert complaints == []


def test_no_folder(tmp_path: Path) -> None:
    """Without a folder nothing passed."""
    assert frames(tmp_path / "none") == []


def test_broken_lines(tmp_path: Path) -> None:
    """Broken lines are counted and cost no others; one that sticks to half a line is found."""
    good = [line(n) for n in range(5)]
    hostile = [b"\xff\xfe\n", b"[" * 100_000 + b"\n", b'{"time":5}\n', b"null\n", b"\x00\x00\n", b"\n"]
    half = line([2, "x", "y" * 100, {}])[:60]
    path = tmp_path / "2026/05/01.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(good[0] + b"".join(hostile) + good[1] + half + good[2] + good[3] + good[4][:-20])
    complaints: Complaints = []
    assert frames(tmp_path, complaints) == [0, 1, 2, 3]
    assert complaints == [("01.jsonl", "6 broken lines passed over")]


def test_broken_gzip(tmp_path: Path) -> None:
    """A gzipped day that was cut off gives what it has and is named; the days after it are read."""
    path = tmp_path / "2026/05/01.jsonl.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.compress(b"".join(line(str(n) * 99) for n in range(20_000)))[:-4000])
    (tmp_path / "2026/05/02.jsonl.gz").write_bytes(b"no gzip")
    put(tmp_path, [line("next", time=at(days=2))])
    complaints: Complaints = []
    found = frames(tmp_path, complaints)
    assert found[0] == "0" * 99 and found[-1] == "next" and len(found) > 1000
    assert [name for name, _ in complaints] == ["01.jsonl.gz", "02.jsonl.gz"]


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
