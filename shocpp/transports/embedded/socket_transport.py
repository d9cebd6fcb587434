"""
A connected socket as a transport: what asyncio's does, as far as it is needed here, in two thirds of its time.

Behind websocketd two pipes are in its place: either is a ``Connected``. What is read goes at once to a protocol that
has a buffer; what is written leaves at once if the system takes it, else when it does. Who looks which is to be read is
the ``Poller``.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

    from shocpp.transports.embedded.poller import Poller

_MUCH, _LITTLE = 1 << 16, 1 << 14  # bytes that wait: the protocol writes no more, and writes again
_NOT_NOW = (BlockingIOError, InterruptedError)


class Connected(Protocol):
    """What is asked of a connected socket, or of what stands in its place; nothing of it waits."""

    def fileno(self) -> int:
        """Give the descriptor that is read from."""

    def getpeername(self) -> object:
        """Give the peer's address; ``OSError`` for one that has gone."""

    def recv_into(self, buffer: WriteableBuffer, /) -> int:
        """Read what has come; the number of bytes, 0 at the end."""

    def send(self, data: ReadableBuffer, /) -> int:
        """Write as much as the system takes; the number of bytes."""

    def close(self) -> None:
        """Let go of all descriptors."""


class SocketTransport(asyncio.Transport):
    """
    One socket's transport; its protocol is told at once that the connection was made.

    Args:
        loop: Tells when more can be written.
        poller: Tells when there is something to read.
        connected: The socket, or the pipes; it is ours from now on.
        protocol: What reads and writes.
        sink: The descriptor that is written to, where that is not the one that is read from.
    """

    __slots__ = (
        "_descriptor",
        "_has_ended",
        "_is_closing",
        "_is_stalled",
        "_loop",
        "_poller",
        "_protocol",
        "_sink",
        "_socket",
        "_unwritten",
    )

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        poller: Poller,
        connected: Connected,
        protocol: asyncio.BufferedProtocol,
        sink: int | None = None,
    ) -> None:
        super().__init__({"peername": _peer_of(connected)})
        self._loop = loop
        self._poller = poller
        self._socket = connected
        self._descriptor = connected.fileno()
        self._sink = self._descriptor if sink is None else sink
        self._protocol = protocol
        self._unwritten = bytearray()
        self._is_closing = self._has_ended = self._is_stalled = False
        poller.watch(self._descriptor, self._read)
        if sink is not None:
            poller.watch(sink, self.abort)  # all that such a one tells is that nobody reads it any more
        protocol.connection_made(self)

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Have another protocol go on."""
        assert isinstance(protocol, asyncio.BufferedProtocol)  # noqa: S101 - there is no other kind here
        self._protocol = protocol

    def is_closing(self) -> bool:
        """Tell whether it is closed or about to be."""
        return self._is_closing

    def pause_reading(self) -> None:
        """Read nothing, for a while."""
        self._poller.leave(self._descriptor)

    def resume_reading(self) -> None:
        """Read on."""
        if not self._is_closing:
            self._poller.watch(self._descriptor, self._read)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send data, of any length; nothing more once the connection is lost."""
        if self._has_ended:
            return
        if not self._unwritten:
            try:
                sent = self._socket.send(data)
            except _NOT_NOW:
                sent = 0
            except OSError as error:
                self._end(error)
                return
            if sent == len(data):
                return
            data = data[sent:]
            self._loop.add_writer(self._sink, self._write_on)
        self._unwritten += data
        if len(self._unwritten) > _MUCH and not self._is_stalled:
            self._is_stalled = True
            self._protocol.pause_writing()

    def close(self) -> None:
        """Close once what was written has left."""
        if not self._is_closing:
            self._is_closing = True
            self._poller.leave(self._descriptor)
            if not self._unwritten:
                self._end(None)

    def abort(self) -> None:
        """Close at once."""
        self._end(None)

    # --- what poller and loop call

    def _read(self) -> None:
        try:
            size = self._socket.recv_into(self._protocol.get_buffer(-1))
        except _NOT_NOW:
            return
        except OSError as error:
            self._end(error)
            return
        try:
            if size:
                self._protocol.buffer_updated(size)
            elif self._protocol.eof_received():
                self._poller.leave(self._descriptor)  # nothing follows, but answers still leave
            else:
                self.close()
        except Exception as error:  # a fault of ours ends this connection; others go on
            self._loop.call_exception_handler({"message": "what came over a connection", "exception": error})
            self._end(error)

    def _write_on(self) -> None:
        try:
            sent = self._socket.send(self._unwritten)
        except _NOT_NOW:
            return
        except OSError as error:
            self._end(error)
            return
        del self._unwritten[:sent]
        if self._is_stalled and len(self._unwritten) <= _LITTLE:
            self._is_stalled = False
            self._protocol.resume_writing()
        if not self._unwritten:
            self._loop.remove_writer(self._sink)
            if self._is_closing:
                self._end(None)

    def _end(self, error: Exception | None) -> None:
        """Lose the connection, though not within what is just being done."""
        if self._has_ended:
            return
        self._has_ended = self._is_closing = True
        for each in {self._descriptor, self._sink}:
            self._poller.leave(each)
        self._loop.remove_writer(self._sink)
        self._unwritten.clear()
        self._loop.call_soon(self._lose, error)

    def _lose(self, error: Exception | None) -> None:
        try:
            self._protocol.connection_lost(error)
        finally:
            self._socket.close()


def _peer_of(connected: Connected) -> object:
    """Give the peer's address; None for one that has gone."""
    try:
        return connected.getpeername()
    except OSError:
        return None
