"""
Listening sockets: our own, or those that systemd opened before us and keeps open while we are restarted.

Source: sd_listen_fds(3)
"""

from __future__ import annotations

import errno
import os
import socket

from shocpp.errors import NotPermittedError, UnavailableError, UsageError

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


def listening(address: str, port: int) -> list[socket.socket]:
    """
    Open a socket for each address that a name stands for.

    Raises:
        UnavailableError: Somebody listens there already.
        NotPermittedError: The port is not for us.
        UsageError: There is no such address here.
    """
    sockets: list[socket.socket] = []
    try:
        for family, kind, protocol, _, where in dict.fromkeys(
            socket.getaddrinfo(address or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        ):
            made = socket.socket(family, kind, protocol)
            sockets.append(made)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, len(sockets) > 1)
            made.bind(where)
    except OSError as error:
        for each in sockets:
            each.close()
        raise _explained(error, address, port) from None
    return sockets


def name_of(listening: socket.socket) -> str:
    """Say where a socket listens: address and port, as in a URL."""
    where = listening.getsockname()
    if listening.family == socket.AF_INET6:
        return f"[{where[0]}]:{where[1]}"
    return f"{where[0]}:{where[1]}" if isinstance(where, tuple) else str(where)


def _explained(error: OSError, address: str, port: int) -> Exception:
    if error.errno == errno.EADDRINUSE:
        return UnavailableError(f"port {port} is in use; end what listens there or choose another WS_PORT")
    if error.errno == errno.EACCES:
        return NotPermittedError(f"port {port} is not for this user; choose a WS_PORT above 1023")
    return UsageError(f"cannot listen on {address!r}: {error.strerror}; see WS_ADDRESS")
