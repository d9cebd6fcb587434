"""
Ports of the loopback for programs that listen: held, so that no other program gets one, nor a connection that is made
from whatever port is free.

A port is held by a socket that is bound and does not listen. A program that sets SO_REUSEADDR, as all that listen do,
binds it beside that socket; a second one that wants to listen is refused as ever.

Source: ip(7), socket(7); Linux gives a bound port to no bind to port 0 and to no connect that chooses a port
"""

from __future__ import annotations

import socket
from collections import deque

_MOST_HELD = 200  # more than one test needs, fewer than a process may have open files
_held: deque[socket.socket] = deque()


def held_port() -> int:
    """Give a port that nobody uses; it stays ours until this process ends or has taken so many more."""
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    _held.append(holder)
    if len(_held) > _MOST_HELD:
        _held.popleft().close()
    return int(holder.getsockname()[1])


def is_listening(port: int) -> bool:
    """Tell whether somebody listens on a port of the loopback."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
