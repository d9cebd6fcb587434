"""
New connections as the system hands them over: some at a time, and none for a moment while it has no files for them.

A server of asyncio would do with TLS what is to be counted first, and with every file in use log a traceback hundreds
of times a second. What is made of a connection is its owner's business.
"""

from __future__ import annotations

import errno
import socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence

_BACKLOG = 512
_AT_A_TIME = 64  # before it is somebody else's turn
_PAUSE_S = 0.5  # until the next try while nothing is left
_QUIET_S = 60.0  # before that is said once more
_TCP = (socket.AF_INET, socket.AF_INET6)
_NOTHING_LEFT = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class Acceptor:
    """
    Accepts connections.

    Args:
        loop: Where they are served.
        sockets: Sockets to listen on; they are ours from now on.
        take: Takes a new connection's socket, which does not block.
        say: Takes a level and a line for the log.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        sockets: Sequence[socket.socket],
        take: Callable[[socket.socket], object],
        say: Callable[[str, str], None],
    ) -> None:
        self._loop = loop
        self._sockets = list(sockets)
        self._take = take
        self._say = say
        self._said = -_QUIET_S

    def start(self) -> None:
        """Accept connections from now on."""
        for each in self._sockets:
            each.setblocking(False)
            if each.family in _TCP:  # its connections have it from here: an answer waits for no other one
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            each.listen(_BACKLOG)
            self._loop.add_reader(each, self._accept, each)

    def close(self) -> None:
        """Accept no more."""
        for each in self._sockets:
            self._loop.remove_reader(each)
            each.close()
        self._sockets.clear()

    def _accept(self, listening: socket.socket) -> None:
        for _ in range(_AT_A_TIME):
            try:
                connected, _ = listening.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            except OSError as error:
                self._pause(listening, error)
                return
            connected.setblocking(False)
            self._take(connected)

    def _pause(self, listening: socket.socket, error: OSError) -> None:
        """Leave a socket alone for a moment; say why, but not each time."""
        self._loop.remove_reader(listening)
        self._loop.call_later(_PAUSE_S, self._go_on, listening)
        if self._loop.time() - self._said >= _QUIET_S:
            self._said = self._loop.time()
            limit = "; raise the limit of open files (LimitNOFILE)" if error.errno in _NOTHING_LEFT else ""
            self._say("ERROR", f"no connection can be accepted: {error.strerror}{limit}; tried again and again")

    def _go_on(self, listening: socket.socket) -> None:
        if listening in self._sockets:
            self._loop.add_reader(listening, self._accept, listening)
