"""
What commands that read much share: one line on a terminal's stderr that says how far they are; none in cron.

No command itself. The line is gone when the work is done.
"""

from __future__ import annotations

import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TextIO, TypeVar

    Item = TypeVar("Item")

_SILENT_S = 1.0
_EVERY_S = 0.2


class Progress:
    """
    Counts what passes.

    Args:
        what: What is counted: ``shocpp-summary: {count} records read``.
        stream: The terminal.
        clock: Gives seconds.
    """

    def __init__(self, what: str, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._what = what
        self._stream = stream or sys.stderr
        self._clock = clock
        self._next = clock() + _SILENT_S
        self._count = 0
        self._is_shown = False

    def watch(self, items: Iterable[Item]) -> Iterable[Item]:
        """Let items pass and count them; where nobody watches, nothing is in between."""
        return self._counted(items) if self._stream.isatty() else items

    def clear(self) -> None:
        """Take the line away, so that something else may stand there."""
        if self._is_shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._is_shown = False

    def _counted(self, items: Iterable[Item]) -> Iterator[Item]:
        try:
            for item in items:
                self._count += 1
                if self._count % 64 == 0 and self._clock() >= self._next:
                    self._next = self._clock() + _EVERY_S
                    self._stream.write(f"\r{self._what.format(count=self._count)}\x1b[K")
                    self._stream.flush()
                    self._is_shown = True
                yield item
        finally:
            self.clear()
