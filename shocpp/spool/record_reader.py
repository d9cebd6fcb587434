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
from shocpp.spool.months import booked_months, folder_of, month_names
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
    inside = os.path.join(folder, folder_of(month))
    try:
        names = month_names(folder, month)
    except OSError as error:
        report(inside, why(error))
        return
    poorer = _poorer(inside, names, month)
    for name in names:
        if name not in poorer:
            path = f"{inside}/{name}"
            try:
                charge = read_record(path, month, name)
            except (OSError, DataError) as error:
                report(path, why(error))
            else:
                yield charge


def _poorer(inside: str, names: list[str], month: Month) -> set[str]:
    """Give the names of records in a folder of which there is a richer one beside them, under another name."""
    there: dict[str, list[str]] = {}
    for name in names:
        if digest := digest_in(name):
            there.setdefault(digest, []).append(name)
    poorer: set[str] = set()
    for same in there.values():
        if len(same) > 1:
            ranked = sorted((found, name) for name in same if (found := _rank(inside, name, month)) is not None)
            poorer.update(name for _, name in ranked[1:])
    return poorer


def _rank(inside: str, name: str, month: Month) -> Rank | None:
    """Rank one of several records of a stop; None if it is none."""
    try:
        data = read_file(f"{inside}/{name}")
        return rank(parse_record(data, month, name), data)
    except (OSError, DataError):
        return None
