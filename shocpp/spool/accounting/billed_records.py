"""
Which record bills a charge: what statements, corrections and exports ask, so that none of them says something else.

Of records that report one charge the first bills it, as they are read (``record_reader``); but the one with which a
month was settled goes before it, and a correction before both. What that makes a month's statement is ``report``'s.
"""

from __future__ import annotations

from shocpp.errors import DataError
from shocpp.ledger.charge import place
from shocpp.ledger.repeated import key_of
from shocpp.spool.accounting import record_reader
from shocpp.spool.accounting.corrections import read_corrections
from shocpp.spool.accounting.record_file import read_record
from shocpp.spool.accounting.settled import SettledMonths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from shocpp.ledger.charge import Charge
    from shocpp.ledger.repeated import BilledCharges
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
        self._first_settled = _FirstSettled(self.settled)
        self._known: set[Month] = set()  # months that were read
        self._caught_up: set[str] = set()  # places of records that were, alone

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
        for charge in self._read(report, first, last):
            if charge.repeats and charge.repeats < place(first, ""):
                self._catch_up(charge.repeats, first)
            self._mark(charge)
            self._known.add(charge.folder)
            yield charge

    def _read(self, report: Report, first: Month, last: Month) -> Iterator[Charge]:
        """Read charges with what they repeat among records."""
        settled = self.settled if self.settled.months else None
        return record_reader.read(self._accounting, report, first, last, settled)

    def _catch_up(self, ref: str, before: Month) -> None:
        """
        Look at the first record of a charge that others repeat, where it lies before the months that are read.

        If another one bills its charge now, all that was booked since has to be known: what a record repeats does not
        depend on the months that are read.
        """
        year, month, name = ref.split("/")
        folder = int(year), int(month)
        if folder in self._known or ref in self._caught_up:
            return
        self._caught_up.add(ref)
        try:
            earliest = read_record(self._accounting, folder, name)
        except (OSError, DataError):
            return  # whoever reads that month is told
        if self.settled.passes_over(earliest):
            return
        self._mark(earliest)
        if earliest.repeats:
            known = {*self._known}
            for charge in self._read(record_reader.ignore, folder, before):
                if charge.folder >= before:
                    break
                if charge.folder not in known and charge.ref not in self._caught_up:
                    self._mark(charge)
                    self._known.add(charge.folder)

    def _mark(self, charge: Charge) -> None:
        """Say in a charge which record bills it, from what it repeats among records."""
        if self.settled.months:
            folder = self.settled.folder(charge.folder)
            if folder is not None and charge.name not in folder.late:
                self._mark_as_settled(charge, folder.repeats[charge.name])
                return
            self._first_settled.mark_if_repeated(charge, charge.folder if folder is None else _EVER)
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


class _FirstSettled:
    """
    What settled months have billed, which goes before any other record of the same charge.

    What repeated such a record until then is held against what was billed once more: it may be another charge's.

    Args:
        settled: The settled months.
    """

    def __init__(self, settled: SettledMonths) -> None:
        self._settled = settled
        self._charges: dict[Month, BilledCharges] = {}
        self._moved: dict[str, Month] = {}  # where the charge was billed of what was taken for the first, by its place

    def mark_if_repeated(self, charge: Charge, after: Month) -> None:
        """Say in a charge which record bills it, if a settled month later than some month has; from now on know it."""
        key = key_of(charge)
        moved = self._moved.get(charge.repeats)
        if key is None or (charge.repeats and moved is None):
            return
        months = (month for month in self._settled.months if month > after)
        places = ((month, self._charges_in(month).first_of(key, charge)) for month in months)
        month, billed = next(((month, place) for month, place in places if place), (moved, ""))
        if month is None:
            return
        if not charge.repeats:
            self._moved[charge.ref] = month
        charge.repeats = billed
        self._charges_in(month).meet(key, charge)

    def _charges_in(self, month: Month) -> BilledCharges:
        """Give what a settled month bills, and what was met since of the same charges."""
        if month not in self._charges:
            self._charges[month] = self._settled.charges_in(month).continued()
        return self._charges[month]
