"""
What a frame costs over a broker: CPU of gateway, worker and mosquitto, beside that of the embedded listener, in turns.

    python -m tests.bench.broker [ROUNDS] [CHARGES]

Fifty charge points make whole charges of eight frames, each with one message outstanding. CPU hardly depends on what
else the machine does; the frames a second that one worker serves, and two, do. Records go to a folder in memory.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.bench.listener import EMBEDDED, FRAMES_A_CHARGE, cpu_us
from tests.bench.load import ChargePoint, Load, charges
from tests.bench.processes import cpu_s, family
from tests.support.brokers import mosquitto
from tests.support.gateways import gateway
from tests.support.workers import working

_POINTS = 50


class Figures:
    """Of one run: CPU of a frame in microseconds, and frames a second."""

    def __init__(self, gateway_us: float, worker_us: float, broker_us: float, frames_s: float) -> None:
        self.gateway_us = gateway_us
        self.worker_us = worker_us
        self.broker_us = broker_us
        self.frames_s = frames_s


def measured(folder: Path, workers: int, sessions: int) -> Figures:
    """Measure a gateway and workers that share fifty charge points."""
    with ExitStack() as stack:
        broker = stack.enter_context(mosquitto(folder / "broker", "set_tcp_nodelay true"))
        worker_pids = []
        for number in range(1, workers + 1):
            home = folder / f"home-{number}"
            worker = stack.enter_context(working(home, broker.url, ["--worker", f"{number}/{workers}"]))
            worker_pids += family(worker.process.pid, str(home))
        made = stack.enter_context(gateway(folder / "gateway", broker.url))
        load = Load(made.port)
        stack.callback(load.close)
        scripts = [charges(number, 1 + sessions) for number in range(_POINTS)]
        points = [ChargePoint(f"/CP{number:03}", script) for number, script in enumerate(scripts)]
        load.connect(points)
        load.run(until=lambda: all(each.frames > FRAMES_A_CHARGE for each in points))  # started, warm
        groups = ([made.process.pid], worker_pids, [broker.process.pid])
        before, done, began = [cpu_s(pids) for pids in groups], sum(each.frames for each in points), time.monotonic()
        load.run()
        frames, took_s = sum(each.frames for each in points) - done, time.monotonic() - began
        gateway_us, worker_us, broker_us = [
            (cpu_s(pids) - earlier) / frames * 1e6 for pids, earlier in zip(groups, before, strict=True)
        ]
        return Figures(gateway_us, worker_us, broker_us, frames / took_s)


def main(rounds: int = 3, sessions: int = 40) -> None:
    """Print a line for each figure: the median of all rounds."""
    embedded: list[float] = []
    one: list[Figures] = []
    two: list[Figures] = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
            embedded.append(cpu_us(EMBEDDED, folder, sessions * FRAMES_A_CHARGE, _POINTS))
            for count, found in ((1, one), (2, two)):
                place = Path(folder, f"workers-{count}")
                place.mkdir()
                found.append(measured(place, count, sessions))
    alone = statistics.median(embedded)
    for name, value in (
        ("embedded listener", alone),
        ("gateway", statistics.median(each.gateway_us for each in one)),
        ("worker", statistics.median(each.worker_us for each in one)),
        ("gateway and worker", statistics.median(each.gateway_us + each.worker_us for each in one)),
        ("two workers together", statistics.median(each.worker_us for each in two)),
        ("mosquitto", statistics.median(each.broker_us for each in one)),
    ):
        print(f"  CPU of a frame, {name:20} {value:7.0f} us   ratio {value / alone:5.2f}")
    for count, found in ((1, one), (2, two)):
        print(f"  frames a second, {count} workers   {statistics.median(each.frames_s for each in found):9.0f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
