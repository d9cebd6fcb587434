"""When a charge point that says nothing is taken for gone: the same for every transport."""

from __future__ import annotations

_LEAST_S = 300
_HEARTBEATS = 3


def longest_silence_s(heartbeat_interval_s: int) -> int:
    """
    Give the seconds of silence after which a connection is closed: three heartbeats, and at least five minutes.

    One that is there sends a heartbeat in each interval; one whose network is gone would hold its mailbox for ever.

    >>> longest_silence_s(55), longest_silence_s(600)
    (300, 1800)
    """
    return max(_LEAST_S, _HEARTBEATS * heartbeat_interval_s)
