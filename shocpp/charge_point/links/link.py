"""
The link between a charge point and its central system, whatever carries it: time, script, and what is to be sent.

Knows no sockets and no pipes: whoever has those brings messages and takes messages away, drops the connection when
it is told to, and comes back when it is time.
"""

from __future__ import annotations

import json
import time

from shocpp.charge_point.core.outputs import HangUp, Return, Send
from shocpp.charge_point.core.timestamps import stamp
from shocpp.charge_point.script.parser import FOREVER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.charge_point.core.charge_point import SimulatedChargePoint
    from shocpp.charge_point.core.outputs import Output
    from shocpp.charge_point.links.clock import Clock
    from shocpp.charge_point.script.player import Player

ANSWER_S = 30.0  # real seconds after which an answer is not waited for any longer


class Link:
    """
    A charge point with its script and its clock.

    Args:
        charge_point: The charge point.
        player: What happens there; time passes through it.
        clock: Its time.
        report: Is given a JSON Line for every message; None for none.
        until_s: When it shall come to rest, in its time; None for never.

    Attributes:
        back_s: When it wants to be connected again, in its time; None while it wants to be connected.
        latencies_s: How long each answer took, in our seconds.
    """

    def __init__(
        self,
        charge_point: SimulatedChargePoint,
        player: Player,
        clock: Clock,
        report: Callable[[str], None] | None = None,
        until_s: float | None = None,
    ) -> None:
        self.charge_point = charge_point
        self.player = player
        self.clock = clock
        self.back_s: float | None = None
        self.latencies_s: list[float] = []
        self.lost_connections = 0
        self._report = report
        self._until_s = until_s
        self._asked_s: float | None = None

    def connected(self) -> list[bytes]:
        """Take note of a connection; give what is to be sent on it."""
        self.back_s = None
        return self._perform(self.charge_point.connected(self.clock.now_s()))

    def disconnected(self) -> None:
        """Take note of its end."""
        self._asked_s = None
        self._perform(self.charge_point.disconnected(self.clock.now_s()))

    def receive(self, data: bytes) -> list[bytes]:
        """Take a message; give what is to be sent for it."""
        self._tell("received", data)
        asked = self.charge_point.waits_for
        wanted = self.charge_point.receive(data, self.clock.now_s())
        if asked is not None and self.charge_point.waits_for is not asked and self._asked_s is not None:
            self.latencies_s.append(time.monotonic() - self._asked_s)
            self._asked_s = None
        return self._perform([*wanted, *self.player.advance(self.clock.now_s())])

    def advance(self) -> list[bytes]:
        """Do what is due; give what is to be sent for it."""
        now_s = self.clock.now_s()
        if self._asked_s is not None and time.monotonic() - self._asked_s > ANSWER_S:
            self._asked_s = None
            return self._perform(self.charge_point.abandon(now_s))
        if self._until_s is not None and now_s >= self._until_s:
            self._until_s = None
            self.player.wind_up()
        return self._perform(self.player.advance(now_s))

    def wait_s(self) -> float | None:
        """Give our seconds after which ``advance`` wants to be called; None if nothing is due ever."""
        due_s = self.player.due()
        waits = [
            self.clock.until(at_s)
            for at_s in (due_s, self.back_s, self._until_s)
            if at_s is not None and at_s != FOREVER
        ]
        if self._asked_s is not None:
            waits.append(max(0.0, self._asked_s + ANSWER_S - time.monotonic()) + 0.01)
        return min(waits, default=None)

    @property
    def is_away(self) -> bool:
        """Tell whether it wants to be without a connection."""
        return self.back_s is not None

    @property
    def may_return(self) -> bool:
        """Tell whether it may be connected again: it never hung up, or its time away is over."""
        return self.back_s is None or self.back_s <= self.clock.now_s()

    @property
    def is_over(self) -> bool:
        """Tell whether the script is over and all is said."""
        return self.player.is_over and self.charge_point.state.is_idle

    def _perform(self, outputs: list[Output]) -> list[bytes]:
        messages = []
        for output in outputs:
            if isinstance(output, HangUp):
                self.back_s = self.clock.now_s() + output.away_s
            elif isinstance(output, Return):
                self.back_s = None if self.back_s is None else self.clock.now_s()
            elif isinstance(output, Send) and self.back_s is None:
                self._tell("sent", output.data)
                messages.append(output.data)
        if self._asked_s is None and self.charge_point.waits_for is not None:
            self._asked_s = time.monotonic()
        return messages

    def _tell(self, direction: str, data: bytes) -> None:
        if self._report is None:
            return
        try:
            said: object = json.loads(data)
        except ValueError:
            said = data.decode("utf-8", "backslashreplace")
        at = stamp(self.clock.now_s())
        self._report(json.dumps({"at": at, "charge_point": self.charge_point.state.identity, direction: said}))
