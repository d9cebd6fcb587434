"""A charge point and its central system in memory, and what the one sent to the other."""

from __future__ import annotations

from random import Random
from typing import Any

from shocpp.charge_point.core.charge_point import SimulatedChargePoint
from shocpp.charge_point.script import parser
from shocpp.charge_point.script.player import Player
from shocpp.ocpp.frames import Payload
from tests.support.coupled import BEGAN_S, CentralSystem, Coupling

HOUR = 3600.0


class World:
    """A charge point coupled to a central system in memory, with what it sent."""

    def __init__(self, words: str, connectors: int = 1, seed: int = 1) -> None:
        rng = Random(seed)
        self.central = CentralSystem("wh")
        self.charge_point = SimulatedChargePoint("CP001", rng, BEGAN_S, connectors)
        self.coupling = Coupling(self.charge_point, self.central, Player(self.charge_point, parser.read([words])))

    def order(self, after_s: float, action: str, payload: Payload) -> None:
        """Have a command sent some time after the beginning."""
        self.coupling.order(BEGAN_S + after_s, lambda: (action, payload))

    def run(self, hours: float = 24) -> None:
        """Run until all is said."""
        self.coupling.run(BEGAN_S + hours * HOUR)

    def sent(self, action: str) -> list[Any]:
        """Give the payloads of all requests of an action."""
        return [call.payload for call in self.central.seen if call.action == action]

    def answered(self) -> list[Any]:
        """Give the payloads of all confirmations of commands."""
        return [getattr(frame, "payload", None) for frame in self.central.answers]


def statuses(world: World, connector_id: int = 1) -> list[str]:
    """Give the statuses that a connector had, without repetitions."""
    told = [one["status"] for one in world.sent("StatusNotification") if one["connectorId"] == connector_id]
    return [status for number, status in enumerate(told) if number == 0 or status != told[number - 1]]
