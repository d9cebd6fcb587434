"""What silence means, for every transport: a frame is not going to be finished, and then that nobody is there."""

from __future__ import annotations

UNFINISHED_S = 1.0  # after this much silence an unfinished frame is not going to be finished
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
