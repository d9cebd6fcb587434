"""
Times as they are written on the wire and in records: ISO 8601, UTC, whole seconds.

Has what a backend needs of ``datetime``, too: until Python 3.12 all of that is there in Python as well, and read.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import UTC, datetime, timedelta
else:
    try:
        from _datetime import UTC, datetime, timedelta
    except ImportError:
        from datetime import UTC, datetime, timedelta

__all__ = ("UTC", "datetime", "from_epoch", "on_the_wall", "parse", "timedelta", "utc")


def from_epoch(seconds: float) -> datetime:
    """
    Give the time so many seconds after the epoch.

    >>> utc(from_epoch(1_767_225_600.5))
    '2026-01-01T00:00:00Z'
    """
    return datetime.fromtimestamp(seconds, UTC)


def parse(value: object) -> datetime | None:
    """
    Read a time as UTC, or give None; without a zone it is taken for UTC.

    >>> parse("2023-09-03T09:52:10+02").isoformat()
    '2023-09-03T07:52:10+00:00'
    >>> parse("soon") is None, parse("") is None, parse(None) is None
    (True, True, True)
    """
    if not isinstance(value, str) or not 10 <= len(value) <= 40:
        return None
    try:
        time = datetime.fromisoformat(value.strip().upper())
        if time.tzinfo is UTC:
            return time
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def utc(time: datetime) -> str:
    """
    Write a time the way every charge point reads it.

    >>> utc(datetime(2026, 1, 1, tzinfo=UTC))
    '2026-01-01T00:00:00Z'
    """
    if time.tzinfo is not UTC:
        time = time.astimezone(UTC)
    day = (time.year, time.month, time.day)
    return "%04d-%02d-%02dT%02d:%02d:%02dZ" % (*day, time.hour, time.minute, time.second)  # noqa: UP031 - see below


def on_the_wall(time: datetime) -> str:
    """
    Write a time to the second as the clocks of its zone show it.

    A third of what ``isoformat`` takes, which goes by way of an offset; as an f-string it would take twice the time.

    >>> on_the_wall(datetime(2026, 1, 1, 12, 30))
    '2026-01-01 12:30:00'
    """
    day = (time.year, time.month, time.day)
    return "%04d-%02d-%02d %02d:%02d:%02d" % (*day, time.hour, time.minute, time.second)  # noqa: UP031 - as said
