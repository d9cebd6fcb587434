"""
What settled months bill: which records they were settled with, what came since, and what is passed over.

Which months are settled, and what was written down of them, is told by ``settled``.
"""

from __future__ import annotations

import os
from datetime import timedelta

from shocpp.ledger.charge import stop_at
from shocpp.ledger.item import WITHDRAWN
from shocpp.ledger.repeated import BilledCharges, key_of, key_of_readings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from shocpp.ledger.charge import Charge, Month
    from shocpp.ledger.correction import Corrections
    from shocpp.ledger.item import Item
    from shocpp.ledger.repeated import Key
    from shocpp.ledger.settlement import Settlement
    from shocpp.spool.accounting.settled import SettledMonths

_AHEAD = timedelta(days=3)  # nothing ends longer after it was booked, however clocks and zones differ
_MOST_FOLDERS = 4  # a month that is read, and those before it of which records are looked at


class SettledFolder:
    """
    What lies in the folder of a settled month.

    Attributes:
        repeats: What each record with which a month was settled, this or a later one, repeats, by its name; empty for
            one that bills.
        late: The names of those that the next month bills that is not settled. All others are of stops that a settled
            month bills from another record.
    """

    __slots__ = ("late", "repeats")

    def __init__(self, repeats: dict[str, str], late: set[str]) -> None:
        self.repeats = repeats
        self.late = late


class SettledCharges:
    """
    What settled months bill; of each what is needed is read once it is asked for.

    Args:
        settled: The settled months.
    """

    def __init__(self, settled: SettledMonths) -> None:
        self._settled = settled
        self._billed: dict[Month, _Billed] = {}
        self._folders: dict[Month, SettledFolder] = {}

    def came_late(self, month: Month) -> Iterator[tuple[Month, set[str]]]:
        """
        Find what came into settled months and is billed in one that is not.

        Args:
            month: The month that is not settled.

        Yields:
            Year and month of each folder in which there is something, and the names of the files.
        """
        for settled in self._settled.months:
            if settled < month and self._settled.open_after(settled) == month:
                folder = self.folder(settled)
                if folder is not None and folder.late:
                    yield settled, folder.late

    def folder(self, month: Month) -> SettledFolder | None:
        """
        Tell what lies in a month's folder, if it is settled; of those that were asked for the last few are kept.

        Raises:
            DataError: A settlement cannot be read, or makes no sense.
        """
        if not self._settled.has(month):
            return None
        if month not in self._folders:
            found = self._read_folder(month)
            while len(self._folders) >= _MOST_FOLDERS:
                del self._folders[next(iter(self._folders))]
            self._folders[month] = found
        return self._folders[month]

    def kept(self, month: Month) -> Collection[str]:
        """Give the names of the records in a month's folder with which a month was settled."""
        folder = self.folder(month)
        return folder.repeats.keys() if folder is not None else ()

    def passes_over(self, charge: Charge) -> bool:
        """Tell whether a charge's stop is one that a settled month bills from another record."""
        folder = self.folder(charge.folder)
        if folder is None:
            return self._bills(charge.digest, after=charge.folder)
        return charge.name not in folder.repeats and charge.name not in folder.late

    def repeats_of(self, charge: Charge) -> str | None:
        """Give what a record repeats as a month was settled with it, empty if it bills; None if none was."""
        folder = self.folder(charge.folder)
        return None if folder is None else folder.repeats.get(charge.name)

    def billed_before(self, charge: Charge) -> Iterator[BilledCharges]:
        """
        Give what settled months bill that goes before a record with which none was settled.

        Those before the month in whose folder it lies are left out, unless that is settled, too: their records are read
        before it.
        """
        after = (0, 0) if self._settled.has(charge.folder) else charge.folder
        return (self._billed_in(month).charges for month in self._settled.months if month > after)

    def billing(self, corrections: Corrections) -> Iterator[tuple[Charge, str]]:
        """
        Find charges of which a settled month bills another record than the one that was corrected.

        Args:
            corrections: The corrections.

        Yields:
            The correction that counts, and the place of the record that is billed.
        """
        for correction, key, months in self._mentioning(corrections):
            billed = [self._billed_in(month) for month in months]
            stops = corrections.stops(correction)
            own = [each.stops[stop] for each in billed for stop in stops if stop in each.stops]
            alike = (each.charges.billing(key, correction) for each in billed)
            place = own[0] if own else next(filter(None, alike), "")
            if place:
                yield correction, place

    def _mentioning(self, corrections: Corrections) -> list[tuple[Charge, Key, list[Month]]]:
        """Give corrections with the settled months that may bill their charges: no others need be parsed for them."""
        found: list[tuple[Charge, Key, list[Month]]] = [
            (each, key, []) for each in corrections if (key := key_of_readings(each)) is not None
        ]
        for month in self._settled.months:
            wanted = [each for each in found if month >= _earliest(each[0])]
            text = self._settled.text(month) if wanted else b""
            for _, (_, transaction_id, end_wh), months in wanted:
                if b"%d" % transaction_id in text and b"%d" % end_wh in text:
                    months.append(month)
        return found

    def standing(self, wanted: set[str]) -> dict[str, Item]:
        """
        Find what settled months bill of some records, and no later one has withdrawn.

        Args:
            wanted: The stops that they are of (``stop_at``).

        Returns:
            The items, by those stops.
        """
        found: dict[str, Item] = {}
        for month in self._settled.months if wanted else ():
            for item in self._settled.read(month).items:
                stop = stop_at(item.charge.ref)
                if stop in wanted and WITHDRAWN in item.flags:
                    found.pop(stop, None)
                elif stop in wanted and item.energy_wh:
                    found[stop] = item
        return found

    def _bills(self, stop: str, after: Month = (0, 0)) -> bool:
        """Tell whether a settled month, later than some month, bills a stop (``stop_at``)."""
        return any(stop in self._billed_in(month).stops for month in self._settled.months if month > after)

    def _read_folder(self, month: Month) -> SettledFolder:
        """Hold a settlement against what lies in its month's folder."""
        settlement = self._settled.read(month)
        repeats = {
            item.charge.name: item.charge.repeats
            for item in settlement.items
            if item.charge.folder == month and WITHDRAWN not in item.flags
        }
        late: set[str] = set()
        for place in self._settled.added(settlement):
            name = os.path.basename(place)
            billed = (self._billed_in(each).late for each in self._settled.months if each > month)
            found = next((places[place] for places in billed if place in places), None)
            if found is not None:
                repeats[name] = found
            elif not self._bills(stop_at(place)):
                late.add(name)
        return SettledFolder(repeats, late)

    def _billed_in(self, month: Month) -> _Billed:
        """Give what a settled month bills; it is read once."""
        if month not in self._billed:
            self._billed[month] = _Billed(self._settled.read(month))
        return self._billed[month]


class _Billed:
    """What a settled month bills: its charges, and what each stop repeats that its records are of, or is late in it."""

    __slots__ = ("charges", "late", "stops")

    def __init__(self, settlement: Settlement) -> None:
        settled = [item.charge for item in settlement.items if WITHDRAWN not in item.flags]
        self.stops = {stop_at(charge.ref): charge.repeats for charge in settled}
        self.late = {charge.ref: charge.repeats for charge in settled if charge.folder != settlement.month}
        self.charges = BilledCharges()
        here = {""}
        for charge in (item.charge for item in settlement.items):
            key = key_of(charge)
            if key is not None and charge.repeats in here:  # else another month bills it
                self.charges.meet(key, charge)
                here.add(charge.ref)


def _earliest(charge: Charge) -> Month:
    """Give the first month in which a charge may have been booked."""
    first = charge.local - _AHEAD if charge.local.year > 1 else charge.local
    return first.year, first.month
