"""
What is booked, for other programs: records as documents, what accounts have drawn, and what months were settled with.
"""

from __future__ import annotations

from shocpp.ledger import settlement_line
from shocpp.ledger.document import document
from shocpp.spool.accounting.billed_records import BilledRecords

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from shocpp.errors import Report
    from shocpp.ledger.span import Span
    from shocpp.spool.accounting.accounting import Accounting


def records(accounting: Accounting, span: Span, report: Report) -> Iterator[dict[str, Any]]:
    """
    Give the records of a span as documents, in order of month; each bills what statements say that it bills.

    Args:
        accounting: Where they are booked.
        span: The days.
        report: Is told path and reason of what is no record.

    Raises:
        DataError: A settlement cannot be read: nobody knows then what was billed.
    """
    billed = BilledRecords(accounting)
    for charge in billed.read(report, *span.months):
        if span.has(charge):
            yield document(charge, billed.corrections.of(charge.ref))


def drawn_wh(accounting: Accounting, report: Report) -> dict[str, int]:
    """
    Sum up what each account has drawn, in Wh: all that statements bill, each charge once and as it was corrected.

    Args:
        accounting: Where it is booked.
        report: Is told path and reason of what is no record.

    Raises:
        DataError: A settlement cannot be read: nobody knows then what was billed.
    """
    drawn: dict[str, int] = {}
    billed = BilledRecords(accounting)
    for charge in billed.read(report):
        energy_wh = 0 if billed.corrections.of(charge.ref) else charge.energy_wh
        drawn[charge.account] = drawn.get(charge.account, 0) + energy_wh
    return drawn


def settlements(accounting: Accounting, span: Span) -> Iterator[str]:
    """Give what the months of a span were settled with, a line each."""
    begin, end = span.months
    for month in accounting.settled_months():
        if begin <= month <= end:
            yield settlement_line.line(month, accounting.settlement(month).decode())
