"""
The accounting folder read back: every record once, in order of month and name.

Knows where records lie, what else may lie there, and that merged folders hold some stops twice; what a record says is
``ledger.charge``'s. Streams: at no time more than one record and the names of two months are kept.
"""

from __future__ import annotations

import json
import os
import re
import stat

from shocpp.errors import DataError
from shocpp.ledger.charge import Charge
from shocpp.spool.months import booked_months, month_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    Month = tuple[int, int]
    Report = Callable[[str, str], None]

FIRST, LAST = (0, 1), (9999, 12)
_NAME = re.compile(r"[0-9]+-([0-9a-f]{12})\.json")
_LARGEST_FILE = 1 << 20  # a record has one kB; what is larger than this is something else


class Entry:
    """
    One record of the accounting folder.

    Attributes:
        path: Its file.
        month: Year and month in which it is booked.
        fields: The record as it stands in the file.
        charge: The same with its types.
        digest: The 12 hex digits in its file's name, which are the same stop's in every folder; empty for other names.
    """

    __slots__ = ("charge", "digest", "fields", "month", "path")

    def __init__(self, path: str, month: Month, charge: Charge) -> None:
        self.path = path
        self.month = month
        self.fields = charge.fields
        self.charge = charge
        self.digest = digest_in(path)

    @property
    def is_late(self) -> bool:
        """Whether the charge ended in a month before the one in which it is booked."""
        return self.charge.is_late_in(self.month)


def read(folder: str, report: Report, first: Month = FIRST, last: Month = LAST) -> Iterator[Entry]:
    """
    Read the records of some months, in order of month and name; a stop that is there twice counts where it is first.

    Args:
        folder: The accounting folder; without one there are no records.
        report: Is told the path and what is wrong of everything that cannot be read or is no record.
        first: Year and month to begin with.
        last: Year and month to end with.

    Yields:
        The entries. Files without ``.json`` at their end and dot-files are passed over.
    """
    try:
        months = booked_months(folder)
    except OSError as error:
        report(folder, _why(error))
        return
    earlier = _Earlier(folder, [month for month in months if month < first])
    for month in months:
        if first <= month <= last:
            yield from _read_month(folder, month, report, earlier)
            earlier.turn(month)


def digest_in(path: str) -> str:
    """
    Give the digest in a record's file name; empty if it is named otherwise.

    >>> digest_in("2023/09/1693727530-0326fd891def.json"), digest_in("old.json")
    ('0326fd891def', '')
    """
    named = _NAME.fullmatch(os.path.basename(path))
    return named[1] if named else ""


def _read_month(folder: str, month: Month, report: Report, earlier: _Earlier) -> Iterator[Entry]:
    try:
        for path in month_files(folder, *month):
            try:
                entry = Entry(path, month, Charge(_parse(path)))
            except OSError as error:
                report(path, _why(error))
            except DataError as error:
                report(path, str(error))
            else:
                if not earlier.has(entry):
                    yield entry
    except OSError as error:
        report(os.path.join(folder, f"{month[0]:04}", f"{month[1]:02}"), _why(error))


def _parse(path: str) -> dict[str, Any]:
    """Read one file; O_NONBLOCK, since somebody's pipe among the records would hold us up for good."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        there = os.fstat(descriptor)
        if not stat.S_ISREG(there.st_mode):
            raise DataError("not a file")
        if there.st_size > _LARGEST_FILE:
            raise DataError("too large for a record")
        data = os.read(descriptor, _LARGEST_FILE)
    finally:
        os.close(descriptor)
    try:
        fields = json.loads(data)
    except (ValueError, RecursionError):
        raise DataError("not JSON" if data.strip() else "empty") from None
    if fields.__class__ is not dict:
        raise DataError("not a record: no object")
    return fields


def _why(error: OSError) -> str:
    return f"cannot be read: {os.strerror(error.errno) if error.errno else error}"


class _Earlier:
    """
    Which stops were met before: two machines that served the same charge point may both have booked one.

    Their files have the same digest, and mostly the same name, since that is made of the stop's own time. So of the
    month at hand and the one before the digests are kept, and in the older ones, back to the month in which the charge
    ended, the name is looked for. Only where a clock was no good, and two names differ, must all digests be known.
    """

    def __init__(self, folder: str, months: list[Month]) -> None:
        self._folder = folder
        self._months = months
        self._here: set[str] = set()
        self._before = self._digests(months[-1]) if months else set()
        self._all: set[str] | None = None

    def has(self, entry: Entry) -> bool:
        """Tell whether a stop was met before, and from now on know it."""
        if not entry.digest:
            return False
        if entry.digest in self._here or entry.digest in self._before or self._is_older(entry):
            return True
        self._here.add(entry.digest)
        return False

    def turn(self, month: Month) -> None:
        """Go on to the month after this one."""
        if self._all is not None:
            self._all |= self._before
        self._months.append(month)
        self._before, self._here = self._here, set()

    def _is_older(self, entry: Entry) -> bool:
        if entry.charge.is_clock_suspect:
            if self._all is None:
                self._all = set().union(*map(self._digests, self._months))
            return entry.digest in self._all
        if not entry.is_late:
            return False
        ended, name = (entry.charge.local.year, entry.charge.local.month), os.path.basename(entry.path)
        return any(
            os.path.exists(os.path.join(self._folder, f"{year:04}", f"{month:02}", name))
            for year, month in self._months[:-1]
            if (year, month) >= ended
        )

    def _digests(self, month: Month) -> set[str]:
        try:
            return {digest for path in month_files(self._folder, *month) if (digest := digest_in(path))}
        except OSError:
            return set()
