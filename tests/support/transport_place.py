"""A loop, sockets and pipes on it, and a protocol that notes what a transport tells it."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from shocpp.transports.embedded.pipe_pair import PipePair
from shocpp.transports.embedded.poller import Poller
from shocpp.transports.embedded.socket_transport import SocketTransport
from tests.support.patience import PATIENCE_S

MUCH = 4_000_000  # bytes: more than the system takes of a peer that does not read


class Seen(asyncio.BufferedProtocol):
    """A protocol that notes what it is told."""

    def __init__(self) -> None:
        self.buffer = bytearray(1000)
        self.received = b""
        self.told: list[object] = []
        self.has_ended = asyncio.Event()
        self.is_left_open = False
        self.do: Callable[[], object] = lambda: None
        self.transport: SocketTransport

    def connection_made(self, transport: Any) -> None:
        """Note it."""
        self.transport = transport

    def get_buffer(self, sizehint: int) -> bytearray:  # noqa: ARG002
        """Give a buffer."""
        return self.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Note what came."""
        self.received += self.buffer[:nbytes]
        self.do()

    def eof_received(self) -> bool:
        """Note that nothing follows."""
        self.told.append("eof")
        return self.is_left_open

    def pause_writing(self) -> None:
        """Note it."""
        self.told.append("pause")

    def resume_writing(self) -> None:
        """Note it."""
        self.told.append("resume")

    def connection_lost(self, error: Exception | None) -> None:
        """Note it."""
        self.told.append(("lost", error.__class__))
        self.has_ended.set()


class Place:
    """A loop that watches sockets, and whose faults are noted."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.poller = Poller(self.loop)
        self.faults: list[dict[str, Any]] = []
        self.loop.set_exception_handler(lambda _, context: self.faults.append(context))

    def pair(self) -> tuple[Seen, socket.socket]:
        """Give a protocol, and the other end of its connection."""
        ours, theirs = socket.socketpair()
        for each in (ours, theirs):
            each.setblocking(False)
        seen = Seen()
        SocketTransport(self.loop, self.poller, ours, seen)
        return seen, theirs

    def pipes(self) -> tuple[Seen, int, int]:
        """Give a protocol over two pipes, and their other ends: what it reads, and what it writes to."""
        (source, entry), (outlet, sink) = os.pipe(), os.pipe()
        pipes = PipePair(source, sink, os.open(os.devnull, os.O_RDONLY), "192.0.2.1")
        seen = Seen()
        SocketTransport(self.loop, self.poller, pipes, seen, pipes.sink)
        return seen, entry, outlet

    async def read(self, theirs: socket.socket, size: int) -> bytes:
        """Read so much, or up to the end, which is a reset where something was not read."""
        data = b""
        with suppress(ConnectionResetError):
            while len(data) < size and (more := await self.loop.sock_recv(theirs, 1 << 16)):
                data += more
        return data

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Let the loop turn until something is so."""
        async with asyncio.timeout(PATIENCE_S):
            while not is_so():
                await asyncio.sleep(0)


def run(test: Callable[[Place], Any]) -> None:
    """Run a test on a loop."""

    async def _run() -> None:
        place = Place()
        await asyncio.wait_for(test(place), PATIENCE_S)
        assert not place.faults

    asyncio.run(_run())
