"""
Work that has to wait for the disk in between, as a generator: it yields a record and wants what became of it.

Whoever runs the steps decides where the waiting is done: in place, as here, or elsewhere while others go on.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import TypeVar

    from shocpp.ledger.record import Record
    from shocpp.spool.accounting import Accounting, Booked

    Result = TypeVar("Result")
    Steps = Generator[Record, Booked, Result]


def book_in_place(steps: Steps[Result], accounting: Accounting) -> Result:
    """
    Take steps to their end; each record that they yield is booked at once, and waited for.

    Args:
        steps: Each record that they yield is booked; what ``Accounting.book`` returns or raises goes back to them.
        accounting: Books.

    Returns:
        What the steps end in.
    """
    try:
        record = next(steps)
        while True:
            try:
                booked = accounting.book(record)
            except Exception as error:
                record = steps.throw(error)
            else:
                record = steps.send(booked)
    except StopIteration as end:
        result: Result = end.value
        return result
