"""
What may be late: the log is written out, and backends do what need not be done before an answer leaves.

Knows when something is due, not what it is.
"""

from __future__ import annotations

from collections import deque

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from shocpp.log import Log

_TICK_S = 0.1
_DELAY_S = 1.0


class Housekeeping:
    """
    Calls functions a second after they were planned, and writes the log out ten times a second while any is planned.

    Args:
        loop: Tells the time.
        log: The log.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, log: Log) -> None:
        self._loop = loop
        self._log = log
        self._planned: deque[tuple[float, Callable[[], None]]] = deque()
        self._is_ticking = False

    def plan(self, do: Callable[[], None]) -> None:
        """Call ``do`` in a second."""
        self._planned.append((self._loop.time() + _DELAY_S, do))
        if not self._is_ticking:
            self._is_ticking = True
            self._loop.call_later(_TICK_S, self._tick)

    def _tick(self) -> None:
        self._log.flush()
        now = self._loop.time()
        while self._planned and self._planned[0][0] <= now:
            self._planned.popleft()[1]()
        self._is_ticking = bool(self._planned)
        if self._is_ticking:
            self._loop.call_later(_TICK_S, self._tick)
