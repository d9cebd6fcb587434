"""A connection that websocketd has accepted: lines from one pipe, answers into another, and the same service as any."""

from __future__ import annotations

from websockets.datastructures import Headers
from websockets.http11 import Request

from shocpp.backend.split_lines import FINISH, SplitLines
from shocpp.transports.connections.connection import Connection
from shocpp.transports.idle import UNFINISHED_S
from shocpp.transports.wires.line_wire import LineWire, PastHandshake

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Mapping

    from shocpp.transports.connections.connection import Listener
    from shocpp.transports.connections.message_handler import MessageHandler
    from shocpp.transports.connections.services import Services

_HEADERS = {"Authorization": "HTTP_AUTHORIZATION", "Origin": "HTTP_ORIGIN", "Host": "SERVER_NAME"}


class PipedConnection(Connection):
    """
    One connection.

    Args:
        listener: The one that serves it.
        services: What it shares with others.
        make_handler: Makes what takes its messages.
        variables: Who connects, as websocketd's CGI variables say it.
    """

    __slots__ = ("_is_awaiting_rest", "_lines", "_variables")

    made_of = SplitLines

    def __init__(
        self,
        listener: Listener,
        services: Services,
        make_handler: Callable[[Connection], MessageHandler],
        variables: Mapping[str, str],
    ) -> None:
        self._lines = LineWire(services.message_limit)
        super().__init__(listener, services, make_handler, PastHandshake(), self._lines)
        self._variables = variables
        self._is_awaiting_rest = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin: all that a handshake says is known already."""
        super().connection_made(transport)
        self._request()

    def data_received(self, data: memoryview) -> None:
        """Take what came; see to it that a frame that stays unfinished is given up."""
        super().data_received(data)
        self._count()
        if not self._is_awaiting_rest:
            self._await_rest()

    def connection_lost(self, error: Exception | None) -> None:
        """Serve what came before, the line without an end too, then close the backend."""
        unfinished = self._lines.take_unfinished()
        if self.is_served:
            if unfinished:
                self.handler.add(unfinished)
            self.handler.add(FINISH)
        super().connection_lost(error)

    def _request(self) -> None:
        """Have it decided on; until then nothing more is read, since websocketd has said that all may be sent."""
        self.pause_reading()
        self._listener.requested(self, _request(self._variables))

    def _await_rest(self) -> None:
        self._is_awaiting_rest = True
        self._services.later(UNFINISHED_S, self._give_up_rest)

    def _give_up_rest(self) -> None:
        """Give up the rest of a frame after some silence; look again later if something has come meanwhile."""
        self._is_awaiting_rest = False
        if self.transport is None:
            return
        if self.handler.unfinished and self._services.now() - self.heard >= UNFINISHED_S:
            self.handler.add(FINISH)
        self._count()
        if self.handler.unfinished:
            self._await_rest()

    def _count(self) -> None:
        """Note what is held, of a line and of a frame over several, once the charge point is served."""
        if self._handshake is None:
            self._services.held.set_unfinished(self, self._lines.unfinished + self.handler.unfinished)


def _request(variables: Mapping[str, str]) -> Request:
    """Give the request that websocketd has answered."""
    headers = Headers({name: variables[variable] for name, variable in _HEADERS.items() if variable in variables})
    return Request(variables.get("REQUEST_URI", ""), headers)
