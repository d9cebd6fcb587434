"""
TLS between a socket's transport and a connection: to the one it is the protocol, to the other the transport.

Three things differ from asyncio's. The connection is told at once that it was made, so that it is counted, limited and
timed before a stranger has cost anything. All connections share one buffer instead of having 256 KiB each. And nobody
waits at the end for the peer's goodbye.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from typing import Any, cast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.transports.connections.connection import Connection
    from shocpp.transports.connections.http_connection import HttpConnection
    from shocpp.transports.connections.services import Services


class TlsTransport(asyncio.BufferedProtocol):
    """
    One connection's TLS.

    Args:
        connection: What is said through it.
        context: Our certificate, and whose certificates are asked for.
        services: What all connections share.
        refused: Is told of a handshake that fails: the peer's address, and why.
    """

    __slots__ = (
        "_connection",
        "_context",
        "_greeting",
        "_incoming",
        "_is_paused",
        "_outgoing",
        "_refused",
        "_services",
        "_socket",
        "_tls",
    )

    _incoming: ssl.MemoryBIO
    _outgoing: ssl.MemoryBIO
    _socket: asyncio.Transport

    def __init__(
        self,
        connection: Connection,
        context: ssl.SSLContext,
        services: Services,
        refused: Callable[[str, str], None],
    ) -> None:
        self._connection: Connection | HttpConnection = connection
        self._context = context
        self._services = services
        self._refused = refused
        self._tls: ssl.SSLObject | None = None  # until something comes: a silent stranger costs nothing
        self._greeting = 0  # bytes of its handshake: OpenSSL keeps messages of 128 KiB that are not whole
        self._is_paused = False

    # --- what the socket's transport calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin: the time of both handshakes runs."""
        self._socket = cast("asyncio.Transport", transport)
        cast("Connection", self._connection).connection_made(cast("asyncio.BaseTransport", self))

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002
        """Give the buffer that all connections share."""
        return self._services.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Take what came, and pass on what is in it."""
        if self._tls is None:
            self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
            self._tls = self._context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._incoming.write(self._services.buffer[:nbytes])
        if self._tls.version() is None:
            self._greeting += nbytes
            self._services.held.set_unfinished(self._connection, self._greeting)
        self._pass_on()

    def eof_received(self) -> bool:
        """Let the transport close: a half-closed WebSocket is none."""
        return False

    def connection_lost(self, error: Exception | None) -> None:
        """Pass it on."""
        self._connection.connection_lost(error)

    def pause_writing(self) -> None:
        """Pass it on."""
        self._connection.pause_writing()

    def resume_writing(self) -> None:
        """Pass it on."""
        self._connection.resume_writing()

    # --- what the connection calls

    def get_extra_info(self, name: str) -> Any:
        """Give what is known of the peer: its certificate, if it showed one; all else the socket's transport knows."""
        if name == "peercert":
            return self._tls.getpeercert() if self._tls is not None else None
        return self._socket.get_extra_info(name)

    def set_protocol(self, protocol: HttpConnection) -> None:
        """Have another connection go on with it."""
        self._connection = protocol

    def is_closing(self) -> bool:
        """Tell whether it is closed or about to be."""
        return self._socket.is_closing()

    def pause_reading(self) -> None:
        """Pass nothing on, for a while."""
        self._is_paused = True
        self._socket.pause_reading()

    def resume_reading(self) -> None:
        """Read on, first what has come already."""
        if self._is_paused:
            self._is_paused = False
            self._socket.resume_reading()
            self._services.soon(self._pass_on)

    def write(self, data: bytes) -> None:
        """Send data, of any length."""
        if self._tls is None or self._socket.is_closing():
            return
        view = memoryview(data)
        while view:
            view = view[self._tls.write(view) :]
        self._flush()

    def close(self) -> None:
        """Close once what was written has left. We say that nothing follows; that the peer does is not waited for."""
        if self._tls is not None and not self._socket.is_closing():
            with suppress(ssl.SSLError):  # its handshake is not complete, or its goodbye has not come
                self._tls.unwrap()
            self._flush()
        self._socket.close()

    def abort(self) -> None:
        """Close at once."""
        self._socket.abort()

    # --- bytes

    def _pass_on(self) -> None:
        """Pass on what has come, and send what TLS itself has to say to it."""
        has_failed = False
        is_handshake = self._tls is not None and self._tls.version() is None
        try:
            self._read()
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as error:  # no TLS, no certificate that we take, or ours is none that the peer takes
            has_failed = True
            if is_handshake:
                self._refused(self._connection.address, _reason_of(error))
        self._flush()
        if has_failed:
            self._socket.close()

    def _read(self) -> None:
        """Pass on what has come, which completes the handshake first, until more is needed or no more is wanted."""
        tls, buffer = self._tls, self._services.buffer
        while tls is not None and not self._is_paused and not self._socket.is_closing():
            size = cast("int", tls.read(len(buffer), buffer))  # a number where a buffer is given
            if not size:
                self.close()
                return
            self._connection.buffer_updated(size)

    def _flush(self) -> None:
        if self._tls is not None and self._outgoing.pending:
            self._socket.write(self._outgoing.read())


def _reason_of(error: ssl.SSLError) -> str:
    """Say why a handshake failed, in OpenSSL's words: ``http request``, ``tlsv1 alert unknown ca``."""
    verified = getattr(error, "verify_message", "")
    reason = (error.reason or "unknown").replace("_", " ").lower()
    return f"{reason}: {verified}" if verified else reason
