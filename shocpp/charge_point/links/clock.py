"""The time of a simulation: ours, run faster or slower."""

from __future__ import annotations

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Clock:
    """
    Time that runs ``speed`` times as fast as ours; ``monotonic`` gives our seconds.

    >>> clock = Clock(60, 1000.0, lambda: 5.0)
    >>> clock.now_s(), clock.until(1120.0)
    (1000.0, 2.0)
    """

    def __init__(self, speed: float, began_s: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._speed = speed
        self._began_s = began_s
        self._monotonic = monotonic
        self._zero = monotonic()

    def now_s(self) -> float:
        """Give the charge point's time."""
        return self._began_s + (self._monotonic() - self._zero) * self._speed

    def until(self, at_s: float) -> float:
        """Give our seconds from now until a time of the charge point's."""
        return max(0.0, (at_s - self.now_s()) / self._speed)

    def real(self, seconds: float) -> float:
        """Give our seconds for a span of the charge point's."""
        return seconds / self._speed
