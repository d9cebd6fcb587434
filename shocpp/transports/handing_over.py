"""
A backend that websocketd has started hands its stdin and stdout to a listener that serves many, and waits for the end.

It is started for every connection, so it imports next to nothing, and what waits is no Python any more.

Source: unix(7) SCM_RIGHTS; websocketd's CGI variables (RFC 3875)
"""

from __future__ import annotations

import os
import sys
from _socket import SCM_RIGHTS, SOL_SOCKET, socket  # ``socket`` takes half as long as all else here

from shocpp.settings import HAND_OVER_DESCRIPTOR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import MutableMapping

VARIABLES = ("REQUEST_URI", "HTTP_AUTHORIZATION", "HTTP_ORIGIN", "SERVER_NAME", "REMOTE_ADDR")
DESCRIPTORS = 3  # stdin, stdout, and what is closed when both are done with
_WAITING = ("cat",)  # reads what never comes, in a tenth of a Python's memory


def hand_over(environ: MutableMapping[str, str]) -> bool:
    """
    Hand stdin and stdout over, if a listener that takes them has started us; return when they are done with.

    Args:
        environ: The environment; loses the variable with the descriptor of the listener's socket.

    Returns:
        Whether they were handed over; if not, all is as it was.
    """
    descriptor = environ.pop(HAND_OVER_DESCRIPTOR, "")
    if not descriptor:
        return False
    waiting, held = os.pipe()
    if not _send(descriptor, environ, held):
        os.close(waiting)
        os.close(held)
        return False
    os.close(held)
    _wait(waiting)
    return True


def _send(descriptor: str, environ: MutableMapping[str, str], held: int) -> bool:
    """Send our descriptors and what is known of the peer; False if nobody takes them."""
    said = b"\0".join(os.fsencode(f"{name}={environ[name]}") for name in VARIABLES if name in environ)
    rights = b"".join(each.to_bytes(4, sys.byteorder) for each in (0, 1, held))
    try:
        listener = socket(fileno=int(descriptor))
    except (OSError, ValueError, OverflowError):
        return False
    try:
        listener.sendmsg([said], [(SOL_SOCKET, SCM_RIGHTS, rights)])
    except OSError:  # it has gone, or what the peer says of itself is too long
        return False
    finally:
        listener.close()
    return True


def _wait(waiting: int) -> None:
    """Wait until the other end of a pipe is closed, and hold neither our stdin nor our stdout meanwhile."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(waiting, 0)
    os.dup2(nowhere, 1)
    try:
        os.execvp(_WAITING[0], _WAITING)  # noqa: S606 - no shell, nothing from the network
    except OSError:
        os.read(0, 1)
