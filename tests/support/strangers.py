"""Connections that somebody opens below WebSocket, to send what no charge point would."""

from __future__ import annotations

import socket

from tests.support.listening import Listener
from tests.support.patience import PATIENCE_S


def stranger(listener: Listener, data: bytes = b"") -> socket.socket:
    """Connect and send some bytes."""
    made = socket.create_connection(("127.0.0.1", listener.port), PATIENCE_S)
    made.sendall(data)
    return made


def is_closed(connected: socket.socket) -> bool:
    """Tell whether the other end hangs up without having anything to say."""
    try:
        return connected.recv(1) == b""
    except ConnectionResetError:
        return True
