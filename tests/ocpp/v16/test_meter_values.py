"""What sampled values say: defaults, units, phases, contexts, and what is no number."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.ocpp.v16.meter_values import Sample, energy_wh, power_w, samples, sighting

POWER = "Power.Active.Import"


def power(value: str, unit: str = "W", **more: str) -> dict[str, str]:
    """Make a sampled value of power."""
    return {"value": value, "measurand": POWER, "unit": unit, **more}


def read(*sampled: Any) -> list[Sample]:
    """Read sampled values of one moment."""
    return samples([{"timestamp": "t", "sampledValue": list(sampled)}])


@pytest.mark.parametrize(
    ("sampled", "wh"),
    [
        ({"value": "9042700"}, 9042700),
        ({"value": 9042700}, 9042700),
        ({"value": "9042.7", "unit": "kWh"}, 9042700),
        ({"value": "9042.7"}, 9042),
        ({"value": "0.1", "unit": "kWh"}, 100),
        ({"value": "1.0005", "unit": "kWh"}, 1000),
        ({"value": "-5"}, -5),
        ({"value": "0"}, 0),
        ({"value": "1E3"}, 1000),
        ({"value": "nan"}, None),
        ({"value": "1e999999"}, None),
        ({"value": "9" * 5000}, None),
        ({"value": "full"}, None),
        ({"value": ""}, None),
        ({}, None),
        ({"value": "5", "phase": "L1"}, None),
        ({"value": "5", "location": "Inlet"}, None),
        (power("5"), None),
    ],
)
def test_energy(sampled: dict[str, Any], wh: int | None) -> None:
    """The energy register in Wh, with the specification's defaults; what is none is missing, never 0."""
    assert energy_wh(read(sampled)) == wh


@given(st.integers(0, 10**12))
def test_kwh_is_exact(wh: int) -> None:
    """A reading in kWh with three decimals is exact to the Wh."""
    assert energy_wh(read({"value": f"{wh // 1000}.{wh % 1000:03}", "unit": "kWh"})) == wh


def test_last_energy_counts_and_context_chooses() -> None:
    """Of several readings the last one counts, or the last of the context that is asked for."""
    found = read(
        {"value": "1", "context": "Transaction.Begin"}, {"value": "5"}, {"value": "9", "context": "Transaction.End"}
    )
    assert energy_wh(found) == 9
    assert energy_wh(found, "Transaction.Begin") == 1
    assert energy_wh(found, "Sample.Periodic") == 5
    assert energy_wh(found, "Trigger") is None


@pytest.mark.parametrize(
    ("sampled", "watts"),
    [
        ([power("10.94", "kW")], 10940),
        ([power("10900"), power("3600", phase="L1"), power("3700", phase="L2")], 10900),
        ([power("3600", phase="L1"), power("10900"), power("3700", phase="L2")], 10900),
        ([power("3600", phase="L1"), power("3700", phase="L2"), power("3500", phase="L3")], 10800),
        ([power("3600", phase="L1-N"), power("3700", phase="L2-N")], 7300),
        ([power("3600", phase="L1"), power("3700", phase="L1")], 3700),
        ([power("3600", phase="L1"), power("?", phase="L2")], 3600),
        ([power("400", phase="L1-L2")], None),
        ([power("5", location="Inlet")], None),
        ([{"value": "5"}], None),
        ([], None),
    ],
)
def test_power(sampled: list[dict[str, str]], watts: int | None) -> None:
    """The power is the total where there is one, wherever it stands, else the sum of the phases."""
    assert power_w(read(*sampled)) == watts


def test_sighting_keeps_what_it_does_not_know() -> None:
    """Unknown measurands are kept as sent; a value that is missing is not there."""
    seen = sighting([{"timestamp": "t", "sampledValue": [{"value": "3", "measurand": "LimitReason"}, {"value": ""}]}])
    assert seen == {"values": {"LimitReason": {"value": "3", "unit": "", "at": "t"}}}


@given(
    st.recursive(
        st.none() | st.integers() | st.floats() | st.text(max_size=6) | st.just(POWER),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["timestamp", "sampledValue", "value", "unit", "phase", "measurand"]), inner, max_size=4
            )
        ),
        max_leaves=12,
    )
)
def test_any_shape(meter_values: Any) -> None:
    """Whatever stands in place of meter values, something is made of it or nothing."""
    seen = sighting(meter_values)
    assert isinstance(seen["values"], dict)
    energy_wh(samples(meter_values), "Transaction.End")
