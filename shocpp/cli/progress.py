"""Progress of long work: on a terminal only, so that cron mails and logs stay free of it."""

from __future__ import annotations

import sys
import time

_EVERY_S = 0.5


class Progress:
    """
    Counts aloud on stderr while something runs that may take a while.

    Args:
        what: What is counted: ``"records"``.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._count = 0
        self._is_shown = False
        self._due = time.monotonic() + _EVERY_S
        self._is_on = sys.stderr.isatty() and not sys.stdout.isatty()

    def step(self) -> None:
        """Count one more."""
        self._count += 1
        if self._is_on and not self._count & 63 and time.monotonic() >= self._due:
            self._due = time.monotonic() + _EVERY_S
            self._is_shown = True
            sys.stderr.write(f"\r{self._count} {self._what}")
            sys.stderr.flush()

    def end(self) -> None:
        """Clear away what was shown."""
        if self._is_shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
