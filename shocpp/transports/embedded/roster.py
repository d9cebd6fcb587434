"""
Who is connected: the newest connection of each charge point, and the one whose backend holds its mailbox.

These are two while an older connection tidies up: a charge point's newest connection wins, but is served only when the
backend of the one before has closed.
"""

from __future__ import annotations

from shocpp.texts import clean
from shocpp.transports.wires.wire import POLICY_VIOLATION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.transports.connections.connection import Connection


class Roster:
    """
    The connections of one listener.

    Args:
        most: How many charge points may be connected.
        serve: Is given each connection once its charge point can be served over it.
        say: Takes a level and a line for the log.

    Attributes:
        connections: All that are open or whose backend has not closed yet, those in their handshake too.
        served: The connections that have a backend, by the identity of their charge point.
        known: The identities that were served for a while lately, the latest last.
    """

    def __init__(self, most: int, serve: Callable[[Connection], None], say: Callable[[str, str], None]) -> None:
        self._most = most
        self._serve = serve
        self._say = say
        self.connections: set[Connection] = set()
        self._newest: dict[str, Connection] = {}
        self.served: dict[str, Connection] = {}
        self.known: dict[str, None] = {}

    def __len__(self) -> int:
        """Count the charge points that are connected."""
        return len(self._newest)

    def has_room(self, identity: str) -> bool:
        """Tell whether a charge point may connect: one that is connected may do so again."""
        return len(self._newest) < self._most or identity in self._newest

    def add(self, connection: Connection) -> None:
        """Take a new connection, whose handshake is still to come."""
        self.connections.add(connection)

    def admit(self, connection: Connection) -> None:
        """Let a connection be its charge point's; one before it is closed, and this one served once that has ended."""
        old = self._newest.get(connection.identity)
        self._newest[connection.identity] = connection
        if old is not None:
            self._say("INFO", f"{clean(connection.identity, 80) or '-'} connects again: the newest connection wins")
            old.close(POLICY_VIOLATION, "connected again")
            old.abort()
        if connection.identity not in self.served:
            self._begin(connection)

    def disconnected(self, connection: Connection) -> None:
        """Forget a connection that is closed, unless its backend still has to close."""
        if not connection.is_served:
            self._forget(connection)

    def released(self, connection: Connection) -> None:
        """Forget a connection whose backend has closed; the one that came in its place is served now."""
        del self.served[connection.identity]
        self._forget(connection)
        if connection.is_known:
            self._remember(connection.identity)
        successor = self._newest.get(connection.identity)
        if successor is not None:
            self._begin(successor)

    def _remember(self, identity: str) -> None:
        """Keep the name of one that goes: as many as may be connected."""
        self.known.pop(identity, None)
        self.known[identity] = None
        if len(self.known) > self._most:
            del self.known[next(iter(self.known))]

    def _begin(self, connection: Connection) -> None:
        self.served[connection.identity] = connection
        self._serve(connection)

    def _forget(self, connection: Connection) -> None:
        self.connections.discard(connection)
        if self._newest.get(connection.identity) is connection:
            del self._newest[connection.identity]
