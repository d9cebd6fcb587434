"""
Accounting read back: every charge once, in order of month and file name.

Knows where records lie, what else may lie there, and that merged folders hold some stops twice; what a record says is
``ledger.charge``'s. Streams: at no time more than one charge and what was met in two months are kept.
"""

from __future__ import annotations

from shocpp.errors import DataError
from shocpp.ledger.charge import digest_in
from shocpp.ledger.richer import rank
from shocpp.spool.accounting.earlier_records import EarlierRecords
from shocpp.spool.accounting.record_file import parse_record, read_record, why

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shocpp.ledger.charge import Charge
    from shocpp.ledger.richer import Rank
    from shocpp.spool.accounting.accounting import Accounting, Month

    Report = Callable[[str, str], None]

FIRST, LAST = (0, 1), (9999, 12)


def read(accounting: Accounting, report: Report, first: Month = FIRST, last: Month = LAST) -> Iterator[Charge]:
    """
    Read the charges booked in some months, in order of month and name; one that lies there twice counts once.

    Args:
        accounting: Keeps the records; a folder that is not there has none.
        report: Is told the path and what is wrong of everything that cannot be read or is no record.
        first: Year and month to begin with.
        last: Year and month to end with.

    Yields:
        The charges; what is only reported once more says so (``repeats``). Files without ``.json`` at their end and
        dot-files are passed over.
    """
    try:
        months = accounting.months()
    except OSError as error:
        report(accounting.where, why(error))
        return
    earlier = EarlierRecords(accounting, [month for month in months if month < first])
    for month in months:
        if first <= month <= last:
            for charge in _read_month(accounting, month, report):
                if not earlier.has(charge):
                    earlier.mark_if_repeated(charge)
                    yield charge
            earlier.end_month(month)


def ignore(path: str, why: str) -> None:
    """Say nothing of a file that is no record, as a ``Report``: the statement of its month names it."""


def _read_month(accounting: Accounting, month: Month, report: Report) -> Iterator[Charge]:
    try:
        names = accounting.names(month)
    except OSError as error:
        report(accounting.path(month, "").rstrip("/"), why(error))
        return
    poorer = _poorer(accounting, names, month)
    for name in names:
        if name not in poorer:
            try:
                charge = read_record(accounting, month, name)
            except (OSError, DataError) as error:
                report(accounting.path(month, name), why(error))
            else:
                yield charge


def _poorer(accounting: Accounting, names: list[str], month: Month) -> set[str]:
    """Give the names of records in a month of which there is a richer one beside them, under another name."""
    there: dict[str, list[str]] = {}
    for name in names:
        if digest := digest_in(name):
            there.setdefault(digest, []).append(name)
    poorer: set[str] = set()
    for same in there.values():
        if len(same) > 1:
            ranked = sorted((found, name) for name in same if (found := _rank(accounting, name, month)) is not None)
            poorer.update(name for _, name in ranked[1:])
    return poorer


def _rank(accounting: Accounting, name: str, month: Month) -> Rank | None:
    """Rank one of several records of a stop; None if it is none."""
    try:
        data = accounting.read(month, name)
        return rank(parse_record(data, month, name), data)
    except (OSError, DataError):
        return None
