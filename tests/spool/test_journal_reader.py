"""The journal read back: days, gzipped ones and broken lines."""

from __future__ import annotations

import gzip
from datetime import datetime, timedelta
from pathlib import Path

from shocpp.spool.journal.journal_reader import day_files, entries
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
    (tmp_path / "2026/05/01.jsonl").write_bytes(b"broken\n")
    (tmp_path / "2026/05/01.jsonl").chmod(0)
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
