"""
What a frame costs over a broker: CPU of the worker and of mosquitto, beside the embedded listener's, in turns.

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
from typing import Any

from tests.bench.listener import EMBEDDED, FRAMES_A_CHARGE, cpu_us
from tests.bench.load import Script, charges
from tests.bench.processes import cpu_s
from tests.support.brokers import Emqx, as_emqx, mosquitto
from tests.support.workers import Worker, working

_POINTS = 50


class Figures:
    """Of one run: CPU of a frame in microseconds, and frames a second."""

    def __init__(self, worker_us: float, broker_us: float, frames_s: float) -> None:
        self.worker_us = worker_us
        self.broker_us = broker_us
        self.frames_s = frames_s


class _Points:
    """Charge points that go through their scripts, each with one message outstanding."""

    def __init__(self, charge_points: Emqx, scripts: dict[str, Script]) -> None:
        self.frames = 0
        self._charge_points = charge_points
        self._scripts = scripts
        for name in list(scripts):
            self._say(name, next(scripts[name]))

    def run(self, frames: float = float("inf")) -> None:
        """Go on until so many frames were answered, or all scripts have ended."""
        while self._scripts and self.frames < frames:
            topic, answer = self._charge_points.receive()
            name = topic.rpartition("/")[2]
            self.frames += 1
            try:
                self._say(name, self._scripts[name].send(answer[2]))
            except StopIteration:
                del self._scripts[name]

    def _say(self, name: str, call: tuple[str, Any]) -> None:
        self._charge_points.send_soon(name, [2, str(self.frames), *call])


def measured(folder: Path, workers: int, sessions: int) -> Figures:
    """Measure workers that share fifty charge points."""
    names = [f"CP{number:03}" for number in range(_POINTS)]
    with ExitStack() as stack:
        broker = stack.enter_context(mosquitto(folder / "broker"))
        there: list[Worker] = []
        for number in range(1, workers + 1):
            options = ["--worker", f"{number}/{workers}"]
            there.append(stack.enter_context(working(folder / f"home-{number}", broker.url, options)))
        charge_points = stack.enter_context(as_emqx(broker.port, *names))
        scripts = {name: charges(number, 1 + sessions) for number, name in enumerate(names)}
        points = _Points(charge_points, scripts)
        points.run(_POINTS * FRAMES_A_CHARGE)  # started, warm
        pids = [worker.process.pid for worker in there]
        before, done, began = (cpu_s(pids), cpu_s([broker.process.pid])), points.frames, time.monotonic()
        points.run()
        frames = points.frames - done
        worker_s, broker_s = cpu_s(pids) - before[0], cpu_s([broker.process.pid]) - before[1]
        return Figures(worker_s / frames * 1e6, broker_s / frames * 1e6, frames / (time.monotonic() - began))


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
        ("worker", statistics.median(each.worker_us for each in one)),
        ("two workers together", statistics.median(each.worker_us for each in two)),
        ("mosquitto", statistics.median(each.broker_us for each in one)),
    ):
        print(f"  CPU of a frame, {name:20} {value:7.0f} us   ratio {value / alone:5.2f}")
    for count, found in ((1, one), (2, two)):
        print(f"  frames a second, {count} workers   {statistics.median(each.frames_s for each in found):9.0f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
