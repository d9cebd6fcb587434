"""
The port that charge points connect to: sockets bound to it, or in one sentence why there are none.

Binds and does not listen: whoever shall accept connections does that, so that none is accepted by mistake.
"""

from __future__ import annotations

import errno
import socket

from shocpp.errors import NotPermittedError, ShocppError, UnavailableError, UsageError


def bind(address: str, port: int, settings: str = "WS") -> list[socket.socket]:
    """
    Give a socket for each address that a name stands for, bound to the port.

    Args:
        address: An address or a name; empty for all addresses of this machine.
        port: The port.
        settings: How the names of the settings begin that say both.

    Raises:
        UnavailableError: Somebody listens there already.
        NotPermittedError: The port is not for this user.
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
        close(sockets)
        raise _explained(error, address, port, settings) from None
    return sockets


def see_that_it_is_free(address: str, port: int) -> None:
    """
    See that another program can listen on a port, before it is started.

    Raises:
        ShocppError: It cannot; the same as ``bind`` says.
    """
    close(bind(address, port))


def close(sockets: list[socket.socket]) -> None:
    """Close sockets."""
    for each in sockets:
        each.close()


def _explained(error: OSError, address: str, port: int, settings: str) -> ShocppError:
    if error.errno == errno.EADDRINUSE:
        return UnavailableError(f"port {port} is in use; end what listens there or choose another {settings}_PORT")
    if error.errno == errno.EACCES:
        return NotPermittedError(f"port {port} is not for this user; choose a {settings}_PORT above 1023")
    return UsageError(f"cannot listen on {address!r}: {error.strerror}; see {settings}_ADDRESS")
