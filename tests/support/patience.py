"""
How long tests wait: the one place for it.

A test waits for a condition and goes on as soon as it holds, so that patience costs nothing but where something is
wrong. What must be fast is a ratio in tests/bench.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

PATIENCE_S = 60.0  # what is waited for takes milliseconds, on a busy machine a few seconds
SOON_S = 10.0  # for what is done at once, where the alternative is to wait for a limit of PATIENCE_S
_LOOK_S, _SELDOM_S = 0.002, 0.05  # from one look to the next: at first, and where it takes long
_A_TEST = timedelta(seconds=30)  # is the longest that looks into the month in which it booked
_ZONES = [timedelta(minutes=15 * number) for number in range(-12 * 4, 14 * 4 + 1)]
_PART = 20  # the next look comes after this part of the time that was waited so far: nothing is seen more than 5 % late


def until(condition: Callable[[], object], what: str) -> None:
    """
    Wait until a condition holds.

    Args:
        condition: Is asked again and again.
        what: What is waited for, in words.

    Raises:
        AssertionError: It does not hold after ``PATIENCE_S``.
    """
    began = time.monotonic()
    while not condition():
        waited_s = time.monotonic() - began
        assert waited_s < PATIENCE_S, f"waited in vain for {what}"
        time.sleep(min(max(_LOOK_S, waited_s / _PART), _SELDOM_S))


def longer_and_longer(seconds: float) -> Iterator[float]:
    """
    Give times for what is to give up, but not before something has happened: each is four times the one before.

    Args:
        seconds: The first one, which is enough as a rule.

    Raises:
        AssertionError: None below ``PATIENCE_S`` was enough.
    """
    while seconds < PATIENCE_S:
        yield seconds
        seconds *= 4
    raise AssertionError("it gave up too early each time")


def until_the_month_stays() -> None:
    """Wait where a month is about to end, in whatever zone: what is booked now is looked for in the same month."""

    def stays() -> bool:
        now = datetime.now(UTC)
        return all((now + zone).month == (now + _A_TEST + zone).month for zone in _ZONES)

    until(stays, "the next month")
