"""Lets a script happen at a charge point. Knows no clock: the time is told."""

from __future__ import annotations

from shocpp.charge_point.core.connector import NO_ERROR, Connector
from shocpp.charge_point.core.outbox import QueuedCall
from shocpp.charge_point.core.outputs import HangUp, Return
from shocpp.charge_point.core.statuses import ACCEPTED
from shocpp.charge_point.core.timestamps import stamp
from shocpp.charge_point.script.parser import FOREVER, Step
from shocpp.errors import DataError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.charge_point.core.charge_point import SimulatedChargePoint
    from shocpp.charge_point.core.outputs import Output
    from shocpp.ocpp.frames import Payload

    Action = Callable[..., object]


class Player:
    """
    Plays a script; it begins once the central system has accepted the charge point.

    Args:
        charge_point: Where it shall happen.
        steps: What shall happen; more can be added (``add``).

    Attributes:
        is_open: More steps may come: the end of these is not the end.
    """

    def __init__(self, charge_point: SimulatedChargePoint, steps: list[Step]) -> None:
        self._charge_point = charge_point
        self._state = charge_point.state
        self._steps = list(steps)
        self._at = 0
        self._runs = 0
        self._go_on_s: float | None = None
        self._status: str | None = None
        self._outputs: list[Output] = []
        self.is_open = False

    def add(self, steps: list[Step]) -> None:
        """Add steps at the end."""
        self._steps += steps

    def wind_up(self) -> None:
        """Leave out what is left of the script, and bring the charge point to rest: charges end and are told."""
        self._steps = [Step("online", [])]
        for number in self._charge_point.connectors:
            self._steps += [Step("clear", [number]), Step("stop", [number]), Step("unplug", [number])]
        self._at, self._status, self.is_open = 0, None, False
        self._go_on_s = self._charge_point.now_s

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more will happen."""
        if self.is_open or not self._steps or self._at < len(self._steps) or self._go_on_s is None:
            return False
        return self._go_on_s <= self._charge_point.now_s and self._is_reached()

    def due(self) -> float | None:
        """Give the time at which something is due, in the script or at the charge point; None if nothing is."""
        times = [self._next_step() if self._at < len(self._steps) else self._last_wait(), self._charge_point.due()]
        return min((time_s for time_s in times if time_s is not None), default=None)

    def advance(self, now_s: float) -> list[Output]:
        """Let time pass at the charge point, with the steps that are due in it; give what is to be done."""
        charge_point = self._charge_point
        if self._go_on_s is None and charge_point.state.is_registered:
            self._go_on_s = now_s
        outputs: list[Output] = []
        while (due_s := self._next_step()) is not None and due_s <= now_s:
            if due_s > charge_point.now_s:
                outputs += charge_point.advance(due_s)
            step = self._steps[self._at]
            self._at += 1
            self._take(step, charge_point.now_s)
            charge_point.supply.update(charge_point.now_s)  # what is between two steps is told, too
            outputs += self._outputs
            self._outputs = []
        return [*outputs, *charge_point.advance(now_s)]

    def _next_step(self) -> float | None:
        """Give the time of the next step; None while it waits for something else than time."""
        if self._at >= len(self._steps) or self._go_on_s in (None, FOREVER) or not self._is_reached():
            return None
        return self._go_on_s

    def _last_wait(self) -> float | None:
        """Give the time at which the wait at the end of a script is over; None if it does not end in one."""
        go_on_s = self._go_on_s
        return None if go_on_s in (None, FOREVER) or go_on_s <= self._charge_point.now_s else go_on_s

    def _is_reached(self) -> bool:
        """Tell whether the status that the script waits for is there."""
        if self._status is not None and all(
            connector.status != self._status for connector in self._charge_point.connectors.values()
        ):
            return False
        self._status = None
        return True

    def _take(self, step: Step, now_s: float) -> None:
        if step.word == "wait":
            self._wait(step.arguments[0], now_s)
        elif step.word == "repeat":
            self._repeat(step.arguments[0])
        elif step.word == "offline":
            away_s = step.arguments[0]
            self._state.hang_up(HangUp(away_s if isinstance(away_s, float) else FOREVER))
        elif step.word == "online":
            self._outputs.append(Return())
        else:
            _ACTIONS[step.word](self._charge_point, now_s, *step.arguments)

    def _wait(self, pause: object, now_s: float) -> None:
        if isinstance(pause, str):
            self._status = pause
        elif isinstance(pause, tuple):
            shortest_s, longest_s = pause
            is_chance = shortest_s < longest_s
            self._go_on_s = now_s + (self._state.rng.uniform(shortest_s, longest_s) if is_chance else shortest_s)

    def _repeat(self, times: object) -> None:
        self._runs += 1
        if not isinstance(times, int) or self._runs < times:
            self._at = 0


def _connector(charge_point: SimulatedChargePoint, number: object) -> Connector:
    """Give the connector that a step names; without a name the first."""
    if not isinstance(number, int):
        return charge_point.connectors[1]
    if number not in charge_point.connectors:
        raise DataError(f"there is no connector {number}; there are {len(charge_point.connectors)} (--connectors)")
    return charge_point.connectors[number]


def _card(charge_point: SimulatedChargePoint, now_s: float, id_tag: str, number: int | None) -> None:
    connector = charge_point.charging.find(id_tag) if number is None else _connector(charge_point, number)
    charge_point.charging.card(id_tag, connector, now_s)


def _stop(reason: str) -> Action:
    return lambda charge_point, now_s, number: charge_point.charging.stop(
        _connector(charge_point, number), reason, now_s
    )


def _power(charge_point: SimulatedChargePoint, _now_s: float, power_w: float, number: int | None) -> None:
    charge_point.charging.car_w = power_w
    _change_car("power_w")(charge_point, _now_s, power_w, number)


def _change_car(field: str) -> Action:
    """Make an action that changes a field of the car at a connector, if one is plugged in there."""

    def change(charge_point: SimulatedChargePoint, _now_s: float, value: object, number: int | None) -> None:
        car = _connector(charge_point, number).car
        if car is not None:
            setattr(car, field, value)

    return change


def _suspend(is_suspended: bool) -> Action:
    change = _change_car("is_suspended")
    return lambda charge_point, now_s, number: change(charge_point, now_s, is_suspended, number)


def _fault(charge_point: SimulatedChargePoint, _now_s: float, code: str, number: int | None) -> None:
    _connector(charge_point, number).error_code = code


def _set(charge_point: SimulatedChargePoint, now_s: float, key: str, value: str) -> None:
    status = charge_point.state.configuration.change(key, value)
    if status not in (ACCEPTED, "RebootRequired"):
        raise DataError(f"set {key} {value}: {status}")
    charge_point.supply.align(now_s)


def _queue(charge_point: SimulatedChargePoint, action: str, payload: Payload) -> None:
    charge_point.state.queue(QueuedCall(action, payload))


# word: what happens, given the charge point, the time and what stands after the word, as the parser has read it
_ACTIONS: dict[str, Action] = {
    "plug": lambda point, now_s, number: point.charging.plug(_connector(point, number), now_s),
    "unplug": lambda point, now_s, number: point.charging.unplug(_connector(point, number), now_s),
    "card": _card,
    "stop": _stop("Local"),
    "emergency": _stop("EmergencyStop"),
    "power": _power,
    "soc": _change_car("state_of_charge"),
    "pause": _suspend(True),
    "resume": _suspend(False),
    "fault": _fault,
    "clear": lambda point, now_s, number: _fault(point, now_s, NO_ERROR, number),
    "reboot": lambda point, now_s: point.life.restart(now_s, "Reboot"),
    "powercut": lambda point, now_s, away_s: point.life.restart(now_s, "PowerLoss", 60.0 if away_s is None else away_s),
    "heartbeat": lambda point, now_s: point.life.heartbeat(now_s),
    "meter": lambda point, now_s, number: point.supply.send(
        _connector(point, number), "MeterValuesSampledData", "Other", now_s
    ),
    "set": _set,
    "data": lambda point, _, vendor, data: _queue(point, "DataTransfer", {"vendorId": vendor, "data": data}),
    "security": lambda point, now_s, kind: _queue(
        point, "SecurityEventNotification", {"type": kind[:50], "timestamp": stamp(now_s)}
    ),
}
