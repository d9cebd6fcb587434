"""
Work that has to wait for the disk in between, as a generator: it yields a record and wants what became of it.

Where a store keeps the charges that are open, it yields those that are known here, too, and wants those of the store.

Whoever runs the steps decides where the waiting is done: in place, as here, or elsewhere while others go on.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from typing import Any, TypeVar

    from shocpp.ledger.record import Record
    from shocpp.spool.accounting.accounting import Booked, Booking, Opened, Starts

    Result = TypeVar("Result")
    Step = Record | Starts
    Steps = Generator[Step, Any, Result]


def book_in_place(steps: Steps[Result], accounting: Booking) -> Result:
    """
    Take steps to their end; each record that they yield is booked at once, and waited for.

    Args:
        steps: What ``Accounting.book``, or ``open_charges``, returns or raises goes back to them.
        accounting: Books.

    Returns:
        What the steps end in.
    """
    try:
        step = next(steps)
        while True:
            try:
                outcome = _take(step, accounting)
            except Exception as error:
                step = steps.throw(error)
            else:
                step = steps.send(outcome)
    except StopIteration as end:
        result: Result = end.value
        return result


class LateBooking:
    """
    A ``Booking`` that is not opened, nor even imported, before something is asked of it.

    Args:
        open_accounting: Gives what keeps accounting.
    """

    def __init__(self, open_accounting: Callable[[], Booking]) -> None:
        self._open_accounting = open_accounting
        self._accounting: Booking | None = None

    def open(self) -> Booking:
        """
        Give what keeps accounting, the same one each time.

        Raises:
            UnavailableError: What is needed to reach it is not installed.
        """
        if self._accounting is None:
            self._accounting = self._open_accounting()
        return self._accounting

    def book(self, record: Record) -> Booked:
        """Do what ``Booking`` does."""
        return self.open().book(record)

    def open_charges(self, starts: Starts) -> Opened:
        """Do what ``Booking`` does."""
        return self.open().open_charges(starts)


def _take(step: Step, accounting: Booking) -> Booked | Opened:
    from shocpp.spool.accounting.accounting import Starts  # a connection without a charge has no need of it

    return accounting.open_charges(step) if isinstance(step, Starts) else accounting.book(step)
