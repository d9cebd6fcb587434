"""
Measurands as properties of a datum: their names, and their values in one unit each.

Knows the measurands, units and phases of OCPP 1.6 and how SolarNetwork calls them; knows no sessions, no times.

Source: OCPP 1.6 §7.31 (Measurand), §7.34 (Phase), §7.43 (SampledValue, its defaults), §7.45 (UnitOfMeasure)
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from shocpp.ocpp.reading import text
from shocpp.ocpp.v16.meter_values import ENERGY
from shocpp.ocpp.v16.signed_values import is_signed

OUTLET = "Outlet"
SIGNED = "Signed"

# how many of the standard unit one of each is; the first of each family is the standard, and the default
_WH = {"wh": 1, "kwh": 1000}
_VARH = {"varh": 1, "kvarh": 1000, **_WH}  # Wh is what the specification supposes for any energy
_W = {"w": 1, "kw": 1000}
_VAR = {"var": 1, "kvar": 1000}
_A = {"a": 1}
_V = {"v": 1, "kv": 1000}
_HZ = {"hz": 1, "hertz": 1}
_RPM = {"rpm": 1}
_PERCENT = {"percent": 1, "%": 1}
_FACTOR: dict[str, int] = {}
_CELSIUS = {"celsius": 1, "celcius": 1, "c": 1, "°c": 1}  # the second spelling is the specification's own
_KELVIN = ("k", "kelvin")
_FAHRENHEIT = ("fahrenheit", "f", "°f")

PROPERTIES: dict[str, tuple[str, dict[str, int]]] = {
    "Current.Export": ("currentReverse", _A),
    "Current.Import": ("current", _A),
    "Current.Offered": ("currentOffered", _A),
    "Energy.Active.Export.Interval": ("wattHoursDiffReverse", _WH),
    "Energy.Active.Export.Register": ("wattHoursReverse", _WH),
    "Energy.Active.Import.Interval": ("wattHoursDiff", _WH),
    "Energy.Active.Import.Register": ("wattHours", _WH),
    "Energy.Reactive.Export.Interval": ("reactiveEnergyDiffReverse", _VARH),
    "Energy.Reactive.Export.Register": ("reactiveEnergyReverse", _VARH),
    "Energy.Reactive.Import.Interval": ("reactiveEnergyDiff", _VARH),
    "Energy.Reactive.Import.Register": ("reactiveEnergy", _VARH),
    "Frequency": ("frequency", _HZ),
    "Power.Active.Export": ("wattsReverse", _W),
    "Power.Active.Import": ("watts", _W),
    "Power.Factor": ("powerFactor", _FACTOR),
    "Power.Offered": ("wattsOffered", _W),
    "Power.Reactive.Export": ("reactivePowerReverse", _VAR),
    "Power.Reactive.Import": ("reactivePower", _VAR),
    "RPM": ("rpm", _RPM),
    "SoC": ("soc", _PERCENT),
    "Temperature": ("temp", _CELSIUS),
    "Voltage": ("voltage", _V),
}

_PHASES = {
    "": "",
    "N": "_n",
    "L1": "_a",
    "L1N": "_a",
    "L2": "_b",
    "L2N": "_b",
    "L3": "_c",
    "L3N": "_c",
    "L1L2": "_ab",
    "L2L3": "_bc",
    "L3L1": "_ca",
}


class Property:
    """
    A sampled value as a property.

    Attributes:
        name: The property's, with the suffix of its phase; empty if it cannot be told.
        value: A number in the property's unit; for a signed value the text as it was sent.
        location: Where it was measured.
        fault: Why it is no property, in words; empty if it is one.
    """

    __slots__ = ("fault", "location", "name", "value")

    def __init__(self, sampled: dict[str, object]) -> None:
        """
        Read a sampled value, with the specification's defaults for what is not said.

        >>> reading = Property({"value": "9042.7", "unit": "kWh", "phase": "L1-N"})
        >>> reading.name, reading.value, reading.location
        ('wattHours_a', Decimal('9042700.0'), 'Outlet')
        """
        measurand = text(sampled.get("measurand")) or ENERGY
        unit, said = text(sampled.get("unit")) or "", text(sampled.get("value")) or ""
        phase = text(sampled.get("phase")) or ""
        suffix = _PHASES.get(phase.replace("-", "").upper())
        name, units = PROPERTIES.get(measurand, ("", {}))
        self.location = text(sampled.get("location")) or OUTLET
        self.name, self.fault = "", ""
        self.value: Decimal | str = ""
        if is_signed(sampled):
            self.name, self.value = f"{name or 'meterValue'}{SIGNED}{suffix or ''}", said
        elif not name:
            self.fault = f"measurand {measurand!r} has no property"
        elif suffix is None:
            self.fault = f"phase {phase!r} is unknown"
        else:
            self._convert(name + suffix, measurand, unit, units, said)

    def _convert(self, name: str, measurand: str, unit: str, units: dict[str, int], said: str) -> None:
        number = _number(said)
        converted = None if number is None else _standard(number, unit.casefold(), units)
        if number is None:
            self.fault = f"{measurand} is no number: {said[:40]!r}"
        elif converted is None:
            self.fault = f"{measurand} cannot be in {unit!r}"
        else:
            self.name, self.value = name, converted


def plain(number: Decimal) -> str:
    """
    Write a number as JSON has it, with all its digits and no others.

    >>> plain(Decimal("9042700.0")), plain(Decimal("1E+3")), plain(Decimal("-0.00")), plain(Decimal("0.10"))
    ('9042700', '1000', '0', '0.1')
    """
    written = f"{number:f}"
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return "0" if written in ("-0", "") else written


def _number(said: str) -> Decimal | None:
    try:
        number = Decimal(said.strip()) if len(said) <= 60 else None
    except InvalidOperation:
        return None
    if number is None or not number.is_finite() or abs(number.adjusted()) > 18:
        return None
    return number


def _standard(number: Decimal, unit: str, units: dict[str, int]) -> Decimal | None:
    """Convert to the standard unit of a family; None if the unit is none of that family's."""
    if units is _FACTOR:
        return number / 100 if unit in _PERCENT else number
    if units is _CELSIUS and unit in _KELVIN:
        return number - Decimal("273.15")
    if units is _CELSIUS and unit in _FAHRENHEIT:
        return ((number - 32) * 5 / 9).quantize(Decimal("0.001"), ROUND_HALF_UP)
    factor = units.get(unit) if unit else 1
    return None if factor is None else number * factor
