"""The small size of ``python3 -m tests.chaos MINUTES``: what was confirmed is booked once, whoever is killed."""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path

from tests.chaos.fleet import Fleet, fleet
from tests.chaos.points import Point
from tests.support.patience import until


def turned(played: Fleet, stops: int) -> bool:
    """Let everybody go on; tell whether so many stops are confirmed."""
    played.supervise()
    played.turn()
    return len(played.confirmed()) >= stops


def test_whatever_dies(tmp_path: Path) -> None:
    """While workers, gateways and the broker are killed, each confirmed stop has one record, and all are confirmed."""
    points = [Point(f"CP{number}", random.Random(number), 5) for number in range(6)]
    with fleet(tmp_path, 2, points, random.Random(4)) as played:
        for stops, what in ((4, "worker"), (10, "broker"), (16, "gateway"), (22, "worker")):
            until(partial(turned, played, stops), f"{stops} stops to be confirmed")
            played.kill(what)
        until(partial(turned, played, 30), "all stops to be confirmed")
        assert played.records() == played.confirmed()
