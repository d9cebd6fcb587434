"""
Whether a stop was booked before: looked for in every month that the accounting folder has, by the names of its files.

Not only where it should be: clocks go back, and the charge point's and ours disagree about midnight.
"""

from __future__ import annotations

import os
import time

from shocpp.spool.accounting.months import folder_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.spool.accounting.accounting import RecordFile

_SETTLED_NS = 2_000_000_000


class EarlierStops:
    """
    Finds the file of a stop that is booked already.

    Args:
        folder: The accounting folder.
        warn: Takes a sentence about a folder that cannot be read; each is told of once.
    """

    def __init__(self, folder: str, warn: Callable[[str], None]) -> None:
        self._folder = folder
        self._warn = warn
        self._left_out: set[str] = set()
        self._months: list[str] = []
        self._changed_ns: dict[str, int] = {}  # when the folders changed that the months were found in

    def months(self) -> list[str]:
        """Give the folders of all months there are, the latest first; what cannot be read has none."""
        changed_ns = self._changed_ns
        if not changed_ns or any(_change_of(folder) != at_ns for folder, at_ns in changed_ns.items()):
            self._look()
        return self._months

    def _look(self) -> None:
        """
        Look for the months, and remember them until a folder changes: each booking asks for them.

        What changed just now is not remembered: the next change could have the same time.
        """
        changed_ns = {self._folder: _change_of(self._folder)}
        years = [f"{self._folder}/{year}" for year in reversed(self._names(self._folder, 4))]
        changed_ns.update({year: _change_of(year) for year in years})
        self._months = [f"{year}/{month}" for year in years for month in reversed(self._names(year, 2))]
        self._changed_ns = changed_ns if time.time_ns() - max(changed_ns.values()) > _SETTLED_NS else {}

    def find(self, file: RecordFile, own: str | None, months: list[str]) -> str | None:
        """
        Look for a stop in months; in its own one only under the name of older versions, since linking tells the rest.

        Args:
            file: What shall be booked.
            own: The folder of the month where it belongs; None where nothing can be linked, to look there as well.
            months: As ``months`` gave them; they hold as long as the folder's lock is held.

        Returns:
            The path of its file; None if it is new.
        """
        for month in months:
            for name in (file.name, file.legacy_name):
                is_there_by_link = month == own and name == file.name
                if name and not is_there_by_link and self._holds(month, name):
                    return f"{month}/{name}"
        return None

    def _names(self, folder: str, digits: int) -> list[str]:
        """Give the folders of years or months; none of what cannot be read."""
        try:
            return folder_names(folder, digits)
        except OSError as error:
            self._leave_out(folder, error)
            return []

    def _holds(self, folder: str, name: str) -> bool:
        """Tell whether a month has a record of this name; an empty file is none, and what cannot be read has none."""
        try:
            return os.stat(f"{folder}/{name}").st_size > 0
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            self._leave_out(folder, error)
            return False

    def _leave_out(self, folder: str, error: OSError) -> None:
        """Warn, once, of a folder that cannot be read: whoever put it there must not keep anybody from being billed."""
        if folder not in self._left_out:
            self._left_out.add(folder)
            self._warn(
                f"{folder} cannot be read ({error.strerror}): a stop that is booked there already would be booked again"
            )


def _change_of(folder: str) -> int:
    """Give when a folder changed, in nanoseconds since the epoch; 0 for one that is not to be had."""
    try:
        return os.stat(folder).st_mtime_ns
    except OSError:
        return 0
