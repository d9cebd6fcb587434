"""
Who has not been heard for too long, out of the entries that go by.

Pure. Whoever was heard last stands at the end, so that a look at the front is enough, however many there are. Each
silence is told once; who speaks again may be silent again.
"""

from __future__ import annotations

from datetime import timedelta

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_MOST = 100_000  # charge points that are remembered; of more, those heard least lately are forgotten


class Silence:
    """
    Remembers when each charge point was heard.

    Args:
        after_s: Seconds after which one is silent; 0 for never.
    """

    def __init__(self, after_s: float) -> None:
        self._after = timedelta(seconds=after_s)
        self._heard: dict[str, datetime] = {}

    def hear(self, charge_point: str, at: datetime) -> None:
        """Note that a charge point was heard."""
        if not self._after:
            return
        self._heard.pop(charge_point, None)
        self._heard[charge_point] = at
        if len(self._heard) > _MOST:
            del self._heard[next(iter(self._heard))]

    def at(self, now: datetime) -> Iterator[tuple[str, datetime, datetime]]:
        """
        Tell who has become silent by a time.

        Args:
            now: The time, aware.

        Yields:
            The charge point, when it became silent, and when it was heard last.
        """
        while self._heard:
            charge_point, heard = next(iter(self._heard.items()))
            if now - heard < self._after:
                return
            del self._heard[charge_point]
            yield charge_point, heard + self._after, heard
