"""The overview, from sightings as they are in files: plain values."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shocpp.status import rows
from tests.support.properties import examples

STATUS: dict[str, Any] = {
    "connected_since": "2026-01-02T03:04:05Z",
    "last_seen": "2026-01-02T04:00:00Z",
    "boot": {"chargePointModel": "one"},
    "connectors": {
        "0": {"status": "Available", "at": "2026-01-02T03:05:00Z"},
        "1": {"status": "Charging", "at": "2026-01-02T03:06:00Z"},
        "10": {"status": "SuspendedEVSE", "at": "2026-01-02T03:06:00Z"},
        "2": {"status": "Available", "at": "2026-01-02T03:06:00Z"},
    },
    "records": 3,
}
METER: dict[str, Any] = {"1": {"power_w": 11000, "energy_wh": 9_045_600, "received": "2026-01-02T03:59:00Z"}}
CHARGE = {
    "transaction_id": 20_009_042,
    "connector_id": 1,
    "account": "family-y",
    "begin_wh": 9_042_100,
    "started": "2026-01-02T03:05:30Z",
}

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
mappings = st.dictionaries(
    st.sampled_from(["connectors", "connected_since", "last_seen", "boot", "1", "2", "status", "power_w", "energy_wh"]),
    anything | st.dictionaries(st.sampled_from(["1", "2", "status", "power_w", "energy_wh"]), anything),
)


def row(is_connected: bool = True, identity: str = "CP001") -> rows.Row:
    """Make the row of a charge point with one charge under way."""
    return rows.row(identity, is_connected, STATUS, METER, {20_009_042: CHARGE})


def test_row() -> None:
    """A row has what the sightings say, connectors in order of their numbers, and what was drawn so far."""
    one = row()
    assert list(one["connectors"]) == ["0", "1", "2", "10"]
    assert one["connectors"]["1"]["power_w"] == 11000
    assert one["transactions"] == [{**CHARGE, "drawn_wh": 3500}]
    assert (one["records"], one["boot"]) == (3, {"chargePointModel": "one"})


def test_presumed_over() -> None:
    """A charge that seems to be over is shown as such, in the table and in the document."""
    over = {**CHARGE, "presumed_over": "2026-01-02T03:50:00Z"}
    one = rows.row("CP001", True, STATUS, METER, {20_009_042: over})
    assert one["transactions"] == [{**over, "drawn_wh": 3500}]
    (line,) = [line for line in rows.table([one]) if "family-y" in line]
    assert "presumed over 01-02 03:50" in line and len(line) <= 80
    assert not any("presumed over" in line for line in rows.table([row()]))


def test_power_of_one_that_is_away() -> None:
    """What flows while a charge point is away nobody knows; its meter stays where it was seen."""
    connector = row(is_connected=False)["connectors"]["1"]
    assert "power_w" not in connector
    assert connector["energy_wh"] == 9_045_600


def test_since() -> None:
    """Of one that is connected the begin of the connection is told, of one that is away when it was last seen."""
    assert row(True)["since"] == "2026-01-02T03:04:05Z"
    assert row(False)["since"] == "2026-01-02T04:00:00Z"


def test_drawn_is_never_negative() -> None:
    """A meter below the begin of the charge, or one that is not known, gives no energy instead of a wrong one."""
    for reading in ({"energy_wh": 9_042_099}, {"energy_wh": "9042200"}, {}):
        (charge,) = rows.row("CP001", True, STATUS, {"1": reading}, {20_009_042: CHARGE})["transactions"]
        assert "drawn_wh" not in charge


def test_table() -> None:
    """The table has a line for each connector but 0, and one for the open charge."""
    assert rows.table([row()]) == [
        "charge point  connection         connector        power    energy",
        "CP001         since 01-02 03:04  1 Charging       11000 W  9045 kWh",
        "                                 2 Available",
        "                                 10 SuspendedEVS",
        "    family-y, connector 1, since 2026-01-02 03:05, 3.5 kWh",
    ]


def test_away() -> None:
    """A charge point that is away says so and since when; without a name it is shown as one."""
    assert "away 01-02 04:00" in rows.table([row(False)])[1]
    assert rows.table([row(identity="")])[1].startswith("(no name)")


@examples(40)
@given(st.text(), st.booleans(), mappings, mappings, st.dictionaries(st.integers(), mappings, max_size=3))
def test_whatever_sightings_say(identity: str, is_there: bool, status: Any, meter: Any, charges: Any) -> None:
    """Whatever is in the files, there is a row that is JSON, and a table of 80 printable columns."""
    one = rows.row(identity, is_there, status, meter, charges)
    assert json.loads(json.dumps(one))["connected"] is is_there
    assert all(line.isprintable() and len(line) <= 80 for line in rows.table([one]))
