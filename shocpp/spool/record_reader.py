"""
The accounting folder read back: every charge once, in order of month and file name.

Knows where records lie, what else may lie there, and that merged folders hold some stops twice; what a record says is
``ledger.charge``'s. Streams: at no time more than one charge and what was met in two months are kept.
"""

from __future__ import annotations

import os

from shocpp.errors import DataError
from shocpp.ledger.charge import digest_in
from shocpp.ledger.richer import rank
from shocpp.spool.earlier_records import EarlierRecords
from shocpp.spool.months import booked_months, folder_of, month_files
from shocpp.spool.record_file import parse_record, read_file, read_record, why

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shocpp.ledger.charge import Charge
    from shocpp.ledger.richer import Rank

    Month = tuple[int, int]
    Report = Callable[[str, str], None]

FIRST, LAST = (0, 1), (9999, 12)


def read(folder: str, report: Report, first: Month = FIRST, last: Month = LAST) -> Iterator[Charge]:
    """
    Read the charges booked in some months, in order of month and name; one that lies there twice counts once.

    Args:
        folder: The accounting folder; without one there are no records.
        report: Is told the path and what is wrong of everything that cannot be read or is no record.
        first: Year and month to begin with.
        last: Year and month to end with.

    Yields:
        The charges; what is only reported once more says so (``repeats``). Files without ``.json`` at their end and
        dot-files are passed over.
    """
    try:
        months = booked_months(folder)
    except OSError as error:
        report(folder, why(error))
        return
    earlier = EarlierRecords(folder, [month for month in months if month < first])
    for month in months:
        if first <= month <= last:
            for charge in _read_month(folder, month, report):
                if not earlier.has(charge):
                    earlier.mark_if_repeated(charge)
                    yield charge
            earlier.end_month(month)


def _read_month(folder: str, month: Month, report: Report) -> Iterator[Charge]:
    try:
        paths = list(month_files(folder, *month))
    except OSError as error:
        report(os.path.join(folder, folder_of(month)), why(error))
        return
    poorer = _poorer(paths, month)
    for path in paths:
        if path not in poorer:
            try:
                charge = read_record(path, month, os.path.basename(path))
            except (OSError, DataError) as error:
                report(path, why(error))
            else:
                yield charge


def _poorer(paths: list[str], month: Month) -> set[str]:
    """Give the paths of records of which there is a richer one in the same month, under another name."""
    there: dict[str, list[str]] = {}
    for path in paths:
        if digest := digest_in(os.path.basename(path)):
            there.setdefault(digest, []).append(path)
    poorer: set[str] = set()
    for same in there.values():
        if len(same) > 1:
            ranked = sorted((found, path) for path in same if (found := _rank(path, month)) is not None)
            poorer.update(path for _, path in ranked[1:])
    return poorer


def _rank(path: str, month: Month) -> Rank | None:
    """Rank one of several records of a stop; None if it is none."""
    try:
        data = read_file(path)
        return rank(parse_record(data, month, os.path.basename(path)), data)
    except (OSError, DataError):
        return None
