"""The open transaction and the last reading, from sightings as values."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from shocpp.calls.canned_file import CannedReading
from shocpp.calls.current import ConflictError, current_transaction
from shocpp.calls.sighted import NoReadingError, last_reading
from shocpp.ocpp.v16.meter_values import sighting
from shocpp.times import parse, utc

NOW = parse("2026-05-01T18:00:00Z") or datetime.min
POWER = "Power.Active.Import"


def begun(connector_id: int | None, received: str = "2026-05-01T17:00:00Z", **more: object) -> dict[str, object]:
    return {"connector_id": connector_id, "received": received, **more}


def meter(*values: dict[str, str], minutes_ago: float = 1, connector: str = "1") -> dict[str, Any]:
    """Make what a backend writes of one MeterValues."""
    received = utc(NOW - timedelta(minutes=minutes_ago))
    said = [{"timestamp": value.pop("at", received), "sampledValue": [value]} for value in values]
    return {connector: {**sighting(said), "received": received}}


def test_the_only_open_transaction_is_the_current_one() -> None:
    """Where one is open it is meant, with and without its connector."""
    assert current_transaction({20009042: begun(1)}, None) == 20009042
    assert current_transaction({20009042: begun(1)}, 1) == 20009042
    assert current_transaction({20009042: begun(None)}, None) == 20009042


def test_the_connector_chooses_among_several() -> None:
    """Two open transactions are ambiguous until the connector is named."""
    opened = {10000001: begun(1), 20000002: begun(2)}
    assert current_transaction(opened, 2) == 20000002
    with pytest.raises(ConflictError, match="2 charges are under way"):
        current_transaction(opened, None)


def test_a_connector_s_latest_transaction_is_the_current_one() -> None:
    """A transaction whose end was never seen here does not hide the one that began after it."""
    old, new = (30000003, begun(1, "2026-04-01T00:00:00Z")), (10000001, begun(1, "2026-05-01T00:00:00Z"))
    for opened in (dict([old, new]), dict([new, old])):
        assert current_transaction(opened, None) == current_transaction(opened, 1) == 10000001


def test_what_is_presumed_over_is_only_meant_where_none_runs() -> None:
    """A charge whose connector became free is passed over for one that runs; without any it is the current one."""
    over, runs = begun(1, presumed_over="2026-05-01T17:30:00Z"), begun(2)
    assert current_transaction({10000001: over, 21000002: runs}, None) == 21000002
    assert current_transaction({10000001: over}, None) == current_transaction({10000001: over}, 1) == 10000001


@pytest.mark.parametrize("connector_id", [None, 2])
def test_without_an_open_transaction_nothing_is_stopped(connector_id: int | None) -> None:
    """No transaction, or none on the connector, is a conflict that says so."""
    with pytest.raises(ConflictError, match="No charge is under way"):
        current_transaction({20009042: begun(1)} if connector_id else {}, connector_id)


def test_an_id_that_two_connectors_share_is_not_stopped() -> None:
    """Where one id stands for two charges, a stop would end the wrong one."""
    with pytest.raises(ConflictError, match="same transaction id"):
        current_transaction({20009042: begun(2, ambiguous=True)}, 2)


def test_power_and_energy_have_one_unit() -> None:
    """Power is in W and energy in Wh, whatever the charge point uses; a sum of phases counts, too."""
    assert (
        str(last_reading(meter({"value": "11.0", "unit": "kW", "measurand": POWER}), CannedReading(POWER), NOW))
        == "11000 W"
    )
    phases = [{"value": str(value), "unit": "W", "measurand": POWER, "phase": f"L{value}"} for value in (1, 2, 3)]
    assert str(last_reading(meter(*phases), CannedReading(POWER), NOW)) == "6 W"
    energy = last_reading(
        meter({"value": "9042.7", "unit": "kWh"}), CannedReading("Energy.Active.Import.Register"), NOW
    )
    assert str(energy) == "9042700 Wh"


def test_other_values_are_as_sent() -> None:
    """What is neither power nor energy comes with the unit it was sent with, one phase by its name."""
    seen = meter(
        {"value": "16.1", "unit": "A", "measurand": "Current.Import", "phase": "L2"},
        {"value": "7", "measurand": "LimitReason"},
    )
    assert str(last_reading(seen, CannedReading("Current.Import.L2"), NOW)) == "16.1 A"
    assert str(last_reading(seen, CannedReading("LimitReason"), NOW)) == "7"


def test_no_reading_is_never_a_zero() -> None:
    """A measurand that was not seen is said to be missing."""
    meters: list[dict[str, Any]] = [{}, meter({"value": "5"}), {"1": None, "x": {}}, {"1": {"values": []}}]
    for seen in meters:
        with pytest.raises(NoReadingError, match=r"no reading of Power\.Active\.Import yet"):
            last_reading(seen, CannedReading(POWER), NOW)


def test_an_old_reading_is_no_reading() -> None:
    """A reading counts up to its age, 15 minutes if nothing is said, and its age is told beyond."""
    seen = meter({"value": "11000", "measurand": POWER}, minutes_ago=20)
    with pytest.raises(NoReadingError, match="is 20 min old"):
        last_reading(seen, CannedReading(POWER), NOW)
    assert last_reading(seen, CannedReading(POWER, oldest_s=1200), NOW).value == 11000
    with pytest.raises(NoReadingError, match="of unknown age"):
        last_reading({"1": {"power_w": 1}}, CannedReading(POWER), NOW)


def test_a_reading_ages_though_others_are_fresh() -> None:
    """A value that no longer comes is old, however fresh its neighbours and however wrong the charge point's clock."""
    seen = meter(
        {"value": "11000", "measurand": POWER, "at": "1970-01-01T00:00:00Z"},
        {"value": "5", "at": "1970-01-01T02:00:00Z"},
    )
    with pytest.raises(NoReadingError, match="is 2 h old"):
        last_reading(seen, CannedReading(POWER), NOW)


def test_connectors_are_told_apart() -> None:
    """Two connectors with a reading are a conflict until one is named; the main meter stands back."""
    both = {**meter({"value": "1", "measurand": POWER}), **meter({"value": "2", "measurand": POWER}, connector="2")}
    main = meter({"value": "3", "measurand": POWER}, connector="0")
    with pytest.raises(ConflictError, match="2 connectors"):
        last_reading({**both, **main}, CannedReading(POWER), NOW)
    assert last_reading({**both, **main}, CannedReading(POWER, connector_id=2), NOW).value == 2
    assert last_reading({**both, **main}, CannedReading(POWER, connector_id=0), NOW).value == 3
    assert last_reading(main, CannedReading(POWER), NOW).connector_id == 0
    with pytest.raises(NoReadingError):
        last_reading(both, CannedReading(POWER, connector_id=3), NOW)
