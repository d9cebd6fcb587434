"""What a charge point wants done, in order: values that whoever drives it performs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Send:
    """Send a message; ``data`` is one message of the wire, mostly one line of JSON, with a quirk anything."""

    data: bytes


@dataclass(frozen=True, slots=True)
class HangUp:
    """Drop the connection, and come back after ``away_s`` seconds of the charge point's time."""

    away_s: float


@dataclass(frozen=True, slots=True)
class Return:
    """Connect again, now; whoever is connected stays so."""


Output = Send | HangUp | Return
