"""
How many cards that are not listed one charge point may show before they are no longer noted.

Who tries numbers, or a reader that reads nonsense, would fill log and status.json. Knows times alone.
"""

from __future__ import annotations

MOST, WITHIN_S = 20, 60.0


class UnlistedCards:
    """The last cards that were noted, as the times at which they were; at most ``MOST`` of them are kept."""

    __slots__ = ("_noted",)

    def __init__(self) -> None:
        self._noted: list[float] = []

    def take(self, now: float) -> bool:
        """
        Tell whether a card shall be noted: fewer than ``MOST`` were within the last ``WITHIN_S``.

        Args:
            now: Seconds by a clock that nobody sets.

        >>> cards = UnlistedCards()
        >>> [cards.take(float(second)) for second in range(20)].count(True), cards.take(59.9), cards.take(60.0)
        (20, False, True)
        """
        if len(self._noted) == MOST:
            if now - self._noted[0] < WITHIN_S:
                return False
            del self._noted[0]
        self._noted.append(now)
        return True
