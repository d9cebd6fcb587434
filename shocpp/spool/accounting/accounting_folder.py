"""
The accounting folder: ``YYYY/MM/unixtime-digest.json``, one file a charge, written once.

Knows where a record goes and that it goes there once; what it says is ``ledger.record``'s. Is what
``Accounting`` asks for.
"""

from __future__ import annotations

import os

from shocpp.errors import ShocppError
from shocpp.spool.accounting import months
from shocpp.spool.accounting.accounting import file_of
from shocpp.spool.accounting.batch import Batch
from shocpp.spool.accounting.earlier_stops import EarlierStops
from shocpp.spool.accounting.file_content import read_file
from shocpp.spool.files.new_file import write_new

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.ledger.charge import Month
    from shocpp.ledger.record import Record
    from shocpp.spool.accounting.accounting import Booked, Opened, Outcome, RecordFile, Starts


class AccountingFolder:
    """
    Keeps records and settlements below a folder.

    Args:
        folder: The folder.
        warn: Takes a sentence about what does not keep records from being booked.

    Attributes:
        where: The folder.
    """

    def __init__(self, folder: str, warn: Callable[[str], None] = lambda _: None) -> None:
        self.where = self._folder = folder
        self._earlier = EarlierStops(folder, warn)
        self._synced: set[str] = set()

    def book(self, record: Record) -> Booked:
        """
        Write a record, unless the same stop was booked before; durable when this returns.

        Returns:
            The file's path, and whether it is new.

        Raises:
            ShocppError: It cannot be written; nothing is booked then.
        """
        (outcome,) = self.book_all([file_of(record)])
        if isinstance(outcome, ShocppError):
            raise outcome
        return outcome

    def book_all(self, files: list[RecordFile]) -> list[Outcome]:
        """
        Book records as ``book`` does, together: they share the folder's lock and the sync of the month.

        Returns:
            For each, in order, the file's path and whether it is new, or why it is not booked.
        """
        return Batch(self._folder, self._earlier, self._synced, files).book()

    def months(self) -> list[Month]:
        """
        Give the years and months that have a folder, in order; none if the accounting folder is not there.

        Raises:
            NotPermittedError: It is not ours to read.
            OSError: A folder in it cannot be read.
        """
        return months.booked_months(self._folder)

    def names(self, month: Month) -> list[str]:
        """
        Give the names of one month's records, in order; none if the month is not there.

        Raises:
            OSError: The month cannot be read.
        """
        return months.month_names(self._folder, month)

    def path(self, month: Month, name: str) -> str:
        """Give the path of a record's file."""
        return months.record_path(self._folder, month, name)

    def has(self, month: Month, name: str) -> bool:
        """Tell whether there is a record of this name."""
        return os.path.exists(months.record_path(self._folder, month, name))

    def read(self, month: Month, name: str) -> bytes:
        """
        Read a record as it lies there.

        Raises:
            OSError: It cannot be read.
            DataError: It cannot be a record by its kind or size.
        """
        return read_file(f"{self._folder}/{months.folder_of(month)}/{name}")

    def add(self, month: Month, name: str, data: bytes) -> bool:
        """
        Write what is no stop under a new name; durable when this returns. False if there is such a name.

        Raises:
            ShocppError: It cannot be written; nothing is there then.
        """
        return write_new(months.record_path(self._folder, month, name), data)

    def settled_months(self) -> list[Month]:
        """Give the years and months that are settled, in order."""
        return [month for month in self.months() if os.path.lexists(self.path(month, months.SETTLEMENT))]

    def settlement(self, month: Month) -> bytes:
        """
        Read what a month was settled with.

        Raises:
            OSError: It cannot be read.
        """
        with open(self.path(month, months.SETTLEMENT), "rb") as file:
            return file.read()

    def settle(self, month: Month, data: bytes) -> bool:
        """Write what a month is settled with, as ``add`` writes a record."""
        return self.add(month, months.SETTLEMENT, data)

    def open_charges(self, starts: Starts) -> Opened:
        """Give the charges that are known to be open: a folder keeps none, they are below run/."""
        return dict(starts.known)

    def open_transactions(self) -> list[int]:
        """Give none: a folder keeps no open charges."""
        return []
