"""A charge point as a filter: messages of the central system in on one descriptor, its own out on another."""

from __future__ import annotations

import os
import select

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.charge_point.links.link import Link

_CHUNK = 1 << 16


def run(link: Link, source: int = 0, sink: int = 1) -> None:
    """
    Serve until the input ends, the reader goes, or the script is over and all is said.

    A pipe cannot be dropped and taken up again: where the charge point hangs up it falls silent for a time, and
    what comes in then is lost.
    """
    rest = b""
    _write(sink, link.connected())
    while not link.is_over:
        readable, _, _ = select.select([source], [], [], link.wait_s())
        data = os.read(source, _CHUNK) if readable else None
        if data == b"":
            return
        if link.is_away:
            rest = b""
            link.advance()
            if link.may_return:
                _write(sink, link.connected())
            continue
        *lines, rest = (rest + (data or b"")).split(b"\n")
        for line in lines:
            _write(sink, link.receive(line))
        _write(sink, link.advance())
        if link.is_away:
            link.disconnected()


def _write(sink: int, messages: list[bytes]) -> None:
    for message in messages:
        data = message + b"\n"
        while data:
            data = data[os.write(sink, data) :]
