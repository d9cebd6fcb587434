"""
Connections that websocketd has accepted, as its processes hand them over: their descriptors, and who connects.

``handing_over`` is the other end. What is made of a connection is its owner's business.
"""

from __future__ import annotations

import os
import socket

from shocpp.transports.embedded.pipe_pair import PipePair
from shocpp.transports.embedded.socket_transport import SocketTransport
from shocpp.transports.handing_over import DESCRIPTORS

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from shocpp.transports.connections.piped_connection import PipedConnection
    from shocpp.transports.embedded.poller import Poller

_LONGEST = 1 << 18  # bytes that are said of a peer: more than the kernel sends at once
_AT_A_TIME = 64  # before it is somebody else's turn


class HandedOver:
    """
    Takes connections.

    Args:
        loop: Where they are served.
        source: The socket over which they come; it is ours from now on.
        poller: Tells when there is something to read.
        make: Makes a connection of websocketd's CGI variables.
        ended: Is called when nobody is left who could hand one over.
        say: Takes a level and a line for the log.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        source: socket.socket,
        poller: Poller,
        make: Callable[[dict[str, str]], PipedConnection],
        ended: Callable[[], None],
        say: Callable[[str, str], None],
    ) -> None:
        self._loop = loop
        self._source = source
        self._poller = poller
        self._make = make
        self._ended = ended
        self._say = say

    def start(self) -> None:
        """Take connections from now on."""
        self._source.setblocking(False)
        self._loop.add_reader(self._source, self._receive)

    def close(self) -> None:
        """Take no more."""
        self._loop.remove_reader(self._source)
        self._source.close()

    def _receive(self) -> None:
        for _ in range(_AT_A_TIME):
            try:
                said, descriptors, _, _ = socket.recv_fds(self._source, _LONGEST, DESCRIPTORS)
            except BlockingIOError:
                return
            if not said and not descriptors:
                self._loop.remove_reader(self._source)
                self._ended()
                return
            if len(descriptors) == DESCRIPTORS:
                self._connect(_variables(said), *descriptors)
                continue
            for each in descriptors:  # the kernel could not give us all of them
                os.close(each)
            self._say("ERROR", "no connection can be taken over: too many open files (LimitNOFILE)")

    def _connect(self, variables: dict[str, str], source: int, sink: int, held: int) -> None:
        pipes = PipePair(source, sink, held, variables.get("REMOTE_ADDR", ""))
        SocketTransport(self._loop, self._poller, pipes, self._make(variables), pipes.sink)


def _variables(said: bytes) -> dict[str, str]:
    return dict(os.fsdecode(each).partition("=")[::2] for each in said.split(b"\0") if each)
