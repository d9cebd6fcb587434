"""
The accounting folder: ``YYYY/MM/unixtime-digest.json``, one file a charge, written once.

Knows where a record goes and that it goes there once; what it says is ``ledger.record``'s. Is what
``Accounting`` asks for.
"""

from __future__ import annotations

import os

from shocpp.errors import ShocppError, WriteError
from shocpp.spool.accounting import months
from shocpp.spool.accounting.accounting import file_of
from shocpp.spool.accounting.accounting_lock import one_at_a_time
from shocpp.spool.accounting.earlier_stops import EarlierStops
from shocpp.spool.accounting.record_file import read_file
from shocpp.spool.files import durable
from shocpp.spool.files.new_file import NewFile, made, write_new

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.ledger.record import Record
    from shocpp.spool.accounting.accounting import Booked, Month, Opened, Outcome, RecordFile, Starts
    from shocpp.spool.files.new_file import OpenFolder

    # by the path of a month: those that are written to, and what became of their syncs
    Folders = dict[str, OpenFolder]
    Synced = dict[str, ShocppError | None]

_SETTLED = ".settled.json"


class _Booking:
    """
    A file on its way into the folder.

    Attributes:
        file: What shall be booked.
        written: The same on the disk, without a name as yet; None before that.
        outcome: What became of it; None until that is known.
    """

    __slots__ = ("file", "outcome", "written")

    def __init__(self, file: RecordFile) -> None:
        self.file = file
        self.written: NewFile | None = None
        self.outcome: Outcome | None = None


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
        bookings = [_Booking(file) for file in files]
        folders: Folders = {}
        try:
            _perform(lambda booking: self._write(booking, folders), bookings)
            if any(booking.written for booking in bookings):
                self._link_all(bookings)
            synced: Synced = {}
            for booking in bookings:
                if isinstance(booking.outcome, tuple):
                    _attempt(lambda each: self._sync(each, folders, synced), booking)
        finally:
            for written in filter(None, (booking.written for booking in bookings)):
                written.close()
            for folder in folders.values():
                folder.close()
        return [booking.outcome for booking in bookings if booking.outcome]

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
        return [month for month in self.months() if os.path.lexists(self.path(month, _SETTLED))]

    def settlement(self, month: Month) -> bytes:
        """
        Read what a month was settled with.

        Raises:
            OSError: It cannot be read.
        """
        with open(self.path(month, _SETTLED), "rb") as file:
            return file.read()

    def settle(self, month: Month, data: bytes) -> bool:
        """Write what a month is settled with, as ``add`` writes a record."""
        return self.add(month, _SETTLED, data)

    def open_charges(self, starts: Starts) -> Opened:
        """Give the charges that are known to be open: a folder keeps none, they are below run/."""
        return dict(starts.known)

    def open_transactions(self) -> list[int]:
        """Give none: a folder keeps no open charges."""
        return []

    def _write(self, booking: _Booking, folders: Folders) -> None:
        """Put it on the disk, without a name as yet; where that is not possible it may have been booked before."""
        file = booking.file
        month = f"{self._folder}/{file.month}"
        try:
            folder = folders[month] = folders.get(month) or made(month)
            booking.written = NewFile(folder, file.name, file.data)
        except ShocppError:
            path = f"{month}/{file.name}"
            if not os.path.exists(path):
                raise
            booking.outcome = (path, False)

    def _link_all(self, bookings: list[_Booking]) -> None:
        """Give all that were written their names, under the folder's lock; without the lock none is booked."""
        try:
            with one_at_a_time(self._folder):
                all_months = self._earlier.months()
                _perform(lambda booking: self._link(booking, all_months), bookings)
        except Exception as error:
            for booking in bookings:
                booking.outcome = booking.outcome or _failure(error)

    def _link(self, booking: _Booking, all_months: list[str]) -> None:
        """Give a file its name, unless that is taken in any month."""
        assert booking.written is not None  # noqa: S101 - it is written
        file = booking.file
        month = f"{self._folder}/{file.month}"
        earlier = self._earlier.find(file, month, all_months)
        booking.outcome = (earlier, False) if earlier else (f"{month}/{file.name}", booking.written.link())

    def _sync(self, booking: _Booking, folders: dict[str, OpenFolder], synced: dict[str, ShocppError | None]) -> None:
        """Make a name survive a power cut; one that was there may have been linked this very moment."""
        assert isinstance(booking.outcome, tuple)  # noqa: S101 - it has a name
        month = os.path.dirname(booking.outcome[0])
        if month not in synced:
            try:
                if month in folders:
                    folders[month].sync()
                else:
                    durable.sync_folder(month)
                self._sync_above(month)
                synced[month] = None
            except ShocppError as error:
                synced[month] = error
        booking.outcome = synced[month] or booking.outcome

    def _sync_above(self, month: str) -> None:
        """Make a month's folder survive a power cut, once: who made it may have been killed before it did so."""
        if month not in self._synced:
            year = os.path.dirname(month)
            durable.sync_folder(year)
            durable.sync_folder(os.path.dirname(year))
            self._synced.add(month)


def _perform(step: Callable[[_Booking], None], bookings: list[_Booking]) -> None:
    """Take a step with each booking that has no outcome yet; one that fails has the error as its outcome."""
    for booking in bookings:
        if booking.outcome is None:
            _attempt(step, booking)


def _attempt(step: Callable[[_Booking], None], booking: _Booking) -> None:
    """Take a step with a booking; whatever fails becomes its outcome, and the others go on."""
    try:
        step(booking)
    except Exception as error:
        booking.outcome = _failure(error)


def _failure(error: Exception) -> ShocppError:
    """Give what fails by our own fault the form of any other failure, with the place where it happened."""
    if isinstance(error, ShocppError):
        return error
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f" in {place.tb_frame.f_code.co_name}, line {place.tb_lineno}" if place is not None else ""
    return WriteError(f"cannot book, by our own fault: {type(error).__name__}{where}: {error}")
