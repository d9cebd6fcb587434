"""
The journal from a position on, and what comes meanwhile: each entry with the position that is reached with it.

Across midnight, and while days are gzipped or rewritten: positions count entries, which stay as many as they were. A
position says that all before it is done with, so that a day begins here only when the one before has ended, a minute
after midnight; who watches does not want to wait for that, and has ``journal_follower``.
"""

from __future__ import annotations

import os
import time
import zlib

from shocpp.spool.journal.journal_entry import LONGEST_LINE, read
from shocpp.spool.journal.journal_reader import day_files, first_unfinished_day, open_day

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from typing import BinaryIO

    from shocpp.errors import Report
    from shocpp.spool.journal.feed_position import Position
    from shocpp.spool.journal.journal_entry import JournalEntry


class FeedFollower:
    """
    Reads on from a position.

    Args:
        folder: The journal's folder; it may come later.
        position: The day, and how many of its entries are done with.
        report: Is told the path and what is wrong of files that cannot be read.
        clock: Gives seconds since the epoch.
    """

    def __init__(self, folder: str, position: Position, report: Report, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._day, self._done = position
        self._report = report
        self._clock = clock
        self._path = ""
        self._file: BinaryIO | None = None
        self._count = 0  # entries of the open file that were read

    def poll(self) -> Iterator[tuple[Position, JournalEntry]]:
        """Give what was written since the last time."""
        while self._file is not None or self._open():
            yield from self._rest()
            if self._is_replaced():
                self.close()
            elif not self._go_on():
                return

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
        self._file = None

    def _rest(self) -> Iterator[tuple[Position, JournalEntry]]:
        """Give the whole lines that are there; half a line waits until it is whole."""
        assert self._file is not None  # noqa: S101 - it is open
        try:
            while line := self._file.readline(LONGEST_LINE):
                if not line.endswith(b"\n") and len(line) < LONGEST_LINE:
                    self._file.seek(-len(line), os.SEEK_CUR)
                    return
                entry = read(line)
                if entry is not None:
                    self._count += 1
                    if self._count > self._done:
                        self._done = self._count
                        yield (self._day, self._done), entry
        except (OSError, EOFError, zlib.error) as error:
            self._report(self._path, f"cannot be read to its end: {error}")

    def _open(self) -> bool:
        """Open the first file of our day, or of the next one that there is; False without any."""
        return any(self._try(*each, count=0) for each in day_files(self._folder, self._day))

    def _go_on(self) -> bool:
        """Open the next file once nobody writes to ours any more; False while there is none."""
        files = day_files(self._folder, self._day)
        paths = [path for _, path in files]
        if self._path in paths:  # else it was gzipped, and that file has nothing more than ours
            files = files[paths.index(self._path) + 1 :]
        elif self._path:
            files = [each for each in files if each[0] > self._day]
        is_over = self._day < first_unfinished_day(self._clock())
        return any(self._try(*each, count=self._count) for each in files if is_over or each[0] == self._day)

    def _try(self, day: date, path: str, count: int) -> bool:
        """Open a file in the place of ours; False if it is gone: it is gzipped this very moment."""
        try:
            file = open_day(path)
        except FileNotFoundError:
            return False
        self.close()
        if day != self._day:
            self._day, self._done, count = day, 0, 0
        self._file, self._path, self._count = file, path, count
        return True

    def _is_replaced(self) -> bool:
        """Tell whether another file was put in the place of ours; of one that was moved away ours has all."""
        assert self._file is not None  # noqa: S101 - it is open
        try:
            return os.stat(self._path).st_ino != os.fstat(self._file.fileno()).st_ino
        except OSError:
            return False
