"""
The journal read back: entries in order of their days, also from gzipped files.

Knows which files there are and what may be wrong with them; not what the frames mean. Streams: no more than one line is
kept, and none is longer than a frame can be.
"""

from __future__ import annotations

import os
import re
import zlib
from datetime import UTC, date, datetime

from shocpp.spool.files.disk_faults import explained
from shocpp.spool.journal.journal_entry import LONGEST_LINE, JournalEntry, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from shocpp.errors import Report


_DAY = re.compile(r"([0-9]{2})\.jsonl(?:\.gz)?")
_GRACE_S = 60  # that long after midnight another process may still have lines of the day before


def day_files(folder: str, first: date = date.min, last: date = date.max) -> list[tuple[date, str]]:
    """Give the files of some days in order, the gzipped one of a day first; none without a folder."""
    found = []
    for year in _numbers(folder, 4):
        for month in _numbers(os.path.join(folder, year), 2):
            for name in sorted(_list(os.path.join(folder, year, month)), key=lambda name: (name[:2], -len(name))):
                day = _day(year, month, name)
                if day is not None and first <= day <= last:
                    found.append((day, os.path.join(folder, year, month, name)))
    return found


def first_unfinished_day(now: float) -> date:
    """
    Give the first day whose file may still be written to.

    Args:
        now: Seconds since the epoch.

    >>> str(first_unfinished_day(86_400 + 59)), str(first_unfinished_day(86_400 + 60))
    ('1970-01-01', '1970-01-02')
    """
    return datetime.fromtimestamp(now - _GRACE_S, UTC).date()


def entries(
    folder: str, report: Report, since: datetime | None = None, until: datetime | None = None
) -> Iterator[JournalEntry]:
    """
    Read what passed in a span of time, a day after another, each in the order in which it was written.

    Args:
        folder: The journal's folder.
        report: Is told the path and what is wrong of files and lines that cannot be read.
        since: Leave out what is earlier; aware.
        until: Leave out what is not earlier; aware.
    """
    first = since.astimezone(UTC).date() if since else date.min
    last = until.astimezone(UTC).date() if until else date.max
    for _, path in day_files(folder, first, last):
        try:
            with open_day(path) as file:
                yield from _within(parsed(file, path, report), since, until)
        except (OSError, EOFError, zlib.error) as error:
            report(path, f"cannot be read to its end: {error}")


def parsed(file: BinaryIO, name: str, report: Report) -> Iterator[JournalEntry]:
    """Read entries from an open file; how many lines are broken is told at the end."""
    broken = 0
    while line := file.readline(LONGEST_LINE):
        entry = read(line)
        if entry is not None:
            yield entry
        elif line.strip():
            broken += 1
    if broken:
        report(name, f"{broken} broken {'line' if broken == 1 else 'lines'} passed over")


def _within(found: Iterator[JournalEntry], since: datetime | None, until: datetime | None) -> Iterator[JournalEntry]:
    for entry in found:
        if (since is None or entry.time >= since) and (until is None or entry.time < until):
            yield entry


def open_day(path: str) -> BinaryIO:
    """Open a day's file for reading, gzipped or not."""
    if not path.endswith(".gz"):
        return open(path, "rb")
    import gzip

    return gzip.open(path, "rb")  # type: ignore[return-value]  # reads like any other


def _numbers(folder: str, digits: int) -> list[str]:
    return sorted(name for name in _list(folder) if len(name) == digits and name.isascii() and name.isdigit())


def _list(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise explained(error, folder, "read") from error


def _day(year: str, month: str, name: str) -> date | None:
    named = _DAY.fullmatch(name)
    try:
        return date(int(year), int(month), int(named[1])) if named else None
    except ValueError:
        return None
