"""
What months bill: settled ones what they were settled with, the others what was booked, came late, and was corrected.

Brings records, settlements and corrections together; which items a statement wants of them is ``gather``'s.
"""

from __future__ import annotations

from itertools import groupby

from shocpp.ledger.item import Item
from shocpp.spool.accounting.billed_records import BilledRecords
from shocpp.spool.accounting.settled import SettledMonths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from shocpp.errors import Report
    from shocpp.ledger.charge import Charge, Month
    from shocpp.spool.accounting.accounting import Accounting

    Charges = Iterable[Charge]


class Billing:
    """
    What is billed when.

    Args:
        accounting: Keeps records and settlements.
        report: Is told of every file that is no record, with its path and what is wrong.
        watch: Sees every charge pass, to show how far it is.

    Attributes:
        settled: The settled months.
        currencies: Those of settled months whose items were given.
    """

    def __init__(self, accounting: Accounting, report: Report, watch: Callable[[Charges], Charges]) -> None:
        self._accounting = accounting
        self._report = report
        self._watch = watch
        self.settled = SettledMonths(accounting)
        self.currencies: set[str] = set()

    def items(self, first: Month, last: Month) -> Iterator[Item]:
        """
        Give the items that months bill, month by month; their charges have let go of their records.

        Raises:
            DataError: A settlement cannot be read: nobody knows then what was billed.
        """
        records = BilledRecords(self._accounting, self.settled)
        for is_settled, group in groupby(self._months(first, last), self.settled.has):
            months = list(group)
            if is_settled:
                for month in months:
                    yield from self._settled(month)
            else:
                late = {month: list(self._late(month, records)) for month in months}  # it lies in earlier folders
                yield from self._booked(months, records)
                for month in months:
                    yield from late[month]
                    yield from self._withdrawn(month, records)

    def _months(self, first: Month, last: Month) -> list[Month]:
        """Give the months that may bill something: those with records, and the one in which late records are billed."""
        months = set(self._accounting.months())
        months.update(map(self.settled.open_after, self.settled.months[-1:]))
        return sorted(month for month in months if first <= month <= last)

    def _settled(self, month: Month) -> Iterator[Item]:
        """Give the items that a month was settled with."""
        settlement = self.settled.read(month)
        if settlement.currency:
            self.currencies.add(settlement.currency)
        for item in settlement.items:
            item.charge.drop_fields()
            yield item

    def _booked(self, months: list[Month], records: BilledRecords) -> Iterator[Item]:
        """Give what was booked in months that follow each other, but for what a later one was settled with."""
        for charge in self._watch(records.read(self._report, months[0], months[-1])):
            charge.drop_fields()
            yield Item(charge, is_corrected=records.corrections.replace(charge))

    def _late(self, month: Month, records: BilledRecords) -> Iterator[Item]:
        """Give what came into settled months and is billed in this one."""
        for settled, names in records.settled.came_late(month):
            for charge in records.read(self._report, settled, settled):
                if charge.name in names:
                    yield Item(charge.moved(month), is_corrected=records.corrections.replace(charge))

    def _withdrawn(self, month: Month, records: BilledRecords) -> Iterator[Item]:
        """Give items that take back those of settled months which corrections that are billed in this month replace."""
        replaced = {
            stop: correction
            for correction in records.corrections
            if self._bills_in(correction.folder) == month
            for stop in records.corrections.before(correction)
        }
        for stop, item in records.settled.standing(set(replaced)).items():
            yield item.withdrawal(replaced[stop], month)

    def _bills_in(self, month: Month) -> Month:
        """Give the month that bills what lies in a month's folder now."""
        return self.settled.open_after(month) if self.settled.has(month) else month
