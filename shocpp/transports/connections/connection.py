"""
One connection: bytes from a socket through handshake and frames to messages, and answers the same way back.

What is done with messages, and in which order, is its handler's business; whether it is admitted, the listener's.
"""

from __future__ import annotations

import asyncio
from typing import Protocol, cast

from shocpp.backend.lines import Lines
from shocpp.transports.wires.flow_control import BUSY, STALLED, FlowControl
from shocpp.transports.wires.handshake import Handshake
from shocpp.transports.wires.wire import NORMAL_CLOSURE, Wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from websockets.http11 import Request

    from shocpp.ledger.charge_points import ListedChargePoint
    from shocpp.transports.connections.message_handler import MessageHandler
    from shocpp.transports.connections.services import Services
    from shocpp.transports.wires.line_wire import LineWire, PastHandshake


class Listener(Protocol):
    """What a connection needs of the listener that accepted it."""

    def connected(self, connection: Connection) -> None:
        """Take note of a connection whose handshake is still to come."""

    def requested(self, connection: Connection, request: Request) -> None:
        """Decide on a handshake: ``accept`` or ``refuse`` it, now or later."""

    def posted(self, connection: Connection, data: bytes) -> None:
        """Take over a connection that brings requests with bodies, and no handshake."""

    def disconnected(self, connection: Connection) -> None:
        """Take note that a connection is closed; its handler may still be at work."""

    def released(self, connection: Connection) -> None:
        """Take note that a closed connection's handler has ended, too."""

    def failed(self, connection: Connection, error: BaseException) -> None:
        """Deal with a fault of ours: the connection cannot be served any more."""


class Connection(asyncio.BufferedProtocol):
    """
    One connection.

    Args:
        listener: The one that accepted it.
        services: What it shares with others.
        make_handler: Makes what takes its messages.
        handshake: What is on the wire first; an HTTP request by default.
        wire: What is on it afterwards; WebSocket frames by default.

    Attributes:
        made_of: What makes its backend, where it has one.
        handler: Takes its messages.
        transport: Where bytes go; None before and after it is connected.
        address: Where the peer is; empty if that is unknown.
        identity: The charge point's, from the handshake on.
        charge_point: What is listed of it, if anything is.
        mailbox: The path of its request.json, where it has one, once it is served.
        heard: The loop's time when the last bytes came; 0 before.
        pinged: The loop's time when it was last pinged; 0 before.
        stalled: The loop's time since when the peer does not read what is written; 0 if it does.
    """

    __slots__ = (
        "_flow",
        "_handshake",
        "_listener",
        "_services",
        "_wire",
        "address",
        "charge_point",
        "handler",
        "heard",
        "identity",
        "mailbox",
        "pinged",
        "stalled",
        "transport",
    )

    made_of: type[Lines] = Lines

    def __init__(
        self,
        listener: Listener,
        services: Services,
        make_handler: Callable[[Connection], MessageHandler],
        handshake: PastHandshake | None = None,
        wire: LineWire | None = None,
    ) -> None:
        self._listener = listener
        self._services = services
        self._handshake: Handshake | PastHandshake | None = handshake or Handshake(services.silence)
        self._wire: Wire | LineWire = wire or Wire(services.message_limit, services.silence)
        self.handler = make_handler(self)
        self._flow = FlowControl(services.later)
        self.transport: asyncio.Transport | None = None
        self.address = ""
        self.identity = ""
        self.charge_point: ListedChargePoint | None = None
        self.mailbox = ""
        self.heard = self.pinged = self.stalled = 0.0

    # --- what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin: the handshake's time runs."""
        self.transport = cast("asyncio.Transport", transport)  # a stream's; that of another loop descends from nothing
        self._flow.transport = self.transport
        peer = transport.get_extra_info("peername")
        self.address = str(peer[0]) if isinstance(peer, tuple) else ""
        self._listener.connected(self)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002
        """Give the buffer that all connections share."""
        return self._services.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Take what came; at most a buffer full, so that nobody can make the others wait for long."""
        self.data_received(self._services.buffer[:nbytes])

    def data_received(self, data: memoryview) -> None:
        """Take what came."""
        self.heard = self._services.now()
        if self._handshake is not None:
            self._take_handshake(self._handshake, data)
            return
        plain = self._wire.receive_plain(data)
        if plain is not None:
            self.handler.add(plain)
        else:
            self._receive(data)

    def eof_received(self) -> bool:
        """Let the transport close: a half-closed WebSocket is none."""
        return False

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002
        """Have what came before served, then nothing more."""
        self.transport = self._flow.transport = None
        self._wire.forget()
        self._services.held.set_unfinished(self, 0)
        self._listener.disconnected(self)
        self.handler.end()

    def pause_writing(self) -> None:
        """Read nothing more from a peer that does not read its answers."""
        self.stalled = self._services.now()
        self._flow.stop(STALLED)

    def resume_writing(self) -> None:
        """Go on when it has read them."""
        self.stalled = 0.0
        self._flow.go_on(STALLED)

    # --- what the listener calls

    def accept(self, request: Request, subprotocol: str | None) -> bool:
        """Complete the handshake; False if it was no valid one and the refusal is on its way."""
        handshake = self._handshake
        assert handshake is not None  # noqa: S101 - until now
        is_valid = handshake.accept(request, subprotocol)
        self._flush()
        if is_valid:
            self._handshake = None
            self._services.held.set_unfinished(self, 0)
            if handshake.rest:
                self._receive(memoryview(handshake.rest))
        self.continue_reading()
        return is_valid

    def refuse(self, status: int, text: str, headers: dict[str, str]) -> None:
        """Answer the handshake with an HTTP error, or another page, and disconnect."""
        assert self._handshake is not None  # noqa: S101 - until now
        self._handshake.refuse(status, text, headers)
        self._flush()
        self.disconnect()

    @property
    def is_served(self) -> bool:
        """Tell whether its charge point is served over it, be it that what came before it was closed is."""
        return self.handler.is_started

    @property
    def is_known(self) -> bool:
        """Tell whether it is no stranger's: it is served for a while already, or its charge point was before."""
        return self.handler.is_known

    def fetch_command(self) -> None:
        """Send the command that is in the mailbox, if there is one."""
        self.handler.fetch_command()

    def ping(self) -> None:
        """Find out whether the peer is still there; keep what lies between us from forgetting it."""
        self._wire.ping()
        self._flush()

    def close(self, code: int, reason: str = "") -> None:
        """Serve what came, then close as WebSockets are closed."""
        self.handler.close(code, reason)

    def disconnect(self) -> None:
        """Close the connection once what was written has left."""
        if self.transport is not None:
            self.stalled = self.stalled or self._services.now()
            self.transport.close()

    def abort(self) -> None:
        """Close the connection at once."""
        if self.transport is not None:
            self.transport.abort()

    # --- what its handler calls

    def send(self, lines: list[str]) -> None:
        """Send lines, unless nobody is there to read them."""
        if self.transport is not None and not self._wire.has_closed:
            for line in lines:
                self.transport.write(self._wire.frame(line))

    def pause_reading(self) -> None:
        """Read nothing more until ``continue_reading``."""
        self._flow.stop(BUSY)

    def continue_reading(self) -> None:
        """Read on, unless something else is in the way."""
        self._flow.go_on(BUSY)

    def send_close(self, code: int, reason: str) -> None:
        """Close as WebSockets are closed, and disconnect."""
        self._wire.close(code, reason)
        self._flush()
        self.disconnect()

    def released(self) -> None:
        """Tell the listener that the handler has ended."""
        self._listener.released(self)

    def failed(self, error: BaseException) -> None:
        """Tell the listener of a fault of ours."""
        self._listener.failed(self, error)

    # --- bytes

    def _take_handshake(self, handshake: Handshake | PastHandshake, data: memoryview) -> None:
        request = handshake.receive(data)
        if handshake.posted:
            self._services.held.set_unfinished(self, 0)
            self._listener.posted(self, handshake.posted)
            return
        if handshake.is_too_long:
            self.abort()
            return
        self._services.held.set_unfinished(self, handshake.held)
        if request is not None:
            self._listener.requested(self, request)
        self._flush()

    def _receive(self, data: memoryview) -> None:
        """Have the messages served that are whole, and note what is held of one that is not."""
        messages = self._wire.receive(data)
        is_open = self._wire.is_open
        if is_open:
            self._flush()  # a pong waits for nobody
        for message in messages:
            self.handler.add(message)
        if not is_open:
            self.handler.close(NORMAL_CLOSURE, "")  # what closes it is there already, and waits for the answers
        self._count()
        if self._wire.rest:
            self._flow.give_way(self._receive_rest)

    def _receive_rest(self) -> None:
        """Go on with what has come and was not looked at."""
        self._receive(memoryview(self._wire.take_rest()))

    def _count(self) -> None:
        """Note what is held of a message that is not whole."""
        self._services.held.set_unfinished(self, self._wire.unfinished)

    def _flush(self) -> None:
        """Write what is to be written besides messages; disconnect where that is due."""
        data, is_end = (self._handshake or self._wire).outgoing()
        if self.transport is not None:
            if data:
                self.transport.write(data)
            if is_end:
                self.disconnect()
