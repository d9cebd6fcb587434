"""
Settled months: each is written down once, and never changed.

Holds a settlement against the records of its month; what it says is ``ledger.settlement``'s.
"""

from __future__ import annotations

import json
import os
from hashlib import sha256

from shocpp.errors import CannotCreateError, DataError
from shocpp.ledger.charge import stop_at
from shocpp.ledger.item import WITHDRAWN
from shocpp.ledger.repeated import BilledCharges, key_of
from shocpp.ledger.settlement import Settlement
from shocpp.spool.accounting.months import folder_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from shocpp.ledger.charge import Charge
    from shocpp.ledger.item import Item
    from shocpp.spool.accounting.accounting import Accounting, Month


_MOST_FOLDERS = 4  # a month that is read, and those before it of which records are looked at


class Difference:
    """
    What does not agree any more between a settlement and the records.

    Attributes:
        changed, missing: Places of records that are not as they were settled, or not there.
        added: Places of records in the month's folder that came after it was settled.
    """

    __slots__ = ("added", "changed", "missing")

    def __init__(self, changed: list[str], missing: list[str], added: list[str]) -> None:
        self.changed = changed
        self.missing = missing
        self.added = added

    def __bool__(self) -> bool:
        return bool(self.changed or self.missing or self.added)


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


class SettledMonths:
    """
    All settled months; each is read once it is asked for.

    Args:
        accounting: Keeps records and settlements.

    Attributes:
        months: Years and months, in order. What lies in a month is told by its *place*, its path below the folder.
    """

    def __init__(self, accounting: Accounting) -> None:
        self._accounting = accounting
        self._billed: dict[Month, _Billed] = {}
        self._folders: dict[Month, SettledFolder | None] = {}
        self._look()

    def has(self, month: Month) -> bool:
        """Tell whether a month is settled."""
        return month in self.months

    def read(self, month: Month) -> Settlement:
        """
        Read a month's settlement.

        Raises:
            DataError: It cannot be read, or makes no sense.
        """
        path = self._path(month)
        try:
            return Settlement(month, json.loads(self._accounting.settlement(month)))
        except OSError as error:
            raise DataError(f"{path}: cannot be read: {error.strerror}") from None
        except (ValueError, RecursionError):
            raise DataError(f"{path}: not JSON") from None
        except DataError as error:
            raise DataError(f"{path}: {error}") from None

    def settle(self, month: Month, text: str) -> None:
        """
        Write a month's settlement; durable when this returns.

        Raises:
            ShocppError: It cannot be written, or the month is settled; nothing is written then.
        """
        if not self._accounting.settle(month, text.encode()):
            raise CannotCreateError(f"{self._path(month)} is there already; a month is settled once")
        self._look()

    def open_after(self, month: Month) -> Month:
        """Give the month that bills what comes into a settled one: the next that has records and is not settled."""
        later = (each for each in self._booked if each > month and each not in self.months)
        return next(later, None) or _following(max(self._booked, default=month))

    def came_late(self, month: Month) -> Iterator[tuple[Month, set[str]]]:
        """
        Find what came into settled months and is billed in one that is not.

        Args:
            month: The month that is not settled.

        Yields:
            Year and month of each folder in which there is something, and the names of the files.
        """
        for settled in self.months:
            if settled < month and self.open_after(settled) == month:
                folder = self.folder(settled)
                if folder is not None and folder.late:
                    yield settled, folder.late

    def folder(self, month: Month) -> SettledFolder | None:
        """
        Tell what lies in a month's folder, if it is settled; of those that were asked for the last few are kept.

        Raises:
            DataError: A settlement cannot be read, or makes no sense.
        """
        if month not in self._folders:
            found = self._read_folder(month) if self.has(month) else None
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
            return self.bills(charge.digest, after=charge.folder)
        return charge.name not in folder.repeats and charge.name not in folder.late

    def added(self, settlement: Settlement) -> list[str]:
        """Give the places of files in a settled month's folder that were not there when it was settled."""
        known = settlement.hashes.keys() | settlement.passed_over
        return [place for place in self.places(settlement.month) if place not in known]

    def bills(self, stop: str, after: Month = (0, 0)) -> bool:
        """Tell whether a settled month, later than some month, bills a stop (``stop_at``)."""
        return any(stop in self._billed_in(month).stops for month in self.months if month > after)

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
        after = (0, 0) if self.has(charge.folder) else charge.folder
        return (self._billed_in(month).charges for month in self.months if month > after)

    def standing(self, wanted: set[str]) -> dict[str, Item]:
        """
        Find what settled months bill of some records, and no later one has withdrawn.

        Args:
            wanted: The stops that they are of (``stop_at``).

        Returns:
            The items, by those stops.
        """
        found: dict[str, Item] = {}
        for month in self.months if wanted else ():
            for item in self.read(month).items:
                stop = stop_at(item.charge.ref)
                if stop in wanted and WITHDRAWN in item.flags:
                    found.pop(stop, None)
                elif stop in wanted and item.energy_wh:
                    found[stop] = item
        return found

    def difference(self, settlement: Settlement) -> Difference:
        """Hold a settlement against the records."""
        changed, missing = [], []
        for place, digest in settlement.hashes.items():
            try:
                if sha256(self.record(place)).hexdigest() != digest:
                    changed.append(place)
            except DataError:
                missing.append(place)
        return Difference(changed, missing, self.added(settlement))

    def record(self, place: str) -> bytes:
        """
        Read a record as it lies there.

        Raises:
            DataError: It cannot be read.
        """
        try:
            year, month, name = place.split("/", 2)
            return self._accounting.read((int(year), int(month)), name)
        except OSError as error:
            raise DataError(f"{place} cannot be read: {error.strerror}") from None
        except (ValueError, DataError) as error:
            raise DataError(f"{place} cannot be read: {error}") from None

    def places(self, month: Month) -> list[str]:
        """Give the places of all files in a month's folder that may be records."""
        return [f"{folder_of(month)}/{name}" for name in self._accounting.names(month)]

    def _look(self) -> None:
        """Find the months that have records, and those of them that are settled."""
        self._booked = self._accounting.months()
        self.months = self._accounting.settled_months()
        self._folders.clear()

    def _read_folder(self, month: Month) -> SettledFolder:
        """Hold a settlement against what lies in its month's folder."""
        settlement = self.read(month)
        repeats = {
            item.charge.name: item.charge.repeats
            for item in settlement.items
            if item.charge.folder == month and WITHDRAWN not in item.flags
        }
        late: set[str] = set()
        for place in self.added(settlement):
            name = os.path.basename(place)
            billed = (self._billed_in(each).late for each in self.months if each > month)
            found = next((places[place] for places in billed if place in places), None)
            if found is not None:
                repeats[name] = found
            elif not self.bills(stop_at(place)):
                late.add(name)
        return SettledFolder(repeats, late)

    def _path(self, month: Month) -> str:
        """Give how people know the file of a settlement."""
        return self._accounting.path(month, ".settled.json")

    def _billed_in(self, month: Month) -> _Billed:
        """Give what a settled month bills; it is read once."""
        if month not in self._billed:
            self._billed[month] = _Billed(self.read(month))
        return self._billed[month]


class _Billed:
    """What a settled month bills: the stops that its records are of, its charges, and what late records repeat."""

    __slots__ = ("charges", "late", "stops")

    def __init__(self, settlement: Settlement) -> None:
        self.stops = frozenset(map(stop_at, settlement.hashes))
        self.late = {
            item.charge.ref: item.charge.repeats
            for item in settlement.items
            if item.charge.folder != settlement.month and WITHDRAWN not in item.flags
        }
        self.charges = BilledCharges()
        here = {""}
        for charge in (item.charge for item in settlement.items):
            key = key_of(charge)
            if key is not None and charge.repeats in here:  # else another month bills it
                self.charges.meet(key, charge)
                here.add(charge.ref)


def _following(month: Month) -> Month:
    """Give the month after a month."""
    return (month[0], month[1] + 1) if month[1] < 12 else (month[0] + 1, 1)
