"""
What work costs, told so that it does not matter how fast a machine is, or what else it does.

The unit is the processor time that Python takes to read a MiB of JSON, some 10 to 20 ms. What else a machine does may
add to processor time, never take from it: so the least of some tries is what counts. Each has a unit of its own, taken
right after it, since a core that is shared is slower for both.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from tests.support.hostile_lines import MIB

_QUARTER = f"[{'1,' * (MIB // 8)}1]"  # of a MiB of whole numbers
_TRIES = 10


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


def _unit_s() -> float:
    """Give the seconds that Python takes now to read a MiB of whole numbers."""
    return 4 * cost_s(lambda: json.loads(_QUARTER))
