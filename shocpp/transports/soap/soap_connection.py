"""A charge point's connection that is none: what lies between is a link, and its handshake was somebody's request."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from websockets.datastructures import Headers
from websockets.http11 import Request

from shocpp.backend.soap_lines import SOAP_LINES
from shocpp.transports.connections.connection import Connection
from shocpp.transports.wires.line_wire import LineWire, PastHandshake

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from shocpp.backend.soap_lines import SoapLines
    from shocpp.transports.connections.connection import Listener
    from shocpp.transports.connections.message_handler import MessageHandler
    from shocpp.transports.connections.services import Services

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
        keeps_envelopes: The journal shall have the envelopes, too.
    """

    def __init__(
        self,
        listener: Listener,
        services: Services,
        make_handler: Callable[[Connection], MessageHandler],
        identity: str,
        version: str,
        keeps_envelopes: bool,
    ) -> None:
        wire = LineWire(_WIDER * services.message_limit)
        super().__init__(listener, services, make_handler, PastHandshake(), wire)
        self.made_of = SOAP_LINES[version]
        self.identity = identity
        self._keeps_envelopes = keeps_envelopes

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin: all that a handshake says is known already."""
        super().connection_made(transport)
        self.accept(Request("", Headers()), None)

    def note_envelope(self, direction: str, data: bytes) -> None:
        """Have the journal keep an envelope, if that is wanted and kept here: behind a broker it is elsewhere."""
        if self._keeps_envelopes:
            self.handler.note(lambda lines: cast("SoapLines", lines).note_envelope(direction, data), len(data))
