"""
What was booked before a record that is read: the same stop in another month, or the same charge reported once more.

Two machines that served the same charge point may both have booked a stop, and a charge point may send one with another
time. Streams: of the month at hand and the one before digests and readings are kept; in older ones, which only what
came late reaches, records are looked for by the time in their names.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from shocpp.errors import DataError
from shocpp.ledger.charge import digest_in, stamp_in
from shocpp.ledger.plausible_times import EARLIEST_S, END_S
from shocpp.ledger.repeated import WITHIN_S, BilledCharges, key_of
from shocpp.spool.accounting.record_file import read_record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.ledger.charge import Charge, Month
    from shocpp.spool.accounting.accounting import Accounting
    from shocpp.spool.accounting.billing_order import BillingOrder

_APART_S = 2 * 24 * 3600  # clocks and zones differ by less: what is further ahead was plausible on no machine
_REACH = timedelta(days=1, seconds=_APART_S)  # a repetition's first ended a day before at most


class EarlierRecords:
    """
    What was met before the record at hand.

    Args:
        accounting: Keeps the records.
        months: The months before the first one that is read.
        order: In which order records bill.
    """

    def __init__(self, accounting: Accounting, months: list[Month], order: BillingOrder) -> None:
        self._accounting = accounting
        self._order = order
        self._months = months
        self._here: set[str] = set()
        self._before = self._digests(months[-1]) if months else set()
        self._all: set[str] | None = None
        self._older = BilledCharges(order.counting)
        self._met = BilledCharges(order.counting, self._older)
        self._read: Month | None = None
        self._looked_at: set[tuple[Month, str]] = set()
        self._far: dict[tuple[Month, str], Charge] = {}  # read, since their names did not tell, and not met as yet

    def has(self, charge: Charge) -> bool:
        """Tell whether a stop was met before, and from now on know it."""
        if not charge.digest:
            return False
        if charge.digest in self._here or charge.digest in self._before or self._is_older(charge):
            return True
        self._here.add(charge.digest)
        return False

    def mark(self, charge: Charge) -> None:
        """Say in a charge which record bills it, if it repeats one; from now on know it."""
        if key_of(charge) is not None and (charge.local.day <= _REACH.days or charge.is_late):
            reach = charge.local - _REACH if charge.local.year > 1 else charge.local
            if (reach.year, reach.month) < charge.month:
                self._look_back(charge, (reach.year, reach.month))
        self._order.mark(charge, self._met)

    def end_month(self, month: Month) -> None:
        """Go on to the month after this one."""
        if self._all is not None:
            self._all |= self._before
        self._months.append(month)
        self._before, self._here = self._here, set()
        self._met.end_month()
        self._read = month

    def _look_back(self, charge: Charge, first: Month) -> None:
        """Meet what a charge might repeat in the months that are not kept."""
        for month in self._months:
            if first <= month and month != self._read:
                for name in self._names(month):
                    if (month, name) not in self._looked_at and _may_be_near(stamp_in(name), month, charge):
                        self._meet_older(month, name, charge)

    def _meet_older(self, month: Month, name: str, charge: Charge) -> None:
        """Know a record of a month that is not kept from now on; one that is far from a charge is only put aside."""
        older = self._far.pop((month, name), None) or self._read_older(month, name)
        if older is not None and not charge.is_clock_suspect and abs(older.unixtime - charge.unixtime) > WITHIN_S:
            self._far[month, name] = older
            return
        self._looked_at.add((month, name))
        if older is not None and not self._order.passes_over(older):
            self._order.mark(older, self._older)

    def _read_older(self, month: Month, name: str) -> Charge | None:
        """Read a record of a month that is not kept; None if it cannot be read: whoever reads that month is told."""
        try:
            older = read_record(self._accounting, month, name)
        except (OSError, DataError):
            return None
        older.drop_fields()
        return older

    def _is_older(self, charge: Charge) -> bool:
        """
        Tell whether a stop lies in a month before the one before.

        The two files have the same digest, and mostly the same name, since that is made of the stop's own time. Only
        where a clock was no good, and two names differ, must all digests be known.
        """
        if charge.is_clock_suspect:
            if self._all is None:
                self._all = set().union(*map(self._digests, self._months))
            return charge.digest in self._all
        if not charge.is_late:
            return False
        ended = (charge.local.year, charge.local.month)
        return any(self._accounting.has(month, charge.name) for month in self._months[:-1] if month >= ended)

    def _digests(self, month: Month) -> set[str]:
        """Give the digests in the names of a month's records."""
        return {digest for name in self._names(month) if (digest := digest_in(name))}

    def _names(self, month: Month) -> list[str]:
        """Give the names of a month's records; none if they cannot be read: whoever reads it is told."""
        try:
            return self._accounting.names(month)
        except OSError:
            return []


def _may_be_near(stamp: int | None, month: Month, charge: Charge) -> bool:
    """Tell whether a record in a month's folder with this time in its name may be of a stop that a charge repeats."""
    if stamp is None:
        return False
    is_far = charge.is_clock_suspect and stamp > charge.unixtime + _APART_S
    if stamp < EARLIEST_S or is_far or _is_ahead(stamp, month):
        return True
    return abs(stamp - charge.unixtime) <= WITHIN_S


def _is_ahead(stamp: int, month: Month) -> bool:
    """Tell whether a time is so far ahead of the month in which it was booked that it is by a clock that was wrong."""
    at = datetime.fromtimestamp(min(stamp, END_S) - _APART_S, UTC)  # a name may have twelve digits
    return (at.year, at.month) > month
