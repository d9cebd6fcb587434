"""
How many bytes of what came are held in memory: for all connections together.

A message is held while it is unfinished, and while it waits for the disk. What is unfinished can be given up, as can
a handshake, and a request over HTTP that has no answer: it was confirmed to nobody, and an honest charge point comes
back with it. What waits for the disk is served in any case.
"""

from __future__ import annotations

from typing import Protocol

from shocpp.texts import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.ledger.charge_points import ListedChargePoint


class Sender(Protocol):
    """What is known here of a connection on which a message has begun."""

    identity: str
    charge_point: ListedChargePoint | None

    def abort(self) -> None:
        """Close the connection at once."""


class HeldBytes:
    """
    The bytes that are held for the connections of one listener.

    Args:
        most: How many there may be; beyond, connections with unfinished messages are given up.
        say: Takes a level and a line for the log.
    """

    def __init__(self, most: int, say: Callable[[str, str], None]) -> None:
        self._most = most
        self._say = say
        self._total = 0
        self._unfinished: dict[Sender, int] = {}  # those that began first come first

    @property
    def is_full(self) -> bool:
        """Tell whether as much is held as may be: read nothing more where something is waiting."""
        return self._total >= self._most

    def add_waiting(self, size: int) -> None:
        """Count the bytes of a message that waits for the disk; negative when it does no longer."""
        self._total += size
        self._make_room()

    def set_unfinished(self, connection: Sender, size: int) -> None:
        """Count the bytes of the message that has begun on a connection; 0 for none."""
        self._total += size - self._unfinished.get(connection, 0)
        if size:
            self._unfinished[connection] = size
        else:
            self._unfinished.pop(connection, None)
        self._make_room()

    def _make_room(self) -> None:
        """Give connections up while too much is held: the oldest of those that nobody listed, then of the listed."""
        while self._total > self._most and self._unfinished:
            connection = min(self._unfinished, key=lambda each: each.charge_point is not None)
            size = self._unfinished.pop(connection)
            self._total -= size
            name = clean(connection.identity, 80) or "-"
            self._say("WARNING", f"{name} is disconnected: {size} bytes of a message, and too much is held for all")
            connection.abort()
