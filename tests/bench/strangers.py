"""
How long it takes until somebody with a wrong password is refused: the same for names that exist and names that do not.

    python -m tests.bench.strangers           fifty attempts each
    python -m tests.bench.strangers 200

Printed beside the first: the least of all attempts, since what else runs only ever adds to it, and the median.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from shocpp.admission import passwords
from tests.support.listening import listening

LISTED = {"one-hash": ["first"], "two-hashes": ["first", "second"]}


def taken_s(attempts: int) -> dict[str, list[float]]:
    """Knock at a real listener under names in turns; give the times until the refusals by name."""
    times: dict[str, list[float]] = {**{name: [] for name in LISTED}, "nobody": []}
    with tempfile.TemporaryDirectory() as folder, listening(Path(folder)) as listener:
        entries = [{"identity": name, "passwords": [passwords.make(each) for each in LISTED[name]]} for name in LISTED]
        Path(folder, "conf/charge-points.json").write_text(json.dumps(entries))
        for number in range(attempts):
            for identity, taken in times.items():
                began = time.perf_counter()
                status = listener.status_of(f"/{identity}", user=identity, password=f"wrong-{number}")
                taken.append(time.perf_counter() - began)
                if status != 401:
                    raise RuntimeError(f"{identity} got {status}")
    return times


def main(attempts: int = 50) -> None:
    """Print a line for each name."""
    times = taken_s(attempts)
    first = next(iter(times.values()))
    for identity, taken in times.items():
        least, median = min(taken), statistics.median(taken)
        print(
            f"{identity:12} least {least * 1e3:6.1f} ms, ratio {least / min(first):.2f}   "
            f"median {median * 1e3:6.1f} ms, ratio {median / statistics.median(first):.2f}"
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
