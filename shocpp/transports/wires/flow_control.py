"""
Whether a connection is read: each reason against it stands for itself, and without any it is.

What is not read stays with the system, which sooner or later lets the peer send no more.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

STALLED, BUSY, _TURN = 1, 2, 4  # the peer does not read; what came before is not done; it is the others' turn
_TURN_S = 0.1


class FlowControl:
    """
    One connection's.

    Args:
        later: Calls a function after some seconds.

    Attributes:
        transport: Where bytes come from; None before and after it is connected.
    """

    __slots__ = ("_against", "_later", "transport")

    def __init__(self, later: Callable[..., object]) -> None:
        self.transport: asyncio.ReadTransport | None = None
        self._later = later
        self._against = 0

    def stop(self, reason: int) -> None:
        """Read nothing more as long as there is this reason."""
        self._against |= reason
        if self.transport is not None:
            self.transport.pause_reading()

    def go_on(self, reason: int) -> None:
        """Read on if there is no other reason against it."""
        self._against &= ~reason
        if not self._against and self.transport is not None and not self.transport.is_closing():
            self.transport.resume_reading()

    def give_way(self, then: Callable[[], None]) -> None:
        """Have a moment pass in which others are read; then, once no other reason is left, do something and read on."""
        self.stop(_TURN)
        self._later(_TURN_S, self._take_turn, then)

    def _take_turn(self, then: Callable[[], None]) -> None:
        if self.transport is None or self.transport.is_closing():
            return
        if self._against != _TURN:
            self.give_way(then)
            return
        self._against = 0
        then()
        self.go_on(0)
