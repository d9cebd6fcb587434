"""
Accounting read back: every charge once, in order of month and file name.

Knows where records lie, what else may lie there, and that merged folders hold some stops twice; what a record says is
``ledger.charge``'s. Streams: at no time more than one charge and what was met in two months are kept.
"""

from __future__ import annotations

from shocpp.errors import DataError
from shocpp.ledger.charge import digest_in
from shocpp.ledger.richer import rank
from shocpp.spool.accounting.billing_order import BillingOrder
from shocpp.spool.accounting.earlier_records import EarlierRecords
from shocpp.spool.accounting.record_file import parse_record, read_record, why

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from shocpp.errors import Report
    from shocpp.ledger.charge import Charge, Month
    from shocpp.ledger.richer import Rank
    from shocpp.spool.accounting.accounting import Accounting


FIRST, LAST = (0, 1), (9999, 12)


def read(
    accounting: Accounting,
    report: Report,
    first: Month = FIRST,
    last: Month = LAST,
    order: BillingOrder | None = None,
) -> Iterator[Charge]:
    """
    Read the charges booked in some months, in order of month and name; one that lies there twice counts once.

    Args:
        accounting: Keeps the records; a folder that is not there has none.
        report: Is told the path and what is wrong of everything that cannot be read or is no record.
        first: Year and month to begin with.
        last: Year and month to end with.
        order: In which order records bill, for whoever asks what is billed: of a stop that a settled month bills the
            record counts with which it was settled, and what a month passed over then counts no more.

    Yields:
        The charges; what is only reported once more says so (``repeats``). Files without ``.json`` at their end and
        dot-files are passed over.
    """
    try:
        months = accounting.months()
    except OSError as error:
        report(accounting.where, why(error))
        return
    order = order or BillingOrder()
    earlier = EarlierRecords(accounting, [month for month in months if month < first], order)
    for month in months:
        if first <= month <= last:
            kept = order.kept(month)
            for charge in _read_month(accounting, month, report, kept):
                is_met = earlier.has(charge) or order.passes_over(charge)
                if charge.name in kept or not is_met:
                    earlier.mark(charge)
                    yield charge
            earlier.end_month(month)


def ignore(path: str, why: str) -> None:
    """Say nothing of a file that is no record, as a ``Report``: the statement of its month names it."""


def _read_month(accounting: Accounting, month: Month, report: Report, kept: Collection[str]) -> Iterator[Charge]:
    """Read the charges of a month, without those of which a record that is kept, or else a richer one, lies there."""
    try:
        names = accounting.names(month)
    except OSError as error:
        report(accounting.path(month, "").rstrip("/"), why(error))
        return
    poorer = _poorer(accounting, names, month, kept)
    for name in names:
        if name not in poorer:
            try:
                charge = read_record(accounting, month, name)
            except (OSError, DataError) as error:
                report(accounting.path(month, name), why(error))
            else:
                yield charge


def _poorer(accounting: Accounting, names: list[str], month: Month, kept: Collection[str]) -> set[str]:
    """Give the names of records in a month of which there is a richer one, or one that is kept, under another name."""
    there: dict[str, list[str]] = {}
    for name in names:
        if digest := digest_in(name):
            there.setdefault(digest, []).append(name)
    poorer: set[str] = set()
    for same in there.values():
        if len(same) > 1:
            ranked = sorted(
                (name not in kept, found, name)
                for name in same
                if (found := _rank(accounting, name, month)) is not None
            )
            poorer.update(name for *_, name in ranked[1:])
    return poorer


def _rank(accounting: Accounting, name: str, month: Month) -> Rank | None:
    """Rank one of several records of a stop; None if it is none."""
    try:
        data = accounting.read(month, name)
        return rank(parse_record(data, month, name), data)
    except (OSError, DataError):
        return None
