"""What a charge point wants done, in order: values that a driver performs."""

from __future__ import annotations


class Send:
    """Send a message; ``data`` is one message of the wire, mostly one line of JSON, with a quirk anything."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data


class HangUp:
    """Drop the connection, and come back after ``away_s`` seconds of the charge point's time."""

    __slots__ = ("away_s",)

    def __init__(self, away_s: float) -> None:
        self.away_s = away_s


class Return:
    """Connect again, now; whoever is connected stays so."""

    __slots__ = ()


Effect = Send | HangUp | Return
