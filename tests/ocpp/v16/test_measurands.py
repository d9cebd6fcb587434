"""Measurands as properties: a row for each measurand, unit and phase of the tables that consumers go by."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.ocpp.v16 import schemas
from shocpp.ocpp.v16.measurands import PROPERTIES, Property, plain

# measurand, property, and for each unit what "1234.5" in it becomes; no unit is the specification's default
A = {"": "1234.5", "A": "1234.5"}
WH = {"": "1234.5", "Wh": "1234.5", "kWh": "1234500"}
VARH = {"": "1234.5", "varh": "1234.5", "kvarh": "1234500", "Wh": "1234.5"}
W = {"": "1234.5", "W": "1234.5", "kW": "1234500"}
VAR = {"": "1234.5", "var": "1234.5", "kvar": "1234500"}
TEMPERATURE = {
    "": "1234.5",
    "Celsius": "1234.5",
    "Celcius": "1234.5",
    "Fahrenheit": "668.056",
    "K": "961.35",
}
TABLE: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("Current.Export", "currentReverse", A),
    ("Current.Import", "current", A),
    ("Current.Offered", "currentOffered", A),
    ("Energy.Active.Export.Interval", "wattHoursDiffReverse", WH),
    ("Energy.Active.Export.Register", "wattHoursReverse", WH),
    ("Energy.Active.Import.Interval", "wattHoursDiff", WH),
    ("Energy.Active.Import.Register", "wattHours", WH),
    ("Energy.Reactive.Export.Interval", "reactiveEnergyDiffReverse", VARH),
    ("Energy.Reactive.Export.Register", "reactiveEnergyReverse", VARH),
    ("Energy.Reactive.Import.Interval", "reactiveEnergyDiff", VARH),
    ("Energy.Reactive.Import.Register", "reactiveEnergy", VARH),
    ("Frequency", "frequency", {"": "1234.5", "Hertz": "1234.5"}),
    ("Power.Active.Export", "wattsReverse", W),
    ("Power.Active.Import", "watts", W),
    ("Power.Factor", "powerFactor", {"": "1234.5", "Percent": "12.345"}),
    ("Power.Offered", "wattsOffered", W),
    ("Power.Reactive.Export", "reactivePowerReverse", VAR),
    ("Power.Reactive.Import", "reactivePower", VAR),
    ("RPM", "rpm", {"": "1234.5"}),
    ("SoC", "soc", {"": "1234.5", "Percent": "1234.5"}),
    ("Temperature", "temp", TEMPERATURE),
    ("Voltage", "voltage", {"": "1234.5", "V": "1234.5"}),
)
PHASES = {
    "": "",
    "N": "_n",
    "L1": "_a",
    "L1-N": "_a",
    "L2": "_b",
    "L2-N": "_b",
    "L3": "_c",
    "L3-N": "_c",
    "L1-L2": "_ab",
    "L2-L3": "_bc",
    "L3-L1": "_ca",
    "L1N": "_a",
    "L2N": "_b",
    "L3N": "_c",
    "L1L2": "_ab",
    "L2L3": "_bc",
    "L3L1": "_ca",
}


@pytest.mark.parametrize(
    ("measurand", "name", "unit", "value"),
    [(measurand, name, unit, value) for measurand, name, units in TABLE for unit, value in units.items()],
)
def test_row(measurand: str, name: str, unit: str, value: str) -> None:
    """A measurand in a unit on each phase is its property in the standard unit with the phase's suffix."""
    for phase, suffix in PHASES.items():
        sampled: dict[str, object] = {"measurand": measurand, "value": "1234.5", "unit": unit, "phase": phase}
        reading = Property({key: said for key, said in sampled.items() if said})
        assert (phase, reading.fault, reading.name) == (phase, "", name + suffix)
        assert isinstance(reading.value, Decimal) and plain(reading.value) == value


def test_complete() -> None:
    """The table has every measurand, unit and phase that the specification knows."""
    types = schemas.document("types")["$defs"].values()
    known = next(each["properties"] for each in types if "phase" in each.get("properties", {}))
    assert set(known["measurand"]["enum"]) == {row[0] for row in TABLE} == set(PROPERTIES)
    assert set(known["phase"]["enum"]) <= set(PHASES)
    assert set(known["unit"]["enum"]) - {unit for row in TABLE for unit in row[2]} == {"VA", "kVA"}, (
        "which no measurand is measured in"
    )


def test_defaults() -> None:
    """A bare value is the import register in Wh at the outlet."""
    reading = Property({"value": "5"})
    assert (reading.name, reading.value, reading.location) == ("wattHours", Decimal(5), "Outlet")
    assert Property({"value": 5, "location": "Inlet"}).location == "Inlet"


@pytest.mark.parametrize(
    "sampled",
    [
        {"value": "OCMF|{}|{}", "format": "SignedData"},
        {"value": "12,5"},
        {"value": "NaN"},
        {"value": "1e999"},
        {"value": "9" * 5000},
        {"value": "5", "unit": "kW"},
        {"value": "5", "unit": "VA", "measurand": "Power.Active.Import"},
        {"value": "5", "measurand": "LimitReason"},
        {"value": "5", "phase": "L4"},
        {"value": ""},
        {"value": None, "unit": {}, "phase": [], "measurand": 5},
    ],
)
def test_no_number(sampled: dict[str, object]) -> None:
    """What is no number in a unit that fits is no property, and says why; a signed value is a text."""
    reading = Property(sampled)
    assert not isinstance(reading.value, Decimal)
    assert bool(reading.fault) != bool(reading.name)


def test_signed() -> None:
    """A signed value is passed on as it was sent, beside the property that it signs."""
    said = 'OCMF|{"RD":[{"RV":9042.7}]}|{"SD":"30AB"}'
    reading = Property({"value": said, "format": "SignedData", "unit": "kWh", "phase": "L1"})
    assert (reading.name, reading.value) == ("wattHoursSigned_a", said)
    assert Property({"value": said}).name == "wattHoursSigned"
    assert Property({"value": "AB", "format": "SignedData", "measurand": "X"}).name == "meterValueSigned"
    assert Property({"value": "9042", "format": "SignedData"}).value == "9042"


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**17), max_value=10**17, places=6))
def test_digits(number: Decimal) -> None:
    """A number comes out with the digits that it went in with, and as JSON."""
    reading = Property({"value": str(number)})
    assert isinstance(reading.value, Decimal)
    assert Decimal(plain(reading.value)) == number and "E" not in plain(reading.value)
