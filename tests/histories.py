"""
Histories by the million, each held against the truth: what ``tests/test_truth.py`` has few of.

    python -m tests.histories                    a million steps, some 20 minutes of CPU
    python -m tests.histories --steps 20000
    python -m tests.histories --seed 7           the same histories once more

Prints how far it is. The first history that is billed otherwise than it was ends it: it is printed with as few steps as
show it, and what is wrong.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator

from tests.support.history import DRAWN_STEPS, REST, History, Step
from tests.support.worlds import METERS_WH, MOST, PLACES, UNITS, WORLDS

STEPS = 1_000_000
LENGTH = 200
_TELL = 100  # histories between two lines

Drawn = tuple[str, str, int, list[Step]]  # world, unit, reading of the meters, steps


def draw(seed: int) -> Iterator[Drawn]:
    """Draw histories without end; what chance is made of is their seed."""
    chance = random.Random(seed)
    steps = [name for name in DRAWN_STEPS if name != REST]
    while True:
        world, unit, meter_wh = chance.choice(WORLDS), chance.choice(UNITS), chance.choice(METERS_WH)
        drawn = [(chance.choice(steps), chance.choice(PLACES), chance.randrange(MOST)) for _ in range(LENGTH)]
        yield world, unit, meter_wh, drawn


def fault_of(world: str, unit: str, meter_wh: int, steps: list[Step]) -> str:
    """Say what is wrong in what is billed for a history; empty if nothing is."""
    try:
        History(world, unit, meter_wh).run(steps)
    except AssertionError as error:
        return str(error) or "an assertion"
    return ""


def shortest(world: str, unit: str, meter_wh: int, steps: list[Step]) -> list[Step]:
    """Leave steps out of a history with a fault as long as it has one."""
    size = len(steps) // 2
    while size:
        begin = 0
        while begin < len(steps):
            fewer = steps[:begin] + steps[begin + size :]
            if fault_of(world, unit, meter_wh, fewer):
                steps = fewer
            else:
                begin += size
        size //= 2
    return steps


def main() -> int:
    """Run it from the command line; 1 if a history was billed otherwise than it was."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--steps", type=int, default=STEPS)
    arguments.add_argument("--seed", type=int, default=time.time_ns())
    options = arguments.parse_args()
    print(f"seed {options.seed}", flush=True)
    taken = 0
    for number, drawn in enumerate(draw(options.seed), 1):
        fault = fault_of(*drawn)
        taken += LENGTH
        if fault or taken >= options.steps or number % _TELL == 0:
            print(f"{taken} steps, {number} histories, {time.process_time():.0f} s of CPU", flush=True)
        if fault:
            world, unit, meter_wh, steps = drawn
            steps = shortest(world, unit, meter_wh, steps)
            print(f"{(world, unit, meter_wh, steps)}\n{fault_of(world, unit, meter_wh, steps)}")
            return 1
        if taken >= options.steps:
            break
    return 0


if __name__ == "__main__":
    sys.exit(main())
