"""
Sockets that systemd opened before us and keeps open while we are restarted, and what a socket is called.

Source: sd_listen_fds(3)
"""

from __future__ import annotations

import os
import socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_FIRST_HANDED = 3


def handed_over(environ: Mapping[str, str]) -> list[socket.socket]:
    """Give the sockets that were opened for this process; none if it was started in the usual way."""
    if environ.get("LISTEN_PID") != str(os.getpid()) or not environ.get("LISTEN_FDS", "").isdecimal():
        return []
    sockets = []
    for descriptor in range(_FIRST_HANDED, _FIRST_HANDED + int(environ["LISTEN_FDS"])):
        os.set_inheritable(descriptor, False)
        sockets.append(socket.socket(fileno=descriptor))
    return sockets


def name_of(listening: socket.socket) -> str:
    """Say where a socket listens: address and port, as in a URL."""
    where = listening.getsockname()
    if listening.family == socket.AF_INET6:
        return f"[{where[0]}]:{where[1]}"
    return f"{where[0]}:{where[1]}" if isinstance(where, tuple) else str(where)
