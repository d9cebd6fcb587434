"""
Which record bills a charge: what statements, corrections and exports ask, so that none of them says something else.

Of records that report one charge one bills it (``billing_order``). What that makes a month's statement is ``report``'s.
"""

from __future__ import annotations

from shocpp.spool.accounting import record_reader
from shocpp.spool.accounting.billing_order import BillingOrder
from shocpp.spool.accounting.corrections import read_corrections
from shocpp.spool.accounting.settled import SettledMonths
from shocpp.spool.accounting.settled_charges import SettledCharges

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from shocpp.errors import Report
    from shocpp.ledger.charge import Charge, Month
    from shocpp.spool.accounting.accounting import Accounting


class BilledRecords:
    """
    Records, each of which says whether another one bills its charge.

    Made anew for each time that something is to be billed: it does not learn of months that are settled later.

    Args:
        accounting: Keeps records, settlements and corrections.
        settled: Its settled months, where somebody has them; they are looked for otherwise.

    Attributes:
        settled: What settled months bill.
        corrections: All corrections.
    """

    def __init__(self, accounting: Accounting, settled: SettledMonths | None = None) -> None:
        self._accounting = accounting
        months = settled or SettledMonths(accounting)
        self.settled = SettledCharges(months)
        self.corrections = read_corrections(accounting, record_reader.ignore)
        self._order = BillingOrder(self.settled if months.months else None, self.corrections)

    def read(
        self, report: Report, first: Month = record_reader.FIRST, last: Month = record_reader.LAST
    ) -> Iterator[Charge]:
        """
        Read the charges booked in some months, in order of month and name; each stop once.

        Args:
            report: Is told the path and what is wrong of everything that cannot be read or is no record.
            first: Year and month to begin with.
            last: Year and month to end with.

        Returns:
            The charges; ``repeats`` of one that bills nothing is the place of the record that bills it. Of a stop that
            a settled month bills it is the record with which it was settled.

        Raises:
            DataError: A settlement cannot be read: nobody knows then what was billed.
        """
        return record_reader.read(self._accounting, report, first, last, self._order)
