"""What is booked, as documents and lines for other programs: records that count, and what months were settled with."""

from __future__ import annotations

from shocpp.ledger import settlement_line
from shocpp.ledger.document import document
from shocpp.spool.accounting import record_reader
from shocpp.spool.accounting.corrections import read_corrections

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from shocpp.ledger.span import Span
    from shocpp.spool.accounting.accounting import Accounting
    from shocpp.spool.accounting.record_reader import Report


def records(accounting: Accounting, span: Span, report: Report) -> Iterator[dict[str, Any]]:
    """
    Give the records of a span as documents, in order of month.

    Args:
        accounting: Where they are booked.
        span: The days.
        report: Is told path and reason of what is no record.
    """
    corrections = read_corrections(accounting, record_reader.ignore)
    for charge in record_reader.read(accounting, report, *span.months):
        corrections.mark_if_repeated(charge)
        if span.has(charge):
            yield document(charge, corrections.of(charge.ref))


def settlements(accounting: Accounting, span: Span) -> Iterator[str]:
    """Give what the months of a span were settled with, a line each."""
    begin, end = span.months
    for month in accounting.settled_months():
        if begin <= month <= end:
            yield settlement_line.line(month, accounting.settlement(month).decode())
