"""What strangers who are let in do with frames: they begin them, and send what costs them nothing."""

from __future__ import annotations

import struct

from tests.bench.load import frame
from tests.hostile.attack import Attack
from tests.support.hostile_lines import MIB


def half_frame(attack: Attack) -> None:
    """Send a hundred bytes of a frame of four thousand."""
    attack.connect_as_stranger(b"\x81\xfe\x10\x00" + bytes(100))


def one_byte_short(attack: Attack) -> None:
    """Send a frame of 1 MiB but for its last byte."""
    attack.connect_as_stranger(struct.pack("!BBQ4x", 0x81, 0xFF, MIB) + bytes(MIB - 1))


def giant(attack: Attack) -> None:
    """Announce a frame of 2 GiB."""
    attack.connect_as_stranger(struct.pack("!BBQ4x", 0x81, 0xFF, 1 << 31))


def ping_flood(attack: Attack) -> None:
    """Send many pings and read no answer."""
    flooding = attack.connect_as_stranger()
    flooding.settimeout(0.2)
    for _ in range(100):
        flooding.sendall(frame(b"x", 9) * 2000)
