"""
The log: one line per event, for people and for grep.

``logging`` would be the ordinary choice; it costs 7 ms of each connection's start and some 10 µs a
line, more than serving a frame does. What a line says is decided by whoever was given ``line`` or what ``about``
gives; when lines are written, by whoever owns the log: together, once the answers have left.
"""

from __future__ import annotations

import os
import time

from shocpp.texts import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Log:
    """
    Collects lines and writes them to a file descriptor, or to a file that logrotate may move.

    Args:
        path: The file to append to; empty for stderr, which also serves while the file cannot be opened.
        clock: Gives seconds since the epoch.
    """

    def __init__(self, path: str = "", clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._lines: list[str] = []
        self._descriptor = 2
        self._has_complained = False
        self._second = 0
        self._stamp = ""

    def __del__(self) -> None:
        if self._descriptor != 2:
            os.close(self._descriptor)

    def line(self, level: str, text: str) -> None:
        """Add a line; ``text`` is already clean."""
        now = int(self._clock())
        if now != self._second:
            self._second = now
            self._stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
        self._lines.append(f"{self._stamp} {level} {text}\n")

    def about(self, identity: str) -> Callable[[str, str], None]:
        """Give what adds the lines about one charge point, which begin with its identity: level and clean text."""
        name = clean(identity, 80) or "-"

        def say(level: str, text: str) -> None:
            self.line(level, f"{name} {text}")

        return say

    def flush(self) -> None:
        """Write what was collected. A log that cannot be written never stops a charge."""
        count = len(self._lines)
        if not count:
            return
        # by number, since another thread may add a line at any time
        data = "".join(self._lines[:count]).encode("utf-8", "backslashreplace")
        del self._lines[:count]
        try:
            descriptor = self._open() if self._path else 2
            self._has_complained = False
        except OSError as error:
            descriptor, data = 2, self._complaint(error) + data
        try:
            while data:
                data = data[os.write(descriptor, data) :]
        except OSError:
            pass

    def _complaint(self, error: OSError) -> bytes:
        """Give the line that says why the log is on stderr and not in its file; the first time only."""
        if self._has_complained:
            return b""
        self._has_complained = True
        words = f"{self._stamp} WARNING log file {clean(self._path)}: {error.strerror}; logging to stderr\n"
        return words.encode("utf-8", "backslashreplace")

    def _open(self) -> int:
        """Give the descriptor of the log file, opened anew when it was moved away (logrotate)."""
        if self._descriptor != 2:
            try:
                there, ours = os.stat(self._path), os.fstat(self._descriptor)
                if (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino):
                    return self._descriptor
            except FileNotFoundError:
                pass
            os.close(self._descriptor)
            self._descriptor = 2
        self._descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
        return self._descriptor
