"""A file that people edit while we run: read anew when it has changed; while it is broken the last good one serves."""

from __future__ import annotations

import os

from shocpp.errors import ShocppError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from shocpp.errors import Report

    Done = Callable[[Any, BaseException | None], None]
    Elsewhere = Callable[[Callable[[], Any], Done], None]
    Stamp = tuple[int, ...]

_NEVER_READ: Stamp = (0,)  # no file's: the first look reads, whatever is there


class WatchedFile:
    """
    What stands in a file, as of its last good edit.

    Args:
        path: The file.
        read: Reads and checks it; what it gives has a length.
        empty: What is in force while there has been no good file.
        report: Is told of every change, with a level and in words, once.
        broken: What is in force while the file is broken, in words; ``{count}`` is the length of it.
        without: The same while there has been no good file.
        good: The same of a file that has become good; empty to say nothing.
        is_optional: As long as there never was a file, None is in force, and nothing is said of it.
        elsewhere: Calls a function where it keeps nobody waiting, later another one with its result or what it raised:
            an edit is read there, and what was in force before serves meanwhile. Without it all is read in place.
    """

    def __init__(
        self,
        path: str,
        read: Callable[[str], Any],
        empty: Any,
        report: Report,
        broken: str,
        without: str,
        good: str = "",
        is_optional: bool = False,
        elsewhere: Elsewhere | None = None,
    ) -> None:
        self._path = path
        self._read = read
        self._empty = empty
        self._report = report
        self._broken = broken
        self._without = without
        self._good = good
        self._elsewhere = elsewhere
        self._is_reading = False
        self._value: Any = None  # before the first reading
        self._stamp = None if is_optional else _NEVER_READ

    def current(self) -> Any:
        """Give what is in force now; costs a look at the file's time."""
        stamp = stamp_of(self._path)
        if stamp != self._stamp and not self._is_reading:
            self._stamp = stamp
            self._read_anew()
        return self._value

    def _read_anew(self) -> None:
        """Read the file: elsewhere, unless there is nothing that can serve meanwhile."""
        if self._elsewhere is not None and self._value is not None:
            self._is_reading = True
            self._elsewhere(lambda: self._read(self._path), self._take)
            return
        try:
            value = self._read(self._path)
        except ShocppError as error:
            self._take(None, error)
        else:
            self._take(value, None)

    def _take(self, value: Any, error: BaseException | None) -> None:
        """Put in force what was read; if it is broken what there was stays."""
        self._is_reading = False
        if error is not None:
            self._value = self._value or self._empty
            count = len(self._value)
            self._report(
                "WARNING", f"{error}{f'; {self._broken.format(count=count)}' if count else f': {self._without}'}"
            )
            return
        self._value = value
        if self._good:
            self._report("INFO", f"{self._path}: {self._good.format(count=len(self._value))}")


def stamp_of(path: str) -> Stamp | None:
    """Give what tells whether a file has changed: None where it is not there, empty where it cannot be looked at."""
    try:
        there = os.stat(path)
    except FileNotFoundError:
        return None
    except OSError:
        return ()
    return (there.st_mtime_ns, there.st_size, there.st_ino)
