"""
Which record bills a charge: what statements, corrections and exports ask, so that none of them says something else.

Of records that report one charge the first bills it, as they are read (``record_reader``); but the one with which a
month was settled goes before it, and a correction before both. What that makes a month's statement is ``report``'s.
"""

from __future__ import annotations

from shocpp.spool.accounting import record_reader
from shocpp.spool.accounting.corrections import read_corrections
from shocpp.spool.accounting.settled import SettledMonths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from shocpp.ledger.charge import Charge
    from shocpp.spool.accounting.accounting import Accounting, Month
    from shocpp.spool.accounting.record_reader import Report


_EVER = (0, 0)  # before all months


class BilledRecords:
    """
    Records, each of which says whether another one bills its charge.

    Made anew for each time that records are read: corrections know those that were read before.

    Args:
        accounting: Keeps records, settlements and corrections.
        settled: Its settled months, where somebody has them; they are read otherwise.

    Attributes:
        settled: The settled months.
        corrections: All corrections.
    """

    def __init__(self, accounting: Accounting, settled: SettledMonths | None = None) -> None:
        self._accounting = accounting
        self.settled = settled or SettledMonths(accounting)
        self.corrections = read_corrections(accounting, record_reader.ignore)

    def read(
        self, report: Report, first: Month = record_reader.FIRST, last: Month = record_reader.LAST
    ) -> Iterator[Charge]:
        """
        Read the charges booked in some months, in order of month and name; each stop once.

        Months are to be read in order, too, if this is called several times.

        Args:
            report: Is told the path and what is wrong of everything that cannot be read or is no record.
            first: Year and month to begin with.
            last: Year and month to end with.

        Yields:
            The charges; ``repeats`` of one that bills nothing is the place of the record that bills it. Of a stop that
            a settled month bills it is the record with which it was settled.

        Raises:
            DataError: A settlement cannot be read: nobody knows then what was billed.
        """
        settled = self.settled if self.settled.months else None
        for charge in record_reader.read(self._accounting, report, first, last, settled):
            if settled is None:
                self.corrections.mark_if_repeated(charge)
            else:
                self._mark(charge)
            yield charge

    def _mark(self, charge: Charge) -> None:
        """Say in a charge which record bills it, where there are settled months."""
        folder = self.settled.folder(charge.folder)
        if folder is not None and charge.name not in folder.late:
            self._mark_as_settled(charge, folder.repeats[charge.name])
            return
        after = charge.folder if folder is None else _EVER
        charge.repeats = charge.repeats or self.settled.repeated_by(charge, after)
        self.corrections.mark_if_repeated(charge)

    def _mark_as_settled(self, charge: Charge, repeats: str) -> None:
        """
        Say what the record was settled as: one that billed bills, one that repeated another never will.

        That other one may have been corrected since.
        """
        charge.repeats = repeats
        if repeats:
            self.corrections.mark_if_repeated(charge)
            charge.repeats = charge.repeats or repeats
