"""
Which connections go on: those that are silent, read no answers, or are not listed any more are closed.

Looks at all of them once a second; what a connection is and how it ends is its own business.
"""

from __future__ import annotations

from shocpp.texts import clean
from shocpp.transports.lapses import Lapses
from shocpp.transports.wires.wire import GOING_AWAY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.ledger.charge_points import ChargePoints
    from shocpp.settings import Settings
    from shocpp.transports.connections.connection import Connection
    from shocpp.transports.embedded.roster import Roster

_LONGEST_STALL_S = 30.0  # a peer that reads no answers for so long is gone


class Supervision:
    """
    Keeps watch over connections.

    Args:
        roster: Who is connected.
        listed: Gives who may connect; None for everybody.
        settings: The settings in force.
        now: Gives the loop's time in seconds.
        say: Takes a level and a line for the log.
    """

    def __init__(
        self,
        roster: Roster,
        listed: Callable[[], ChargePoints | None],
        settings: Settings,
        now: Callable[[], float],
        say: Callable[[str, str], None],
    ) -> None:
        self._roster = roster
        self._lapses = Lapses(settings.heartbeat_interval_s, listed)
        self._ping_interval_s = settings.ping_interval_s
        self._now = now
        self._say = say

    def look(self) -> None:
        """Close the connections that shall not go on, ping those that are quiet: 5 000 take 2 ms."""
        now, ping_s = self._now(), self._ping_interval_s
        lapses = self._lapses
        lapses.look()
        for connection in list(self._roster.connections):
            quiet_s = now - connection.heard
            if connection.stalled and now - connection.stalled > _LONGEST_STALL_S:
                self._close(connection, "reads no answers")
            elif connection.heard and quiet_s > lapses.longest_silence_s:
                self._close(connection, lapses.silent(quiet_s))
            elif lapses.has_changed and connection.is_served and (why := lapses.unlisted(connection.identity)):
                self._close(connection, why)
            elif ping_s and connection.is_served and quiet_s > ping_s and now - connection.pinged > ping_s:
                connection.pinged = now
                connection.ping()

    def _close(self, connection: Connection, reason: str) -> None:
        self._say("INFO", f"{clean(connection.identity, 80) or '-'} {reason}: its connection is closed")
        connection.close(GOING_AWAY)
        connection.abort()
