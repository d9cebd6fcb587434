"""
What months bill: settled ones what they were settled with, the others what was booked, came late, and was corrected.

Brings records, settlements and corrections together; which items a statement wants of them is ``gather``'s.
"""

from __future__ import annotations

from itertools import groupby

from shocpp.ledger.item import Item
from shocpp.spool.accounting import record_reader
from shocpp.spool.accounting.corrections import read_corrections
from shocpp.spool.accounting.settled import SettledMonths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from shocpp.ledger.charge import Charge
    from shocpp.ledger.correction import Corrections
    from shocpp.spool.accounting.accounting import Accounting, Month

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

    def __init__(
        self, accounting: Accounting, report: record_reader.Report, watch: Callable[[Charges], Charges]
    ) -> None:
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
        corrections = read_corrections(self._accounting, record_reader.ignore)
        for is_settled, group in groupby(self._months(first, last), self.settled.has):
            months = list(group)
            if is_settled:
                for month in months:
                    yield from self._settled(month)
            else:
                yield from self._booked(months, corrections)
                for month in months:
                    yield from self._late(month, corrections)
                    yield from self._withdrawn(month, corrections)

    def _months(self, first: Month, last: Month) -> list[Month]:
        """Give the months that may bill something: those with records, and the one in which late records are billed."""
        months = set(self._accounting.months())
        months.update(map(self.settled.open_after, self.settled.months[-1:]))
        return sorted(month for month in months if first <= month <= last)

    def _settled(self, month: Month) -> Iterator[Item]:
        settlement = self.settled.read(month)
        if settlement.currency:
            self.currencies.add(settlement.currency)
        for item in settlement.items:
            item.charge.drop_fields()
            yield item

    def _booked(self, months: list[Month], corrections: Corrections) -> Iterator[Item]:
        """Give what was booked in months that follow each other, but for what a later one was settled with."""
        for charge in self._watch(record_reader.read(self._accounting, self._report, months[0], months[-1])):
            charge.drop_fields()
            if not self.settled.bills(charge.digest, after=charge.month):
                charge.repeats = charge.repeats or self.settled.repeated_by(charge, after=charge.month)
                corrections.mark_if_repeated(charge)
                yield Item(charge, is_corrected=corrections.replace(charge))

    def _late(self, month: Month, corrections: Corrections) -> Iterator[Item]:
        """Give what came into settled months and is billed in this one."""
        for settled, names in self.settled.came_late(month).items():
            for charge in record_reader.read(self._accounting, self._report, settled, settled):
                is_late = charge.name in names
                if is_late:
                    charge.repeats = charge.repeats or self.settled.repeated_by(charge)
                if is_late or charge.repeats:  # what was settled bills itself
                    corrections.mark_if_repeated(charge)
                if is_late:
                    yield Item(charge.moved(month), is_corrected=corrections.replace(charge))

    def _withdrawn(self, month: Month, corrections: Corrections) -> Iterator[Item]:
        """Give items that take back those of settled months which corrections that are billed in this month replace."""
        replaced = {
            stop: correction
            for correction in corrections
            if self._bills_in(correction.folder) == month
            for stop in corrections.before(correction)
        }
        for stop, item in self.settled.standing(set(replaced)).items():
            yield item.withdrawal(replaced[stop], month)

    def _bills_in(self, month: Month) -> Month:
        """Give the month that bills what lies in a month's folder now."""
        return self.settled.open_after(month) if self.settled.has(month) else month
