"""
What a durable stop costs the embedded listener: CPU of all its processes, beside that of other checkouts, in turns.

    python -m tests.bench.stops FOLDER [CHECKOUT ...]

Some charge points begin a charge each, and end it all at once: ten of them, then one alone. The listener is held while
they send, so that it finds all stops there. Counted is the CPU, user and system, from then to the last answer. Records
and run/ are below FOLDER, whose file system counts: what is synced there costs what it does on that disk.
"""

from __future__ import annotations

import argparse
import signal
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.bench.listener import EMBEDDED, ROOT, Server, serving
from tests.bench.load import ChargePoint, Load, Script, heartbeats, stamp
from tests.bench.processes import cpu_clock_s

TOGETHER = (10, 1)
WARM = 20  # rounds before the first that counts
Ids = dict[ChargePoint, object]


def stop_us(checkout: Path, folder: str, together: int, rounds: int) -> float:
    """Give the CPU of a stop in microseconds, where so many charge points send theirs at the same time."""
    with serving(EMBEDDED, folder, checkout) as (server, load):
        points = [ChargePoint(f"/CP{number:03}", heartbeats(1)) for number in range(together)]
        load.connect(points)
        load.run()
        taken_s = 0.0
        for turn in range(WARM + rounds):
            ids: Ids = {}
            _all_at_once(server, load, [(point, _start(point, turn, ids)) for point in points])
            pids = server.pids()
            before_s = cpu_clock_s(pids)
            _all_at_once(server, load, [(point, _stop(turn, ids[point])) for point in points])
            taken_s += cpu_clock_s(pids) - before_s if turn >= WARM else 0.0
        return taken_s / (rounds * together) * 1e6


def _all_at_once(server: Server, load: Load, scripts: Sequence[tuple[ChargePoint, Script]]) -> None:
    """Have charge points go on at the same time, and wait for all of them."""
    server.process.send_signal(signal.SIGSTOP)
    for point, script in scripts:
        load.resume(point, script)
    server.process.send_signal(signal.SIGCONT)
    load.run()


def _start(point: ChargePoint, turn: int, ids: Ids) -> Script:
    said = yield (
        "StartTransaction",
        {"connectorId": 1, "idTag": "1111", "meterStart": turn * 4_000, "timestamp": stamp(turn * 20)},
    )
    ids[point] = said["transactionId"]


def _stop(turn: int, transaction_id: object) -> Script:
    yield (
        "StopTransaction",
        {
            "transactionId": transaction_id,
            "idTag": "1111",
            "meterStop": turn * 4_000 + 3_500,
            "timestamp": stamp(turn * 20 + 10),
            "reason": "EVDisconnected",
        },
    )


def main(arguments: Sequence[str]) -> None:
    """Print a line for each checkout and number."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="on the file system that shall be measured")
    parser.add_argument("checkouts", nargs="*", type=Path, help="others, beside this one")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=100)
    options = parser.parse_args(arguments)
    checkouts = [ROOT, *(each.resolve() for each in options.checkouts)]
    for together in TOGETHER:
        found: dict[Path, list[float]] = {each: [] for each in checkouts}
        for _ in range(options.times):
            for each in checkouts:
                with tempfile.TemporaryDirectory(dir=options.folder) as folder:
                    found[each].append(stop_us(each, folder, together, options.rounds))
        for each, taken in found.items():
            median_us = statistics.median(taken)
            print(f"{together:3} at a time   {median_us:6.0f} us ({min(taken):.0f} to {max(taken):.0f})   {each}")


if __name__ == "__main__":
    main(sys.argv[1:])
