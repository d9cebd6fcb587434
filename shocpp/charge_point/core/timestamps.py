"""Times as the wire writes them, and as a charge point counts them: seconds since the epoch."""

from __future__ import annotations

from datetime import UTC, datetime

from shocpp.times import parse, utc


def stamp(now_s: float) -> str:
    """
    Write a time.

    >>> stamp(1_767_225_600.0)
    '2026-01-01T00:00:00Z'
    """
    return utc(datetime.fromtimestamp(now_s, UTC))


def seconds(value: object) -> float | None:
    """
    Read a time; None if it is none.

    >>> seconds("2026-01-01T00:00:00Z"), seconds(None)
    (1767225600.0, None)
    """
    time = parse(value)
    return None if time is None else time.timestamp()
