"""What strangers do before there is a WebSocket: they connect, and say little or nothing."""

from __future__ import annotations

from tests.hostile.attack import Attack

_HELLO = bytes.fromhex("16030100f8010000f40303") + bytes(60)  # how a ClientHello of 248 bytes begins


def connect(attack: Attack) -> None:
    """Connect and hang up."""
    attack.connect_plain().close()


def silent(attack: Attack) -> None:
    """Connect and say nothing: not even TLS begins."""
    attack.connect_plain()


def half_hello(attack: Attack) -> None:
    """Begin with TLS and stop in the middle of the first message."""
    attack.connect_plain(_HELLO)


def slow_handshake(attack: Attack) -> None:
    """Begin a request, under TLS where that is spoken, and never end it."""
    attack.connect(b"GET /CP1 HTTP/1.1\r\nHost: x\r\nX-Slow: ")
