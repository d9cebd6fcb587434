"""
One connection: bytes from a socket through handshake and frames to messages, and answers the same way back.

What is done with messages, and in which order, is the business of its ``turns``.
"""

from __future__ import annotations

import asyncio
import os

from shocpp.transports.embedded.handshake import Handshake
from shocpp.transports.embedded.turns import Turns
from shocpp.transports.embedded.wire import Wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from websockets.http11 import Request

    from shocpp.backend.lines import Lines
    from shocpp.ledger.charge_points import ListedChargePoint
    from shocpp.transports.embedded.server import Server

GOING_AWAY, PROTOCOL_ERROR, POLICY_VIOLATION = 1001, 1002, 1008


class Session(asyncio.BufferedProtocol):
    """
    One connection.

    Args:
        server: The one that accepted it.
    """

    __slots__ = (
        "_handshake",
        "_server",
        "_wire",
        "address",
        "charge_point",
        "heard",
        "identity",
        "mailbox",
        "pinged",
        "stalled",
        "transport",
        "turns",
    )

    def __init__(self, server: Server) -> None:
        self._server = server
        self._handshake: Handshake | None = Handshake(server.silence)
        self._wire = Wire(server.message_limit, server.silence)
        self.turns = Turns(self, server)
        self.transport: asyncio.Transport | None = None
        self.address = ""
        self.identity = ""
        self.charge_point: ListedChargePoint | None = None
        self.mailbox = ""
        self.heard = self.pinged = self.stalled = 0.0

    # --- what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin: the clock of the handshake runs."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a stream
        self.transport = transport
        peer = transport.get_extra_info("peername")
        self.address = str(peer[0]) if isinstance(peer, tuple) else ""
        self._server.arrived(self)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002
        """Give all connections the same buffer: each takes out what is its own before the next one comes."""
        return self._server.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Take what came; at most a buffer full, so that nobody can make the others wait for long."""
        self.heard = self._server.now()
        data = self._server.buffer[:nbytes]
        if self._handshake is not None:
            self._shake_hands(self._handshake, data)
        else:
            for message in self._wire.receive(data):
                self.turns.take(message)
            self._flush()

    def eof_received(self) -> bool:
        """Let the transport close: a half-closed WebSocket is none."""
        return False

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002
        """Serve what came before, then tidy up."""
        self.transport = None
        self._server.left(self)
        self.turns.end()

    def pause_writing(self) -> None:
        """Read nothing more from a peer that does not read its answers."""
        self.stalled = self._server.now()
        self.hold_back()

    def resume_writing(self) -> None:
        """Go on when it has read them."""
        self.stalled = 0.0
        self._resume()

    # --- what the server calls

    def hold_back(self) -> None:
        """Read nothing more, for a while."""
        if self.transport is not None:
            self.transport.pause_reading()

    def accept(self, request: Request, subprotocol: str | None) -> bool:
        """Complete the handshake; False if it was no valid one and the refusal is on its way."""
        handshake = self._handshake
        assert handshake is not None  # noqa: S101 - until now
        is_valid = handshake.accept(request, subprotocol)
        self._flush()
        if is_valid:
            self._handshake = None
            for message in self._wire.receive(memoryview(handshake.rest)) if handshake.rest else ():
                self.turns.take(message)
        self._resume()
        return is_valid

    def refuse(self, status: int, text: str, headers: dict[str, str]) -> None:
        """Answer the handshake with an HTTP error and hang up."""
        assert self._handshake is not None  # noqa: S101 - until now
        self._handshake.refuse(status, text, headers)
        self._flush()
        self.hang_up()

    @property
    def is_served(self) -> bool:
        """Tell whether it has a backend, which it keeps until it has tidied up."""
        return self.turns.backend is not None

    def begin(self, backend: Lines) -> None:
        """Have a backend serve it."""
        self.turns.begin(backend, is_new=not os.path.isdir(os.path.dirname(self.mailbox)))

    def ping(self) -> None:
        """Find out whether the peer is still there; keep what lies between us from forgetting it."""
        self._wire.ping()
        self._flush()

    def leave(self, code: int, reason: str = "") -> None:
        """Serve what came, then say goodbye and hang up."""
        self.turns.leave(code, reason)

    def hang_up(self) -> None:
        """Close the connection once what was written has left."""
        if self.transport is not None:
            self.stalled = self.stalled or self._server.now()
            # not at once: asyncio's TLS loses what was written if it is closed while it hands data over
            self._server.soon(self.transport.close)

    def abort(self) -> None:
        """Close the connection at once."""
        if self.transport is not None:
            self.transport.abort()

    # --- what its turns call

    def send(self, lines: list[str]) -> None:
        """Send lines, unless nobody is there to read them."""
        if self.transport is not None and self._wire.is_open:
            for line in lines:
                self.transport.write(self._wire.frame(line))

    def say_goodbye(self, code: int, reason: str) -> None:
        """Close as WebSockets are closed, and hang up."""
        self._wire.close(code, reason)
        self._flush()
        self.hang_up()

    def go_on(self) -> None:
        """Read on, unless the peer does not read."""
        if not self.stalled:
            self._resume()

    # --- bytes

    def _shake_hands(self, handshake: Handshake, data: memoryview) -> None:
        request = handshake.receive(data)
        if handshake.is_too_long:
            self.abort()
            return
        if request is not None:
            self._server.asked(self, request)
        self._flush()

    def _flush(self) -> None:
        """Write what is to be written besides messages; hang up where that is due."""
        data, is_end = (self._handshake or self._wire).outgoing()
        if self.transport is not None:
            if data:
                self.transport.write(data)
            if is_end:
                self.hang_up()

    def _resume(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.resume_reading()
