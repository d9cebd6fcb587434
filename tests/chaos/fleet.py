"""
A fleet of real programs: a broker, workers with a home each, and two gateways that charge points speak through.

Knows how each of them is killed and comes back, as a supervisor would have it; not what is said.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.chaos.points import Point
from tests.support.brokers import Emqx, Mosquitto
from tests.support.patience import PATIENCE_S
from tests.support.scratch import Scratch
from tests.support.workers import Worker

_LOOK_S = 0.02


class Fleet:
    """
    The programs and the charge points.

    Args:
        folder: Where all files are.
        workers: How many there are.
        points: The charge points.
        chance: Says what is killed.
    """

    def __init__(self, folder: Path, workers: int, points: list[Point], chance: random.Random) -> None:
        self.points = points
        self.killed: list[str] = []
        self._chance = chance
        self._by_name = {point.identity: point for point in points}
        self._broker = Mosquitto(folder / "broker", is_lasting=True)
        self.workers: list[Worker] = []
        for number in range(1, workers + 1):
            home = folder / f"home-{number}"
            home.mkdir()
            scratch = Scratch(home, SHOCPP_TRANSACTION_ID="wh")
            self.workers.append(Worker(scratch, self._broker.url, "--worker", f"{number}/{workers}"))
        self._names = [[point.identity for point in points[half::2]] for half in (0, 1)]
        self._gateways = [self._gateway(names) for names in self._names]

    def _gateway(self, names: list[str]) -> Emqx:
        return Emqx(self._broker.port, *names)

    def kill_any(self) -> None:
        """Kill something, workers above all."""
        self.kill(self._chance.choice(["worker", "worker", "gateway", "broker"]))

    def kill(self, what: str) -> None:
        """Kill a worker, a gateway or the broker, and have it come back."""
        self.killed.append(what)
        if what == "worker":
            self._chance.choice(self.workers).kill()
        elif what == "gateway":
            number = self._chance.randrange(2)
            self._gateways[number].close()
            self._gateways[number] = self._gateway(self._names[number])
        else:
            self._broker.kill()
            self._broker.start()
        self.supervise()

    def supervise(self) -> None:
        """Start what has ended, as a service manager does."""
        for worker in self.workers:
            if worker.process.poll() is not None:
                worker.begin()

    def turn(self) -> None:
        """Let each charge point send what it wants to, and take what has come for it."""
        now = time.monotonic()
        for gateway, names in zip(self._gateways, self._names, strict=True):
            for name in names:
                for frame in self._by_name[name].frames(now):
                    gateway.send_soon(name, frame)
            while not gateway.down.empty():
                topic, frame = gateway.receive()
                self._by_name[topic.rpartition("/")[2]].take(frame)
        time.sleep(_LOOK_S)

    def records(self) -> dict[tuple[str, int], list[int]]:
        """Give the Wh of all records of all homes, merged by their names, by charge point and transaction id."""
        merged = {name: record for worker in self.workers for name, record in worker.scratch.records().items()}
        found: dict[tuple[str, int], list[int]] = {}
        for record in merged.values():
            key = (record["charge_point"], record["transaction_id"])
            found.setdefault(key, []).append(record["consumed_wh"])
        return found

    def confirmed(self) -> dict[tuple[str, int], list[int]]:
        """Give the Wh of all charges whose stops were confirmed, in the same form."""
        return {(point.identity, number): [wh] for point in self.points for number, wh in point.confirmed.items()}

    def finish(self) -> None:
        """Let all charge points end what they have begun."""
        for point in self.points:
            point.finish()
        deadline = time.monotonic() + PATIENCE_S
        while not all(point.is_done for point in self.points):
            self.supervise()
            self.turn()
            left = [point.identity for point in self.points if not point.is_done]
            assert time.monotonic() < deadline, f"not confirmed in the end: {left}"

    def close(self) -> None:
        """End all programs."""
        for gateway in self._gateways:
            gateway.close()
        for worker in self.workers:
            worker.kill()
        self._broker.kill()


@contextmanager
def fleet(folder: Path, workers: int, points: list[Point], chance: random.Random) -> Iterator[Fleet]:
    """Run a fleet for a while."""
    made = Fleet(folder, workers, points, chance)
    try:
        yield made
    finally:
        made.close()
