"""
How far a feed of the journal has come: a day, and how many of its entries are done with.

It is counted by entries, not by bytes, so that a day may be gzipped meanwhile. The file lies in the journal's folder.
"""

from __future__ import annotations

import json
import os
import zlib
from datetime import date
from hashlib import sha256

from shocpp.errors import DataError
from shocpp.spool.files import durable
from shocpp.spool.files.disk_faults import explained
from shocpp.spool.journal.journal_reader import day_files, open_day, parsed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from shocpp.errors import Report
    from shocpp.spool.journal.journal_entry import JournalEntry

    Position = tuple[date, int]

START: Position = (date.min, 0)


def path_of(folder: str, feed: str) -> str:
    """
    Give the file of a feed's position.

    Args:
        folder: The journal's folder.
        feed: What tells the feed from others: where it goes to.
    """
    return os.path.join(folder, f".feed-{sha256(feed.encode()).hexdigest()[:12]}.json")


def read(path: str) -> Position:
    """
    Read a position; the start of all where there is none.

    Raises:
        DataError: The file makes no sense; to begin anew, remove it.
    """
    try:
        with open(path, "rb") as file:
            said = json.load(file)
        return date.fromisoformat(said["day"]), int(said["entries"])
    except FileNotFoundError:
        return START
    except (ValueError, LookupError, TypeError):
        raise DataError(f"{path}: no position in the journal; remove it, and the feed begins anew") from None
    except OSError as error:
        raise explained(error, path, "read") from error


def write(path: str, position: Position) -> None:
    """
    Keep a position; it survives a power cut when this returns.

    Raises:
        ShocppError: It cannot be written; the old one is still there then.
    """
    text = json.dumps({"day": position[0].isoformat(), "entries": position[1]})
    durable.replace_lasting(path, [f"{text}\n".encode()], mode=durable.FILE_MODE)


def numbered(folder: str, report: Report, first: date) -> Iterator[tuple[Position, JournalEntry]]:
    """
    Read the journal from a day on, each entry with the position that is reached with it.

    Args:
        folder: The journal's folder.
        report: Is told the path and what is wrong of files and lines that cannot be read.
        first: The first day.
    """
    counts: dict[date, int] = {}
    for day, path in day_files(folder, first):
        try:
            with open_day(path) as file:
                for entry in parsed(file, path, report):
                    counts[day] = counts.get(day, 0) + 1
                    yield (day, counts[day]), entry
        except (OSError, EOFError, zlib.error) as error:
            report(path, f"cannot be read to its end: {error}")
