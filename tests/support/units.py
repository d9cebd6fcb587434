"""
What work costs, told so that it does not matter how fast a machine is, or what else it does.

The unit is the processor time that Python takes to read a MiB of JSON, some 10 to 20 ms. What else a machine does may
add to processor time, never take from it: so the least of some tries is what counts.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import cache

from tests.support.hostile_lines import MIB

_TRIES = 5


def cost_s(work: Callable[[], object]) -> float:
    """Do a piece of work; give the seconds of processor time that this thread took for it."""
    began = time.thread_time()
    work()
    return time.thread_time() - began


def least_units(cost: Callable[[], float], enough: float) -> float:
    """
    Give what a piece of work costs, in units.

    Args:
        cost: Does it, and gives what it cost in seconds of processor time.
        enough: In units; once it costs no more than that, it is not tried again.
    """
    least = float("inf")
    for _ in range(_TRIES):
        least = min(least, cost() / _unit_s())
        if least <= enough:
            break
    return least


@cache
def _unit_s() -> float:
    """Give the seconds that Python takes to read a MiB of whole numbers."""
    text = f"[{'1,' * (MIB // 2)}1]"
    return min(cost_s(lambda: json.loads(text)) for _ in range(5))
