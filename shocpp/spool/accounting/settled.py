"""
Settled months: each is written down once, and never changed.

Holds a settlement against the files of its records; what it says is ``ledger.settlement``'s, what that means for a
record ``settled_charges``'.
"""

from __future__ import annotations

import json
from hashlib import sha256

from shocpp.errors import CannotCreateError, DataError
from shocpp.ledger.settlement import Settlement
from shocpp.spool.accounting.months import SETTLEMENT, folder_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.ledger.charge import Month
    from shocpp.spool.accounting.accounting import Accounting


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


class SettledMonths:
    """
    All settled months.

    Args:
        accounting: Keeps records and settlements.

    Attributes:
        months: Years and months, in order. What lies in a month is told by its *place*, its path below the folder.
    """

    def __init__(self, accounting: Accounting) -> None:
        self._accounting = accounting
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
        path, text = self._path(month), self.text(month)
        try:
            return Settlement(month, json.loads(text))
        except (ValueError, RecursionError):
            raise DataError(f"{path}: not JSON") from None
        except DataError as error:
            raise DataError(f"{path}: {error}") from None

    def text(self, month: Month) -> bytes:
        """
        Give the text of a month's settlement.

        Raises:
            DataError: It cannot be read.
        """
        try:
            return self._accounting.settlement(month)
        except OSError as error:
            raise DataError(f"{self._path(month)}: cannot be read: {error.strerror}") from None

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

    def added(self, settlement: Settlement) -> list[str]:
        """Give the places of files in a settled month's folder that were not there when it was settled."""
        known = settlement.hashes.keys() | settlement.passed_over
        return [place for place in self.places(settlement.month) if place not in known]

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

    def _path(self, month: Month) -> str:
        """Give how people know the file of a settlement."""
        return self._accounting.path(month, SETTLEMENT)


def _following(month: Month) -> Month:
    """Give the month after a month."""
    return (month[0], month[1] + 1) if month[1] < 12 else (month[0] + 1, 1)
