"""What comes up again and again, in the log: a few lines a second and the rest as a number, or one line."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_MOST = 20  # lines a second


class FewLines:
    """
    A log that is spared under a flood.

    Args:
        say: Takes a level and a line for the log.
        what: What the lines are about, in the plural, for the line that counts the rest.
    """

    def __init__(self, say: Callable[[str, str], None], what: str) -> None:
        self._say = say
        self._what = what
        self._count = 0

    def line(self, level: str, text: str) -> None:
        """Log a line, or count it."""
        self._count += 1
        if self._count <= _MOST:
            self._say(level, text)

    def look(self) -> None:
        """Say how many were only counted; call this once a second."""
        if self._count > _MOST:
            self._say("WARNING", f"{self._count - _MOST} more {self._what}")
        self._count = 0


class Once:
    """
    A log in which the same is said once.

    Args:
        say: Takes a level and a line for the log.
    """

    def __init__(self, say: Callable[[str, str], None]) -> None:
        self._say = say
        self._said: set[str] = set()

    def line(self, level: str, text: str) -> None:
        """Log a line, unless it was before."""
        if text not in self._said:
            self._said.add(text)
            self._say(level, text)
