"""
The calls for one charge point: one is outstanding, a few wait, and none of them for ever.

Source: OCPP-J 1.6 §4.1.1 (one CALL at a time)
"""

from __future__ import annotations

from collections import deque

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from shocpp.ocpp.frames import Call
    from shocpp.ocpp.rpc import Peer

LIMIT_S = 30.0  # for a call to wait, and then again for its answer
MOST_WAITING = 8


class CallQueue:
    """
    Sends calls one after another.

    Args:
        peer: Our end of the conversation with the charge point.
        now: Gives seconds that go on whatever is done to the clock.
        later: Calls a function after some seconds.
        send: Takes a line for the charge point.
        refuse: Is told of a call that gets no answer, and why.
    """

    def __init__(
        self,
        peer: Peer,
        now: Callable[[], float],
        later: Callable[[float, Callable[[], None]], asyncio.TimerHandle],
        send: Callable[[str], None],
        refuse: Callable[[Call, str], None],
    ) -> None:
        self._peer = peer
        self._now = now
        self._later = later
        self._send = send
        self._refuse = refuse
        self._waiting: deque[tuple[Call, float, float]] = deque()  # how long each may wait, and until when
        self._timer: asyncio.TimerHandle | None = None

    def add(self, call: Call, for_s: float = LIMIT_S) -> None:
        """
        Send a call, now or when those before it are answered; one that is there already is there once.

        Args:
            call: The call.
            for_s: How long it may wait at most, and then again for its answer, in seconds.
        """
        for_s = min(for_s, LIMIT_S)
        if self._peer.awaits(call.unique_id) or any(each.unique_id == call.unique_id for each, *_ in self._waiting):
            return  # the broker has delivered it again
        if len(self._waiting) >= MOST_WAITING:
            self._refuse(call, f"{MOST_WAITING} calls wait already")
            return
        self._waiting.append((call, for_s, self._now() + for_s))
        self.go_on()

    def go_on(self) -> None:
        """Send the next call, unless one is outstanding."""
        while self._waiting and self._peer.waiting_for is None:
            call, for_s, until = self._waiting.popleft()
            if self._now() > until:
                self._refuse(call, f"other calls took longer than {for_s:g} s")
                continue
            self.close()
            self._send(self._peer.call(call))
            self._timer = self._later(for_s, self._give_up)

    def close(self) -> None:
        """Wait no longer for the answer to the one before."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        call = self._peer.waiting_for
        self._peer.abandon()
        if call is not None:
            self._refuse(call, "the charge point has not answered in time")
        self.go_on()
