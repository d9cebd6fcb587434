"""A charge point's connection that is none: what lies between is a link, and its handshake was somebody's request."""

from __future__ import annotations

from websockets.datastructures import Headers
from websockets.http11 import Request

from shocpp.backend.soap_lines import SOAP_LINES
from shocpp.transports.embedded.connection import Connection
from shocpp.transports.embedded.line_wire import LineWire, PastHandshake

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from shocpp.transports.embedded.connection import Listener
    from shocpp.transports.embedded.message_handler import MessageHandler
    from shocpp.transports.embedded.services import Services

_WIDER = 8  # a line of JSON has at most so many bytes for each of XML's


class SoapConnection(Connection):
    """
    One connection.

    Args:
        listener: The one that serves it.
        services: What it shares with others.
        make_handler: Makes what takes its messages.
        identity: The charge point's.
        version: Of OCPP.
    """

    def __init__(
        self,
        listener: Listener,
        services: Services,
        make_handler: Callable[[Connection], MessageHandler],
        identity: str,
        version: str,
    ) -> None:
        wire = LineWire(_WIDER * services.message_limit)
        super().__init__(listener, services, make_handler, PastHandshake(), wire)
        self.made_of = SOAP_LINES[version]
        self.identity = identity

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin: all that a handshake says is known already."""
        super().connection_made(transport)
        self.accept(Request("", Headers()), None)
