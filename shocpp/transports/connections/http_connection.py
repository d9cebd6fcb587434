"""
One connection whose requests are plain HTTP: bytes to requests, one after another, and responses the same way back.

What a request is about is its server's business. Begins with what the handshake of a WebSocket would have been.
"""

from __future__ import annotations

import asyncio

from shocpp.http import writing
from shocpp.http.message import HttpError
from shocpp.http.reader import HttpReader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from shocpp.http.message import HttpMessage
    from shocpp.ledger.charge_points import ListedChargePoint
    from shocpp.transports.connections.services import Services

    Serve = Callable[["HttpConnection", HttpMessage], None]

IDLE_S = 60.0  # between two requests
_TEXT = "text/plain; charset=utf-8"


class HttpConnection(asyncio.BufferedProtocol):
    """
    One connection.

    Args:
        transport: Where bytes go.
        address: Where the peer is; empty if that is unknown.
        services: What it shares with others.
        patience_s: Seconds that a request may take to come.
        serve: Takes a request, which is answered by ``respond``, now or later.
        ended: Is told that the connection is closed.

    Attributes:
        identity: Nobody's: each request says whose it is.
        charge_point: Nobody's entry.
        deadline: The loop's time until when something has to happen; infinite while a request is served.
    """

    __slots__ = (
        "_ended",
        "_patience_s",
        "_reader",
        "_serve",
        "_served",
        "_services",
        "_transport",
        "address",
        "charge_point",
        "deadline",
        "identity",
    )

    def __init__(
        self,
        transport: asyncio.Transport,
        address: str,
        services: Services,
        patience_s: float,
        serve: Serve,
        ended: Callable[[HttpConnection], None],
    ) -> None:
        self._transport: asyncio.Transport | None = transport
        self._services = services
        self._patience_s = patience_s
        self._serve = serve
        self._ended = ended
        self._reader = HttpReader(services.message_limit)
        self._served: HttpMessage | None = None
        self.address = address
        self.identity = ""
        self.charge_point: ListedChargePoint | None = None
        self.deadline = services.now() + patience_s

    # --- what asyncio calls

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002
        """Give the buffer that all connections share."""
        return self._services.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Take what came."""
        self.data_received(self._services.buffer[:nbytes])

    def data_received(self, data: bytes | memoryview) -> None:
        """Take what came."""
        if not self._reader.has_begun and self._served is None:
            self.deadline = self._services.now() + self._patience_s
        self._reader.add(data)
        if self._served is None:
            self._serve_next()
        else:
            self._count()

    def eof_received(self) -> bool:
        """Let a request that was sent whole be answered."""
        return self._served is not None

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002
        """End."""
        self._transport = None
        self._services.held.set_unfinished(self, 0)
        self._ended(self)

    def pause_writing(self) -> None:
        """Give a peer that does not read its answer a while."""
        self.deadline = self._services.now() + self._patience_s

    def resume_writing(self) -> None:
        """Go on when it has read it."""

    # --- what its server calls

    @property
    def is_open(self) -> bool:
        """Tell whether anybody is there to read a response."""
        return self._transport is not None

    @property
    def is_busy(self) -> bool:
        """Tell whether a request is being served."""
        return self._served is not None

    def known(self, name: str) -> Any:
        """Give what the transport knows of the peer."""
        return self._transport.get_extra_info(name) if self._transport is not None else None

    def respond(
        self, status: int, body: bytes, content_type: str = _TEXT, headers: Mapping[str, str] | None = None
    ) -> None:
        """Answer the request that is served; go on with the next one."""
        served, self._served = self._served, None
        if self._transport is None or served is None:
            return
        self._transport.write(writing.response(status, content_type, body, headers or {}, served.is_last))
        self.deadline = self._services.now() + IDLE_S
        self._count()
        if served.is_last:
            self._transport.close()
        else:
            self._transport.resume_reading()
            self._services.soon(self._serve_next)

    def abort(self) -> None:
        """Close the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def _serve_next(self) -> None:
        """Serve the request that is whole, one at a time: those behind it stay bytes until it is answered."""
        if self._served is not None or self._transport is None:
            return
        try:
            self._served = self._reader.take()
        except HttpError as error:
            self._refuse(error)
            return
        self._count()
        if self._served is not None:
            self.deadline = float("inf")
            self._transport.pause_reading()
            self._serve(self, self._served)
        elif self._reader.is_awaiting_go_ahead:
            self._reader.is_awaiting_go_ahead = False
            self._transport.write(writing.CONTINUE)

    def _count(self) -> None:
        """Count what is held: a request that is not answered can be given up as well as one that is not whole."""
        served = len(self._served.body) if self._served is not None else 0
        self._services.held.set_unfinished(self, self._reader.held + served)

    def _refuse(self, error: HttpError) -> None:
        """Say what is wrong with bytes that are no request, and hang up: where the next one begins is not known."""
        if self._transport is not None:
            text = f"{error}\n".encode()
            self._transport.write(writing.response(error.status, _TEXT, text, {}, is_last=True))
            self._transport.close()
