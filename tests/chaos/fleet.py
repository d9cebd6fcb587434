"""
A fleet of real programs: a broker or two joined by a bridge, workers with a home each, and gateways.

Knows how each of them is killed and comes back, as a supervisor would have it; not what is said.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.chaos.connections import Connection
from tests.chaos.points import Point
from tests.support.brokers import Mosquitto
from tests.support.gateways import Gateway
from tests.support.patience import PATIENCE_S
from tests.support.scratch import Scratch
from tests.support.workers import Worker

_LOOK_S = 0.02
_GATEWAYS = 2


class Fleet:
    """
    The programs and the charge points.

    Args:
        folder: Where all files are.
        workers: How many there are.
        points: The charge points.
        chance: Says what is killed.
        is_bridged: Workers have a broker of their own, which a bridge joins to that of the gateways.
    """

    def __init__(
        self, folder: Path, workers: int, points: list[Point], chance: random.Random, is_bridged: bool = False
    ) -> None:
        self.points = points
        self.killed: list[str] = []
        self._chance = chance
        self._folder = folder
        self.brokers = [Mosquitto(folder / "broker", is_lasting=True)]
        if is_bridged:
            self.brokers.insert(0, Mosquitto(folder / "outer", *_bridge_to(self.brokers[0]), is_lasting=True))
        self.workers = [
            Worker(self._home(f"worker-{number}"), self.brokers[-1].url, "--worker", f"{number}/{workers}")
            for number in range(1, workers + 1)
        ]
        self.gateways = [Gateway(self._home(f"gateway-{number}"), self.brokers[0].url) for number in range(_GATEWAYS)]
        ports = [gateway.port for gateway in self.gateways]
        self._connections = {
            point: Connection(point.identity, ports if number % 2 else ports[::-1])
            for number, point in enumerate(points)
        }

    def _home(self, name: str) -> Scratch:
        (self._folder / name).mkdir()
        return Scratch(self._folder / name, SHOCPP_TRANSACTION_ID="wh")

    def kill_any(self) -> None:
        """Kill something, workers above all."""
        self.kill(self._chance.choice(["worker", "worker", "gateway", "broker"]))

    def kill(self, what: str) -> None:
        """Kill a worker, a gateway or a broker, and have it come back."""
        self.killed.append(what)
        if what == "broker":
            broker = self._chance.choice(self.brokers)
            broker.kill()
            broker.start()
        else:
            programs: list[Worker | Gateway] = [*(self.workers if what == "worker" else self.gateways)]
            self._chance.choice(programs).kill()
        self.supervise()

    def supervise(self) -> None:
        """Start what has ended, as a service manager does."""
        programs: list[Worker | Gateway] = [*self.workers, *self.gateways]
        for program in programs:
            if program.process.poll() is not None:
                program.begin()

    def turn(self) -> None:
        """Let each charge point send what it wants to, and take what has come for it."""
        now = time.monotonic()
        for point, connection in self._connections.items():
            for frame in point.frames(now):
                connection.send(frame)
            for frame in connection.frames():
                point.take(frame)
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
        programs: list[Gateway | Worker | Mosquitto] = [*self.gateways, *self.workers, *self.brokers]
        for program in programs:
            program.kill()
        for connection in self._connections.values():
            connection.close()


def _bridge_to(inner: Mosquitto) -> list[str]:
    """Give the lines of a broker's configuration that join it to another one, at which the workers are."""
    return [
        "connection fleet",
        f"address 127.0.0.1:{inner.port}",
        "bridge_protocol_version mqttv50",
        "cleansession false",
        "notifications false",
        "restart_timeout 1",
        "topic ocpp/cp/# out 1",
        "topic ocpp/status/# out 1",
        "topic ocpp/error/# out 1",
        "topic ocpp/cs/# in 1",
    ]


@contextmanager
def fleet(
    folder: Path, workers: int, points: list[Point], chance: random.Random, is_bridged: bool = False
) -> Iterator[Fleet]:
    """Run a fleet for a while."""
    made = Fleet(folder, workers, points, chance, is_bridged)
    try:
        yield made
    finally:
        made.close()
