"""
The journal as it is written: entries as they come, across midnight.

For who watches: both days are read while both may be written to, so that nothing waits for midnight's minute to pass,
and a file in the place of ours is news from its begin. Where each entry counts once, and in order, it is followed by
``feed_follower``. Half a line waits until it is whole, or is forgotten if its writer takes it back.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime

from shocpp.spool.files.disk_faults import explained
from shocpp.spool.journal.journal_entry import LONGEST_LINE, JournalEntry, read
from shocpp.spool.journal.journal_reader import first_unfinished_day

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_CHUNK = 1 << 16


class Follower:
    """
    Gives entries as they are written, across midnight.

    Args:
        folder: The journal's folder; it may come later.
        clock: Gives seconds since the epoch.
        from_start: Also give what was there before, from ``begins`` on.

    Attributes:
        begins: The midnight from which the first file is that is followed: ``entries`` give what is earlier.
    """

    def __init__(self, folder: str, clock: Callable[[], float] = time.time, from_start: bool = False) -> None:
        self._folder = folder
        self._clock = clock
        days = self._days()
        self.begins = datetime.combine(days[0], datetime.min.time(), UTC)
        self._tails = {path: _Tail(path, from_start) for path in map(self._path, days)}

    def poll(self) -> Iterator[JournalEntry]:
        """Give what was written since the last time."""
        wanted = [self._path(day) for day in self._days()]
        for path in [path for path in self._tails if path not in wanted]:
            yield from self._tails[path].read()
            self._tails.pop(path).close()
        for path in wanted:
            if path not in self._tails:
                self._tails[path] = _Tail(path, from_start=True)
            yield from self._tails[path].read()

    def _days(self) -> list[date]:
        """Give the days whose files may be written to: today, and shortly after midnight yesterday before it."""
        now = self._clock()
        return list(dict.fromkeys((first_unfinished_day(now), datetime.fromtimestamp(now, UTC).date())))

    def _path(self, day: date) -> str:
        return os.path.join(self._folder, f"{day:%Y/%m/%d}.jsonl")


class _Tail:
    """The end of one file: whole lines as they come; half a line waits until it is whole, or taken back."""

    def __init__(self, path: str, from_start: bool) -> None:
        self._path = path
        self._file = -1
        self._at = 0
        if self._open() and not from_start:
            self._at = os.fstat(self._file).st_size

    def read(self) -> Iterator[JournalEntry]:
        """Give what is new; of a file that was put in the place of ours, all."""
        if self._file >= 0 or self._open():
            yield from self._rest()
            if self._is_replaced():
                self.close()

    def close(self) -> None:
        """Let go of the file."""
        if self._file >= 0:
            os.close(self._file)
        self._file, self._at = -1, 0

    def _rest(self) -> Iterator[JournalEntry]:
        size = _CHUNK
        while data := os.pread(self._file, size, self._at):
            end = data.rfind(b"\n") + 1
            if end == 0:
                if len(data) < size:
                    return
                size *= 2
                if size > LONGEST_LINE:  # no line of ours: pass over it
                    self._at, size = self._at + len(data), _CHUNK
                continue
            self._at += end
            for line in data[:end].split(b"\n"):
                entry = read(line)
                if entry is not None:
                    yield entry

    def _open(self) -> bool:
        try:
            self._file = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise explained(error, self._path, "read") from error
        return True

    def _is_replaced(self) -> bool:
        try:
            return os.stat(self._path).st_ino != os.fstat(self._file).st_ino
        except OSError:
            return False  # moved away: there may still be somebody who writes to it
