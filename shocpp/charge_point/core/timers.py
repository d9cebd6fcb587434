"""What is due when: named timers of one charge point. Knows no clock: the time is told."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Callback = Callable[[float], object]


class Timers:
    """A few timers, each with a name; setting one again moves it."""

    def __init__(self) -> None:
        self._timers: dict[str, tuple[float, Callback]] = {}

    def set(self, name: str, at_s: float, callback: Callback) -> None:
        """Do something at a time; ``callback`` is told the time for which it was set."""
        self._timers[name] = at_s, callback

    def cancel(self, name: str) -> None:
        """Forget a timer, if there is one of that name."""
        self._timers.pop(name, None)

    def cancel_all(self) -> None:
        """Forget every timer."""
        self._timers.clear()

    def __contains__(self, name: str) -> bool:
        return name in self._timers

    def due(self) -> float | None:
        """Give the time of the next one; None if there is none."""
        return min([at_s for at_s, _ in self._timers.values()]) if self._timers else None

    def take(self, now_s: float) -> tuple[float, Callback] | None:
        """Take out the earliest one that is due; None if none is."""
        earliest = None
        for name, (at_s, _) in self._timers.items():
            if at_s <= now_s and (earliest is None or at_s < earliest[0]):
                earliest = at_s, name
        return None if earliest is None else self._timers.pop(earliest[1])
