"""
A line of the journal as a value: one frame, in one direction, at one time; or an event, of which there is no frame.

Knows what a line looks like (docs/files.md); not which file it stands in, nor what the frame means.
"""

from __future__ import annotations

import json
import time

from shocpp.times import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

IN, OUT = "in", "out"
EVENT = "event"
BEGINNING = b'{"time":"'
LONGEST_LINE = 8 << 20  # bytes: a frame of 1 MiB of which each byte is written as \u0000, and then some

_encode = json.JSONEncoder(separators=(",", ":")).encode


class JournalEntry:
    """
    One frame that passed, or one event.

    Attributes:
        time: When, by our clock, aware.
        charge_point: Its identity; empty for the anonymous one.
        direction: ``IN`` from the charge point, ``OUT`` to it; ``EVENT`` for what is no frame.
        frame: The frame, parsed; a text for what was none; None for an event.
        line: The line itself, without its end.
    """

    __slots__ = ("charge_point", "direction", "frame", "line", "time")

    def __init__(self, time: datetime, charge_point: str, direction: str, frame: object, line: bytes = b"") -> None:
        self.time = time
        self.charge_point = charge_point
        self.direction = direction
        self.frame = frame
        self.line = line


def head(charge_point: str, direction: str) -> bytes:
    """Give what stands between the time and the frame in each line of one charge point and direction."""
    return f'","charge_point":{_encode(charge_point)},"direction":"{direction}","frame":'.encode()


def event(now: float, charge_point: str, tags: Sequence[str], data: Mapping[str, object]) -> bytes:
    """
    Give a line, with its end, that says what happened but is no frame.

    Args:
        now: Seconds since the epoch.
        charge_point: The identity that it is about.
        tags: What kind of event it is, the most general first.
        data: What is known of it.

    >>> event(0.25, "CP1", ("ocpp", "charger", "forbidden"), {"cp": "CP1"})[:69]
    b'{"time":"1970-01-01T00:00:00.250Z","charge_point":"CP1","tags":["ocpp'
    """
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
    at = f"{stamp}.{int(now % 1 * 1000):03d}Z"
    return f"{_encode({'time': at, 'charge_point': charge_point, 'tags': list(tags), 'data': dict(data)})}\n".encode()


def read(line: bytes) -> JournalEntry | None:
    """
    Read a line; None for one that is broken.

    A line to which half of another one sticks, because somebody was killed while writing that, is found behind it.

    >>> read(b'{"time":"2026-05-01T12:00:00.000Z","charge_point":"C","direction":"in","frame":"x"}').charge_point
    'C'
    >>> read(b'{"time":"2026-0{"time":"2026-05-01T12:00:00.000Z","charge_point":"C","direction":"in","frame":1}').frame
    1
    >>> read(b'{"time":"2026-05-01T12:00:00.000Z","charge_') is None
    True
    """
    line = line.strip(b"\r\n\x00 ")
    entry = _read(line)
    at = 0
    while entry is None and (at := line.find(BEGINNING, at + 1)) > 0:
        entry = _read(line[at:])
    return entry


def _read(line: bytes) -> JournalEntry | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    at, charge_point, direction = parse(value.get("time")), value.get("charge_point"), value.get("direction")
    if at is None or not isinstance(charge_point, str):
        return None
    if "tags" in value:
        return JournalEntry(at, charge_point, EVENT, None, line)
    if direction not in (IN, OUT) or "frame" not in value:
        return None
    return JournalEntry(at, charge_point, direction, value["frame"], line)
