"""
The end of the journal: what passed last between us and one charge point.

Reads backwards from the end of the newest file, as far as is needed and no further than a page may take; the files of
days that are over and packed are left to shocpp-journal.
"""

from __future__ import annotations

import os

from shocpp.spool.journal.journal_entry import EVENT, read
from shocpp.spool.journal.journal_reader import day_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from shocpp.spool.journal.journal_entry import JournalEntry

_BLOCK = 1 << 18
_MOST = 1 << 23  # bytes that are looked through


def last_frames(folder: str, charge_point: str, count: int) -> list[JournalEntry]:
    """
    Give the last frames of a charge point, the newest first.

    Args:
        folder: The journal's folder.
        charge_point: The identity; empty for the anonymous one.
        count: How many at most; fewer where much else has passed since.
    """
    found: list[JournalEntry] = []
    for line in _backwards(folder):
        entry = read(line)
        if entry is not None and entry.charge_point == charge_point and entry.direction != EVENT:
            found.append(entry)
            if len(found) == count:
                break
    return found


def _backwards(folder: str) -> Iterator[bytes]:
    """Give lines from the last one on backwards, day by day."""
    left = _MOST
    for _, path in reversed(day_files(folder)):
        if path.endswith(".gz") or left <= 0:
            return
        try:
            size = os.path.getsize(path)
            yield from _lines_from_end(path, size, max(0, size - left))
        except OSError:
            return
        left -= size


def _lines_from_end(path: str, size: int, least: int) -> Iterator[bytes]:
    """Give a file's lines backwards, down to a place in it."""
    with open(path, "rb") as file:
        rest, at = b"", size
        while at > least:
            begin = max(least, at - _BLOCK)
            file.seek(begin)
            lines = (file.read(at - begin) + rest).split(b"\n")
            rest, at = lines[0], begin
            yield from reversed(lines[1:])
        if least == 0:
            yield rest
