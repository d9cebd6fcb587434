"""
A span of days of which a statement is made: a month, a year, or any.

What is in it goes by the day on which a charge was *booked*. So each charge is in exactly one of two spans of which one
begins on the day after the other ends, and the twelve months add up to the year. Pure: what today is comes in.
"""

from __future__ import annotations

from datetime import date, timedelta

from shocpp.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from shocpp.ledger.charge import Charge, Month


class Span:
    """
    The days from the first to the last, both included.

    Attributes:
        months: The first and the last month that it touches.
    """

    __slots__ = ("first", "last", "months")

    def __init__(self, first: date, last: date) -> None:
        """
        Take two days.

        Raises:
            UsageError: The last lies before the first.
        """
        if last < first:
            raise UsageError(f"the last day, {last}, lies before the first, {first}")
        self.first = first
        self.last = last
        self.months: tuple[Month, Month] = ((first.year, first.month), (last.year, last.month))

    @classmethod
    def of_month(cls, year: int, month: int) -> Span:
        """
        Take a whole month.

        >>> Span.of_month(2028, 2).last.isoformat()
        '2028-02-29'
        """
        first = date(year, month, 1)
        return cls(first, _end_of_month(first))

    @classmethod
    def of_year(cls, year: int) -> Span:
        """Take a whole year."""
        return cls(date(year, 1, 1), date(year, 12, 31))

    @classmethod
    def of_month_before(cls, today: date) -> Span:
        """Take the month before the one of a day: what cron wants on the first."""
        before = today.replace(day=1) - timedelta(days=1)
        return cls.of_month(before.year, before.month)

    @property
    def is_month(self) -> bool:
        """Whether it is one whole month."""
        return self.first.day == 1 and self.last == _end_of_month(self.first)

    @property
    def is_year(self) -> bool:
        """Whether it is one whole year."""
        return (self.first, self.last) == (date(self.first.year, 1, 1), date(self.first.year, 12, 31))

    def has(self, charge: Charge) -> bool:
        """Tell whether a charge was booked in this span."""
        if self.months[0] < charge.month < self.months[1]:
            return True
        return self.first <= booked_on(charge) <= self.last


def booked_on(charge: Charge) -> date:
    """
    Give the day to which a charge is booked: its last one, or for a late charge the one on which we heard of it.

    A correction is booked to the day on which it was made. Days are local ones, by the offset that was in force when
    the charge ended, which alone its record tells. The day always lies in the month in which the charge is booked.
    """
    ended = charge.local.date()
    if (ended.year, ended.month) == charge.month and not charge.corrects:
        return ended
    heard_of = _local_day(charge.received, charge) if charge.received else ended
    first = date(*charge.month, 1)
    return min(max(heard_of, first), _end_of_month(first))


def _local_day(time: datetime, charge: Charge) -> date:
    """Give a time's day by the offset of a charge's end: what local time is ahead of UTC."""
    try:
        return (time + (charge.local - charge.ended.replace(tzinfo=None))).date()
    except OverflowError:  # its two times of the end are thousands of years apart: somebody has edited it
        return time.date()


def parse_day(text: str, is_last: bool = False) -> date:
    """
    Read a day, or a month as its first or last day.

    Raises:
        UsageError: It is neither.

    >>> parse_day("2026-09-03").isoformat(), parse_day("2026-09", is_last=True).isoformat()
    ('2026-09-03', '2026-09-30')
    """
    try:
        if len(text) == len("2026-09"):
            first = date.fromisoformat(f"{text}-01")
            return _end_of_month(first) if is_last else first
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text[:40]!r} is no day such as 2026-09-03 and no month such as 2026-09") from None


def _end_of_month(first: date) -> date:
    if first.month == 12:
        return date(first.year, 12, 31)
    return date(first.year, first.month + 1, 1) - timedelta(days=1)
