"""Play fifty charge points while everything dies again and again: ``python3 -m tests.chaos MINUTES [bridge]``."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.chaos.fleet import fleet
from tests.chaos.points import Point

_POINTS, _WORKERS = 50, 3
_EVERY_S = (0.5, 2.0)  # seconds between two kills


def main(minutes: float, is_bridged: bool = False) -> int:
    """Play, with one broker or two; say what was found, and give the exit status."""
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    points = [Point(f"CP{number:03}", random.Random(seed + number), 1_000_000) for number in range(_POINTS)]
    with (
        tempfile.TemporaryDirectory() as folder,
        fleet(Path(folder), _WORKERS, points, chance, is_bridged) as played,
    ):
        end, due = time.monotonic() + 60 * minutes, 0.0
        while time.monotonic() < end:
            if time.monotonic() >= due:
                played.kill_any()
                due = time.monotonic() + chance.uniform(*_EVERY_S)
            played.supervise()
            played.turn()
        played.finish()
        records, confirmed = played.records(), played.confirmed()
        total = sum(wh for each in confirmed.values() for wh in each)
        print(f"killed: {dict(Counter(played.killed))}")
        print(f"stops confirmed: {len(confirmed)}, records: {sum(map(len, records.values()))}, {total} Wh confirmed")
        if records == confirmed:
            return 0
        odd = {key: (records.get(key), confirmed.get(key)) for key in records.keys() | confirmed.keys()}
        print({key: found for key, found in odd.items() if found[0] != found[1]})
        return 1


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), sys.argv[2:] == ["bridge"]))
