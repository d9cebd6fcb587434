"""
A soak: many charge points charge while the listener is killed and networks are cut; nothing may be lost.

    python -m tests.soak                     500 charge points, ten minutes
    python -m tests.soak --minutes 1 --charge-points 100

At the end every stop was confirmed, and has exactly one record with its energy; nothing else was recorded.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.support.crowd import AT_THE_END_S, Charger, Crowd
from tests.support.listening import Listener
from tests.support.scratch import Scratch

_PAUSE_S = 4.0  # between two kills


def soak(home: Path, seconds: float, count: int, seed: int = 1) -> dict[str, int]:
    """
    Run it.

    Args:
        home: A folder for the listener.
        seconds: How long at least; it goes on until the listener was killed as often as it should be in that time, and
            until there are as many stops as charge points, however busy the machine is.
        count: How many charge points.
        seed: What chance is made of.

    Returns:
        How many stops were confirmed, how often the listener was killed and connections were cut.

    Raises:
        AssertionError: Something was lost, or is there twice, or a connection was lost that nobody had cut.
    """
    listener = Listener(Scratch(home))
    crowd = Crowd(count, listener.port)
    try:
        done = _disturb(listener, crowd, seconds, random.Random(seed))
        crowd.finish()
        assert listener.end() == 0
    finally:
        listener.process.kill()
        listener.process.wait()
    _compare(listener.scratch, crowd.chargers)
    lost = sum(charger.lost for charger in crowd.chargers)
    assert lost == 0, f"{lost} connections were lost that nobody had cut"
    return {**done, "stops": crowd.stops}


def _disturb(listener: Listener, crowd: Crowd, seconds: float, chance: random.Random) -> Counter[str]:
    """Kill the listener and cut connections while charge points charge; how often."""
    pause_s = min(_PAUSE_S, seconds / 4)
    kills = int(seconds / pause_s) - 1
    done = Counter[str](kills=0, cuts=0)
    began = time.monotonic()
    kill_at = began + pause_s
    while (now := time.monotonic()) < began + seconds or done["kills"] < kills or crowd.stops < len(crowd.chargers):
        assert now < began + seconds + AT_THE_END_S, f"only {crowd.stops} stops, {dict(done)}"
        if now >= kill_at:
            listener.process.kill()
            listener.process.wait()
            for charger in crowd.chargers:
                charger.doom()
            listener.start()
            done["kills"] += 1
            kill_at = time.monotonic() + pause_s * chance.uniform(0.5, 1.5)
        if crowd.serve():
            done["cuts"] += crowd.disturb(chance)
    return done


def _compare(scratch: Scratch, chargers: list[Charger]) -> None:
    """Hold what was confirmed against what was recorded."""
    confirmed = Counter((each.name, *stop) for each in chargers for stop in each.stops)
    recorded = Counter(
        (record["charge_point"], record["transaction_id"], record["end_wh"]) for record in scratch.records().values()
    )
    assert max(confirmed.values()) == 1
    lost, twice = confirmed - recorded, recorded - confirmed
    assert not lost, f"{len(lost)} confirmed stops without a record, such as {next(iter(lost))}"
    assert not twice, f"{len(twice)} records too many, such as {next(iter(twice))}"


def main() -> None:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--charge-points", type=int, default=500)
    parser.add_argument("--seed", type=int, default=time.time_ns())
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        print(soak(Path(folder), options.minutes * 60, options.charge_points, options.seed))
