"""
Records that are booked together: written, synced, looked for and named, step by step for all of them.

They share the folder's lock and the sync of each month. What fails for one is its outcome, and keeps no other one from
being booked.
"""

from __future__ import annotations

import os

from shocpp.errors import ShocppError, WriteError, source_line_of
from shocpp.spool.accounting.accounting_lock import OneAtATime
from shocpp.spool.files import durable
from shocpp.spool.files.new_file import NewFile, made

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shocpp.spool.accounting.accounting import Outcome, RecordFile
    from shocpp.spool.accounting.earlier_stops import EarlierStops
    from shocpp.spool.files.new_file import OpenFolder


class _Booking:
    """
    A file on its way into the folder.

    Attributes:
        file: What shall be booked.
        month: The folder of its month.
        path: Where it is booked, in its month, or where it lies already.
        written: The same on the disk, without a name as yet; None before that.
        outcome: What became of it; None until that is known.
    """

    __slots__ = ("file", "month", "outcome", "path", "written")

    def __init__(self, folder: str, file: RecordFile) -> None:
        self.file = file
        self.month = f"{folder}/{file.month}"
        self.path = f"{self.month}/{file.name}"
        self.written: NewFile | None = None
        self.outcome: Outcome | None = None


class Batch:
    """
    Books records into an accounting folder, once.

    Args:
        folder: The folder.
        earlier: Finds what is booked already.
        synced: The months whose folders survive a power cut; more are added.
        files: What shall be booked.
    """

    def __init__(self, folder: str, earlier: EarlierStops, synced: set[str], files: Sequence[RecordFile]) -> None:
        self._folder = folder
        self._earlier = earlier
        self._synced = synced
        self._bookings = [_Booking(folder, file) for file in files]
        self._months: dict[str, OpenFolder] = {}  # that are written to, by their paths
        self._all_months: list[str] = []  # in which a stop may be booked already

    def book(self) -> list[Outcome]:
        """Book them; give for each, in order, the file's path and whether it is new, or why it is not booked."""
        try:
            self._for_each(self._write)
            self._save_all()
            self._link_all()
            self._sync_all()
        finally:
            for booking in self._bookings:
                if booking.written is not None:
                    booking.written.close()
            for folder in self._months.values():
                folder.close()
        return [booking.outcome for booking in self._bookings if booking.outcome]

    def _for_each(self, step: Callable[[_Booking], None]) -> None:
        """Take a step with each booking that has no outcome yet; one that fails has the error as its outcome."""
        for booking in self._bookings:
            if booking.outcome is None:
                try:
                    step(booking)
                except Exception as error:
                    booking.outcome = _failure(error)

    def _write(self, booking: _Booking) -> None:
        """Write it, without a name as yet."""
        month = booking.month
        folder = self._months[month] = self._months.get(month) or made(month)
        booking.written = NewFile(folder, booking.file.name, booking.file.data)

    def _save_all(self) -> None:
        """Have all on the disk before they have names; what cannot be written may have been booked before."""
        if len(self._bookings) > 1:
            self._for_each(lambda booking: _written(booking).begin_sync())
        self._for_each(lambda booking: _written(booking).sync())
        for booking in self._bookings:
            if booking.outcome is not None:
                earlier = self._earlier.find(booking.file, None, self._earlier.months())
                if earlier:
                    booking.path, booking.outcome = earlier, (earlier, False)

    def _link_all(self) -> None:
        """Give all that were written their names, under the folder's lock; without the lock none is booked."""
        if all(booking.outcome for booking in self._bookings):
            return
        try:
            with OneAtATime(self._folder):
                self._all_months = self._earlier.months()
                self._for_each(self._link)
        except Exception as error:
            for booking in self._bookings:
                booking.outcome = booking.outcome or _failure(error)

    def _link(self, booking: _Booking) -> None:
        """Give a file its name, unless that is taken in any month."""
        earlier = self._earlier.find(booking.file, booking.month, self._all_months)
        if earlier:
            booking.path = earlier
        booking.outcome = (booking.path, not earlier and _written(booking).link())

    def _sync_all(self) -> None:
        """Make the names survive a power cut; one that was there may have been linked this very moment."""
        failed: dict[str, ShocppError | None] = {}
        for booking in self._bookings:
            if isinstance(booking.outcome, tuple):
                month = os.path.dirname(booking.path)
                if month not in failed:
                    failed[month] = self._sync(month)
                booking.outcome = failed[month] or booking.outcome

    def _sync(self, month: str) -> ShocppError | None:
        """Sync the folder of a month; give why it cannot be."""
        try:
            if month in self._months:
                self._months[month].sync()
            else:
                durable.sync_folder(month)
            self._sync_above(month)
        except Exception as error:
            return _failure(error)
        return None

    def _sync_above(self, month: str) -> None:
        """Make a month's folder survive a power cut, once: who made it may have been killed before it did so."""
        if month not in self._synced:
            year = os.path.dirname(month)
            durable.sync_folder(year)
            durable.sync_folder(os.path.dirname(year))
            self._synced.add(month)


def _written(booking: _Booking) -> NewFile:
    """Give what was written of a booking that has no outcome yet."""
    assert booking.written is not None  # noqa: S101 - else it had failed
    return booking.written


def _failure(error: Exception) -> ShocppError:
    """Give what fails by our own fault the form of any other failure, with the line of source where it happened."""
    if isinstance(error, ShocppError):
        return error
    return WriteError(f"cannot book, by our own fault: {type(error).__name__} at {source_line_of(error)}: {error}")
