"""Lets a script happen at a charge point. Knows no clock: the time is told."""

from __future__ import annotations

from shocpp.charge_point.core.authorization import ACCEPTED
from shocpp.charge_point.core.connector import NO_ERROR, Connector
from shocpp.charge_point.core.outbox import Message
from shocpp.charge_point.core.outputs import HangUp, Return
from shocpp.charge_point.script.parser import FOREVER, Step
from shocpp.errors import DataError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.charge_point.core.charge_point import ChargePoint
    from shocpp.charge_point.core.outputs import Effect


class Player:
    """
    Plays a script; it begins once the central system has accepted the charge point.

    Args:
        charge_point: Where it shall happen.
        steps: What shall happen; more can be added (``add``).
        delay_s: How long to wait before the first step.
        is_open: More steps may come: the end of these is not the end.
    """

    def __init__(self, charge_point: ChargePoint, steps: list[Step], delay_s: float = 0, is_open: bool = False) -> None:
        self._charge_point = charge_point
        self._steps = list(steps)
        self._at = 0
        self._runs = 0
        self._delay_s = delay_s
        self._go_on_s: float | None = None
        self._status: str | None = None
        self._effects: list[Effect] = []
        self.is_open = is_open

    def add(self, steps: list[Step]) -> None:
        """Add steps at the end."""
        self._steps += steps

    def wind_up(self) -> None:
        """Leave out what is left of the script, and bring the charge point to rest: charges end and are told."""
        places = range(1, len(self._charge_point.connectors) + 1)
        self._steps = [Step("online", [])]
        for number in places:
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

    def advance(self, now_s: float) -> list[Effect]:
        """Let time pass at the charge point, with the steps that are due in it; give what is to be done."""
        charge_point = self._charge_point
        if self._go_on_s is None and charge_point.life.is_registered:
            self._go_on_s = now_s + self._delay_s
        effects: list[Effect] = []
        while (due_s := self._next_step()) is not None and due_s <= now_s:
            if due_s > charge_point.now_s:
                effects += charge_point.advance(due_s)
            step = self._steps[self._at]
            self._at += 1
            self._take(step, charge_point.now_s)
            charge_point.supply.settle(charge_point.now_s)  # what is between two steps is told, too
            effects += self._effects
            self._effects = []
        return [*effects, *charge_point.advance(now_s)]

    def _next_step(self) -> float | None:
        """Give the time of the next step; None while it waits for something else than time."""
        if self._at >= len(self._steps) or self._go_on_s in (None, FOREVER) or not self._is_reached():
            return None
        return self._go_on_s

    def _last_wait(self) -> float | None:
        """Give the time until which a script waits that has no step left; None if it does not."""
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
            self._charge_point.hang_up(HangUp(away_s if isinstance(away_s, float) else FOREVER))
        elif step.word == "online":
            self._effects.append(Return())
        else:
            _DEEDS[step.word](self._charge_point, now_s, *step.arguments)

    def _wait(self, pause: object, now_s: float) -> None:
        if isinstance(pause, str):
            self._status = pause
        elif isinstance(pause, tuple):
            shortest_s, longest_s = pause
            is_chance = shortest_s < longest_s
            self._go_on_s = now_s + (self._charge_point.rng.uniform(shortest_s, longest_s) if is_chance else shortest_s)

    def _repeat(self, times: object) -> None:
        self._runs += 1
        if not isinstance(times, int) or self._runs < times:
            self._at = 0


def _connector(charge_point: ChargePoint, number: object) -> Connector:
    """Give the connector that a step names; without a name the first."""
    if not isinstance(number, int):
        return charge_point.connectors[1]
    if number not in charge_point.connectors:
        raise DataError(f"there is no connector {number}; there are {len(charge_point.connectors)} (--connectors)")
    return charge_point.connectors[number]


def _plug(charge_point: ChargePoint, now_s: float, number: object) -> None:
    charge_point.charging.plug(_connector(charge_point, number), now_s)


def _unplug(charge_point: ChargePoint, now_s: float, number: object) -> None:
    charge_point.charging.unplug(_connector(charge_point, number), now_s)


def _card(charge_point: ChargePoint, now_s: float, id_tag: object, number: object) -> None:
    tag = str(id_tag)
    connector = charge_point.charging.find(tag) if number is None else _connector(charge_point, number)
    charge_point.charging.card(tag, connector, now_s)


def _stop(charge_point: ChargePoint, now_s: float, number: object) -> None:
    charge_point.charging.stop(_connector(charge_point, number), "Local", now_s)


def _emergency(charge_point: ChargePoint, now_s: float, number: object) -> None:
    charge_point.charging.stop(_connector(charge_point, number), "EmergencyStop", now_s)


def _power(charge_point: ChargePoint, now_s: float, power_w: object, number: object) -> None:  # noqa: ARG001
    charge_point.charging.car_w = float(str(power_w))
    car = _connector(charge_point, number).car
    if car is not None:
        car.power_w = charge_point.charging.car_w


def _state_of_charge(charge_point: ChargePoint, now_s: float, share: object, number: object) -> None:  # noqa: ARG001
    car = _connector(charge_point, number).car
    if car is not None:
        car.state_of_charge = float(str(share))


def _suspend(is_suspended: bool) -> Callable[..., None]:
    def suspend(charge_point: ChargePoint, now_s: float, number: object) -> None:  # noqa: ARG001 - as the others
        car = _connector(charge_point, number).car
        if car is not None:
            car.is_suspended = is_suspended

    return suspend


def _fault(charge_point: ChargePoint, now_s: float, code: object, number: object) -> None:  # noqa: ARG001
    _connector(charge_point, number).error_code = str(code)


def _clear(charge_point: ChargePoint, now_s: float, number: object) -> None:  # noqa: ARG001 - as the others
    _connector(charge_point, number).error_code = NO_ERROR


def _reboot(charge_point: ChargePoint, now_s: float) -> None:
    charge_point.life.restart(now_s, "Reboot")


def _power_cut(charge_point: ChargePoint, now_s: float, away_s: object) -> None:
    charge_point.life.restart(now_s, "PowerLoss", away_s if isinstance(away_s, float) else 60.0)


def _heartbeat(charge_point: ChargePoint, now_s: float) -> None:
    charge_point.life.heartbeat(now_s)


def _meter(charge_point: ChargePoint, now_s: float, number: object) -> None:
    charge_point.supply.send(_connector(charge_point, number), "MeterValuesSampledData", "Other", now_s)


def _set(charge_point: ChargePoint, now_s: float, key: object, value: object) -> None:
    status = charge_point.configuration.change(str(key), str(value))
    if status not in (ACCEPTED, "RebootRequired"):
        raise DataError(f"set {key} {value}: {status}")
    charge_point.supply.align(now_s)


def _data(charge_point: ChargePoint, now_s: float, vendor: object, data: object) -> None:  # noqa: ARG001
    charge_point.say(Message("DataTransfer", {"vendorId": str(vendor), "data": str(data)}))


def _security(charge_point: ChargePoint, now_s: float, kind: object) -> None:
    payload: dict[str, object] = {"type": str(kind)[:50], "timestamp": charge_point.stamp(now_s)}
    charge_point.say(Message("SecurityEventNotification", payload))


_DEEDS: dict[str, Callable[..., None]] = {
    "plug": _plug,
    "unplug": _unplug,
    "card": _card,
    "stop": _stop,
    "emergency": _emergency,
    "power": _power,
    "soc": _state_of_charge,
    "pause": _suspend(True),
    "resume": _suspend(False),
    "fault": _fault,
    "clear": _clear,
    "reboot": _reboot,
    "powercut": _power_cut,
    "heartbeat": _heartbeat,
    "meter": _meter,
    "set": _set,
    "data": _data,
    "security": _security,
}
