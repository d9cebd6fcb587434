"""
The log: one line per event, for people and for grep.

``logging`` would be the ordinary choice; it costs 7 ms of each connection's start and some 10 µs a
line, more than serving a frame does. What a line says is decided by whoever was given ``line`` or what ``about``
gives; when lines are written, by whoever owns the log: together, once the answers have left. What takes no lines, such
as a pipe that nobody reads, is never waited for: some are kept for later, the rest are counted.
"""

from __future__ import annotations

import os
import select
import time

from shocpp.texts import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

LEVELS = ("debug", "info", "warning", "error")
_MOST_KEPT = 1 << 18  # bytes that wait until they can be written


class Log:
    """
    Collects lines and writes them to a file descriptor, or to a file that logrotate may move.

    Args:
        path: The file to append to; empty for stderr, which also serves while the file cannot be opened.
        clock: Gives seconds since the epoch.
        least: The least of ``LEVELS`` that is written.
    """

    def __init__(self, path: str = "", clock: Callable[[], float] = time.time, least: str = "debug") -> None:
        self._unwanted = frozenset(level.upper() for level in LEVELS[: LEVELS.index(least)])
        self._path = path
        self._clock = clock
        self._lines: list[str] = []
        self._unwritten = bytearray()
        self._lost = 0  # lines, since there was no room for more
        self._descriptor = 2
        self._has_complained = False
        self._second = 0
        self._stamp = ""

    def __del__(self) -> None:
        if self._descriptor != 2:
            os.close(self._descriptor)

    @property
    def is_on_stderr(self) -> bool:
        """Tell whether lines go to where people at a terminal see them, and not to a file."""
        return not self._path

    def line(self, level: str, text: str) -> None:
        """Add a line, if its level is wanted; ``text`` is already clean."""
        self._add("", level, text)

    def about(self, identity: str) -> Callable[[str, str], None]:
        """Give what adds the lines about one charge point, which begin with its identity: level and clean text."""
        subject = f"{clean(identity, 80) or '-'} "
        return lambda level, text: self._add(subject, level, text)

    def flush(self) -> None:
        """Write what was collected, as far as that can be done at once. A log that cannot be written stops nothing."""
        self._collect()
        if not self._unwritten:
            return
        try:
            descriptor = self._open() if self._path else 2
            self._has_complained = False
        except OSError as error:
            descriptor = 2
            self._unwritten[:0] = self._complaint(error)
        try:
            self._write(descriptor)
        except OSError:
            pass  # a full disk, a reader that has gone: what is unwritten is tried again

    def _add(self, subject: str, level: str, text: str) -> None:
        if level in self._unwanted:
            return
        now = int(self._clock())
        if now != self._second:
            self._second = now
            self._stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
        self._lines.append(f"{self._stamp} {level} {subject}{text}\n")

    def _collect(self) -> None:
        """Take the lines to be written; those for which there is no room are lost, up to the line that counts them."""
        if self._lost and len(self._unwritten) <= _MOST_KEPT // 2:
            self._unwritten += f"{self._stamp} WARNING {self._lost} lines lost: the log took no more\n".encode()
            self._lost = 0
        # by number, since another thread may add a line at any time
        count = len(self._lines)
        for line in self._lines[:count]:
            if self._lost or len(self._unwritten) >= _MOST_KEPT:
                self._lost += 1
            else:
                self._unwritten += line.encode("utf-8", "backslashreplace")
        del self._lines[:count]

    def _write(self, descriptor: int) -> None:
        """Write while nothing is in the way, whole lines where they are not too long."""
        while self._unwritten and _is_ready(descriptor):
            end = self._unwritten.rfind(b"\n", 0, select.PIPE_BUF) + 1 or select.PIPE_BUF
            del self._unwritten[: os.write(descriptor, self._unwritten[:end])]

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


def _is_ready(descriptor: int) -> bool:
    """Tell whether ``PIPE_BUF`` bytes can be written at once; true, too, where writing fails at once."""
    waiting = select.poll()
    waiting.register(descriptor, select.POLLOUT)
    return bool(waiting.poll(0))
