"""
The meter of a connector, the car that draws from it, and the sampled values that tell of both.

Power is constant between two moments at which it is looked at anew, so that the energy of the meter is exactly
what its power says. Knows no messages but the ``meterValue`` that stands in them.
"""

from __future__ import annotations

from shocpp.ocpp.v16.meter_values import ENERGY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from shocpp.ocpp.frames import Payload

    Reading = tuple[str, str, str]  # value, unit, phase

VOLTS = 230
PHASES = 3

_RAMP_S = 20.0  # the first seconds, in which a car takes more and more
_TAPER_FROM = 0.8  # state of charge above which it takes less and less
_TAPER_TO = 0.15  # what is left of the power when it is nearly full


class Car:
    """
    What is at the other end of the cable.

    Args:
        battery_wh: What its battery holds.
        state_of_charge: From 0 to 1.
        power_w: What it draws at most.
    """

    def __init__(self, battery_wh: float, state_of_charge: float, power_w: float) -> None:
        self.battery_wh = battery_wh
        self.state_of_charge = state_of_charge
        self.power_w = power_w
        self.is_suspended = False

    @classmethod
    def any(cls, rng: Random, power_w: float) -> Car:
        """Make a car as they come: with 40 to 80 kWh, somewhere between empty and half full."""
        return cls(rng.randrange(40_000, 80_001, 1000), rng.uniform(0.1, 0.5), power_w)

    def wish_w(self, charging_for_s: float) -> float:
        """Give the power that it would draw now."""
        if self.is_suspended or self.state_of_charge >= 1:
            return 0
        power_w = self.power_w
        if self.state_of_charge > _TAPER_FROM:
            left = (1 - self.state_of_charge) / (1 - _TAPER_FROM)
            power_w *= _TAPER_TO + (1 - _TAPER_TO) * left
        if charging_for_s < _RAMP_S:
            power_w *= 0.25 + 0.75 * charging_for_s / _RAMP_S
        return power_w

    def take(self, energy_wh: float) -> None:
        """Store energy."""
        self.state_of_charge = min(1.0, self.state_of_charge + energy_wh / self.battery_wh)


class Meter:
    """A meter that only runs forwards; ``power_w`` is what runs through it now."""

    def __init__(self, reading_wh: int) -> None:
        self._watt_seconds = reading_wh * 3600.0
        self.power_w = 0.0

    @property
    def reading_wh(self) -> int:
        """What stands on it: whole Wh."""
        return int(self._watt_seconds // 3600)

    def run(self, seconds: float) -> float:
        """Let time pass at the present power; give the energy in Wh."""
        energy_ws = self.power_w * seconds
        self._watt_seconds += energy_ws
        return energy_ws / 3600


def sampled_values(
    measurands: list[str], meter: Meter, car: Car | None, offered_w: float, context: str, rng: Random
) -> list[Payload]:
    """
    Make the sampled values of some measurands; current and voltage by phase, as a meter of three phases has them.

    Source: OCPP 1.6 §7.43
    """
    found: list[Payload] = []
    for measurand in measurands:
        for value, unit, phase in READERS[measurand](meter, car, offered_w, rng):
            sample: Payload = {"value": value, "context": context, "measurand": measurand, "unit": unit}
            if phase:
                sample["phase"] = phase
            sample["location"] = "EV" if measurand == "SoC" else "Outlet"
            found.append(sample)
    return found


def _amperes(power_w: float) -> str:
    return f"{power_w / PHASES / VOLTS:.1f}"


def _state_of_charge(meter: Meter, car: Car | None, offered_w: float, rng: Random) -> list[Reading]:  # noqa: ARG001
    return [(f"{car.state_of_charge * 100:.0f}", "Percent", "")] if car else []


_LINES = (1, 2, 3)
READERS: dict[str, Callable[[Meter, Car | None, float, Random], list[Reading]]] = {
    ENERGY: lambda meter, *_: [(str(meter.reading_wh), "Wh", "")],
    "Power.Active.Import": lambda meter, *_: [(f"{meter.power_w:.0f}", "W", "")],
    "Power.Offered": lambda _meter, _car, offered_w, _rng: [(f"{offered_w:.0f}", "W", "")],
    "Current.Offered": lambda _meter, _car, offered_w, _rng: [(_amperes(offered_w), "A", "")],
    "Current.Import": lambda meter, *_: [(_amperes(meter.power_w), "A", f"L{line}") for line in _LINES],
    "Voltage": lambda _meter, _car, _offered_w, rng: [
        (f"{VOLTS + rng.uniform(-2, 2):.1f}", "V", f"L{line}-N") for line in _LINES
    ],
    "SoC": _state_of_charge,
}
