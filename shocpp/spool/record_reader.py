"""
The accounting folder read back: every charge once, in order of month and file name.

Knows where records lie, what else may lie there, and that merged folders hold some stops twice; what a record says is
``ledger.charge``'s. Streams: at no time more than one charge and the names of two months are kept.
"""

from __future__ import annotations

import json
import os
import stat

from shocpp.errors import DataError
from shocpp.ledger.charge import Charge, digest_in
from shocpp.spool.months import booked_months, folder_of, month_files, record_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    Month = tuple[int, int]
    Report = Callable[[str, str], None]

FIRST, LAST = (0, 1), (9999, 12)
_LARGEST_FILE = 1 << 20  # a record has one kB; what is larger than this is something else


def read(folder: str, report: Report, first: Month = FIRST, last: Month = LAST) -> Iterator[Charge]:
    """
    Read the charges booked in some months, in order of month and name; one that lies there twice counts once.

    Args:
        folder: The accounting folder; without one there are no records.
        report: Is told the path and what is wrong of everything that cannot be read or is no record.
        first: Year and month to begin with.
        last: Year and month to end with.

    Yields:
        The charges. Files without ``.json`` at their end and dot-files are passed over.
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
            earlier.end_month(month)


def _read_month(folder: str, month: Month, report: Report, earlier: _Earlier) -> Iterator[Charge]:
    try:
        for path in month_files(folder, *month):
            try:
                charge = Charge(_parse(path), month, os.path.basename(path))
            except OSError as error:
                report(path, _why(error))
            except DataError as error:
                report(path, str(error))
            else:
                if not earlier.has(charge):
                    yield charge
    except OSError as error:
        report(os.path.join(folder, folder_of(month)), _why(error))


def _parse(path: str) -> dict[str, Any]:
    """Read one file; O_NONBLOCK, since somebody's pipe among the records would hold us up for good."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        there = os.fstat(descriptor)
        if not stat.S_ISREG(there.st_mode):
            raise DataError("not a file")
        if there.st_size > _LARGEST_FILE:
            raise DataError("too large for a record")
        data = os.read(descriptor, there.st_size)  # a buffer that is larger costs more than the reading
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

    def has(self, charge: Charge) -> bool:
        """Tell whether a stop was met before, and from now on know it."""
        if not charge.digest:
            return False
        if charge.digest in self._here or charge.digest in self._before or self._is_older(charge):
            return True
        self._here.add(charge.digest)
        return False

    def end_month(self, month: Month) -> None:
        """Go on to the month after this one."""
        if self._all is not None:
            self._all |= self._before
        self._months.append(month)
        self._before, self._here = self._here, set()

    def _is_older(self, charge: Charge) -> bool:
        """Tell whether a stop lies in a month before the one before."""
        if charge.is_clock_suspect:
            if self._all is None:
                self._all = set().union(*map(self._digests, self._months))
            return charge.digest in self._all
        if not charge.is_late:
            return False
        ended = (charge.local.year, charge.local.month)
        return any(
            os.path.exists(record_path(self._folder, month, charge.name))
            for month in self._months[:-1]
            if month >= ended
        )

    def _digests(self, month: Month) -> set[str]:
        try:
            names = map(os.path.basename, month_files(self._folder, *month))
            return {digest for name in names if (digest := digest_in(name))}
        except OSError:
            return set()
