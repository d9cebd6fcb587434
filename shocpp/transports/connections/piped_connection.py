"""
A connection that websocketd has accepted: lines from one pipe, answers into another, and the same service as any.

``PipePair`` is to the connection what a socket's transport is to others.
"""

from __future__ import annotations

import asyncio
import os
from functools import partial
from typing import Any, cast

from websockets.datastructures import Headers
from websockets.http11 import Request

from shocpp.backend.split_lines import FINISH, SplitLines
from shocpp.transports.connections.connection import Connection
from shocpp.transports.connections.task_queue import TaskQueue
from shocpp.transports.idle import REST_S
from shocpp.transports.wires.line_wire import LineWire, PastHandshake

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from shocpp.transports.connections.connection import Listener
    from shocpp.transports.connections.services import Services

_HEADERS = {"Authorization": "HTTP_AUTHORIZATION", "Origin": "HTTP_ORIGIN", "Host": "SERVER_NAME"}


class PipedConnection(Connection):
    """
    One connection.

    Args:
        listener: The one that serves it.
        services: What it shares with others.
        variables: Who connects, as websocketd's CGI variables say it.
    """

    __slots__ = ("_is_awaiting_rest", "_variables")

    made_of = SplitLines

    def __init__(self, listener: Listener, services: Services, variables: Mapping[str, str]) -> None:
        make_handler = partial(TaskQueue, services=services)
        super().__init__(listener, services, make_handler, PastHandshake(), LineWire(services.message_limit))
        self._variables = variables
        self._is_awaiting_rest = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin: all that a handshake says is known already."""
        super().connection_made(transport)
        # not at once: asyncio would begin to read from a pipe that was closed meanwhile
        self._services.soon(self._request)

    def data_received(self, data: memoryview) -> None:
        """Take what came; see to it that a frame that stays unfinished is given up."""
        super().data_received(data)
        if not self._is_awaiting_rest:
            self._await_rest()

    def connection_lost(self, error: Exception | None) -> None:
        """Serve what came before, the line without an end too, then close the backend."""
        unfinished = cast("LineWire", self._wire).take_unfinished()
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
        self._services.later(REST_S, self._rested)

    def _rested(self) -> None:
        """Give up the rest of a frame after some silence; look again later if something has come meanwhile."""
        self._is_awaiting_rest = False
        backend = cast("TaskQueue", self.handler).backend
        if backend is None or self.transport is None or not backend.unfinished:
            return
        if self._services.now() - self.heard >= REST_S:
            self.handler.add(FINISH)
        else:
            self._await_rest()


def _request(variables: Mapping[str, str]) -> Request:
    """Give the request that websocketd has answered."""
    headers = Headers({name: variables[variable] for name, variable in _HEADERS.items() if variable in variables})
    return Request(variables.get("REQUEST_URI", ""), headers)


class PipePair(asyncio.Protocol):
    """
    Two pipes as one transport.

    Args:
        connection: What is said through it.
        address: Where the peer is, as websocketd says.
        held: A descriptor that is closed once both pipes are: websocketd's process ends then.
    """

    __slots__ = ("_address", "_connection", "_held", "_reading", "_writing")

    _reading: asyncio.ReadTransport
    _writing: asyncio.WriteTransport

    def __init__(self, connection: PipedConnection, address: str, held: int) -> None:
        self._connection = connection
        self._address = address
        self._held = held

    async def connect(self, loop: asyncio.AbstractEventLoop, source: int, sink: int) -> None:
        """
        Begin to carry lines; the descriptors are ours from now on.

        Args:
            loop: Where the connection is served.
            source: The pipe to read lines from.
            sink: The pipe to write lines to.
        """
        reader, writer = os.fdopen(source, "rb", 0), os.fdopen(sink, "wb", 0)
        self._writing, _ = await loop.connect_write_pipe(lambda: _Sink(self, self._connection), writer)
        await loop.connect_read_pipe(lambda: self, reader)

    # --- what the pipes' transports call

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin: what connects says nothing before it is answered."""
        self._reading = cast("asyncio.ReadTransport", transport)
        self._connection.connection_made(cast("asyncio.BaseTransport", self))

    def data_received(self, data: bytes) -> None:
        """Pass on what came."""
        self._connection.data_received(memoryview(data))

    def connection_lost(self, error: Exception | None) -> None:
        """Pass it on; what is written still leaves."""
        self._connection.connection_lost(error)
        self._writing.close()

    def sink_lost(self) -> None:
        """Let websocketd's process end: nobody reads what is written any more, and all of it was."""
        self._reading.close()
        os.close(self._held)

    # --- what the connection calls

    def get_extra_info(self, name: str) -> Any:
        """Give the peer's address; all else websocketd keeps to itself."""
        return (self._address, 0) if name == "peername" else None

    def is_closing(self) -> bool:
        """Tell whether it is closed or about to be."""
        return self._reading.is_closing() or self._writing.is_closing()

    def pause_reading(self) -> None:
        """Pass nothing on, for a while."""
        if not self._reading.is_closing():
            self._reading.pause_reading()

    def resume_reading(self) -> None:
        """Read on."""
        if not self._reading.is_closing():
            self._reading.resume_reading()

    def write(self, data: bytes) -> None:
        """Send data, of any length."""
        if not self._writing.is_closing():
            self._writing.write(data)

    def close(self) -> None:
        """Close once what was written has left."""
        self._reading.close()
        self._writing.close()

    def abort(self) -> None:
        """Close at once."""
        self._reading.close()
        self._writing.abort()


class _Sink(asyncio.BaseProtocol):
    """What the pipe that is written to tells of itself."""

    def __init__(self, pipes: PipePair, connection: PipedConnection) -> None:
        self._pipes = pipes
        self.pause_writing = connection.pause_writing  # type: ignore[method-assign]
        self.resume_writing = connection.resume_writing  # type: ignore[method-assign]

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002
        """Pass it on."""
        self._pipes.sink_lost()
