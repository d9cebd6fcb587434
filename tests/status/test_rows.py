"""The overview, from sightings as they are in files: plain values."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.ledger.charge_points import ListedChargePoint
from shocpp.status import rows
from shocpp.status.screen import Screen, shortened
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


def table(shown: list[rows.Row]) -> list[str]:
    """Lay rows out in UTC, without the line that says so."""
    *lines, zone = Screen().lines(shown)
    assert zone == "Times are those of UTC."
    return lines


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
    (line,) = [line for line in table([one]) if "family-y" in line]
    assert "presumed over 01-02 03:50" in line and len(line) <= 80
    assert not any("presumed over" in line for line in table([row()]))


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
    assert table([row()]) == [
        "charge point  connection         connector        power    energy",
        "CP001         since 01-02 03:04  1 Charging       11000 W  9045 kWh",
        "                                 2 Available",
        "                                 10 SuspendedEV…",
        "    family-y, connector 1, since 2026-01-02 03:05, 3.5 kWh, id 20009042",
    ]


def test_away() -> None:
    """A charge point that is away says so and since when; without a name it is shown as one."""
    assert "away 01-02 04:00" in table([row(False)])[1]
    assert table([row(identity="")])[1].startswith("(no name)")


def test_what_is_listed() -> None:
    """Name and place of charge-points.json stand below a charge point; one that never came is shown, too."""
    listed = ListedChargePoint("CP009", name="Garage left", location="Hauptstraße 1")
    never = rows.row("CP009", False, {}, {}, {}, None, listed)
    assert (never["name"], never["location"], never["since"]) == ("Garage left", "Hauptstraße 1", None)
    assert table([never])[1:] == ["CP009         never seen", "    Garage left, Hauptstraße 1"]


def test_the_first_second() -> None:
    """A connection whose sightings are not written yet, or are those of the one before, began when it is held since."""
    for status in ({}, STATUS):
        one = rows.row("CP001", True, status, {}, {}, "2026-05-01T00:00:00Z")
        assert one["since"] == "2026-05-01T00:00:00Z"
    assert rows.row("CP001", False, STATUS, {}, {}, "2026-05-01T00:00:00Z")["since"] == STATUS["last_seen"]


def test_readings_of_a_charge_that_has_ended() -> None:
    """What was read in a charge is shown while that is open, or current can flow; then it is old."""
    meter = {"1": {**METER["1"], "transaction_id": 7}}

    def energy(status: str, *transactions: int) -> object:
        said = {"connectors": {"1": {"status": status}}}
        opened: dict[int, Any] = {each: {} for each in transactions}
        return rows.row("CP001", True, said, meter, opened)["connectors"]["1"].get("energy_wh")

    assert (energy("Available"), energy("Finishing", 8)) == (None, None)
    assert (energy("Available", 7), energy("SuspendedEV")) == (9_045_600, 9_045_600)


def test_local_times() -> None:
    """Times are those of the zone, which is named below."""
    lines = Screen(ZoneInfo("Europe/Berlin"), "Europe/Berlin").lines([row()])
    assert "since 01-02 04:04" in lines[1] and "since 2026-01-02 04:05" in lines[-2]
    assert lines[-1] == "Times are those of Europe/Berlin."


def test_names_that_are_cut_differ() -> None:
    """Names of the same beginning are cut in the middle, so that each is still another one."""
    names = [f"Hauptstraße-garage-number-{number}" for number in range(9)]
    assert len({*shortened(names, 17)}) == 9
    assert all(len(name) == 17 for name in shortened(names, 17))


@pytest.mark.parametrize(("lines", "shown", "more"), [(22, 20, ""), (21, 18, "and 2 more"), (3, 0, "and 20 more")])
def test_a_terminal_that_is_too_small(lines: int, shown: int, more: str) -> None:
    """What has no room is counted; never is a charge point shown in part, or more lines than there is room for."""
    many = [rows.row(f"CP{number:03}", True, {}, {}, {}) for number in range(20)]
    laid = Screen().lines(many, lines)
    assert len(laid) <= lines and sum(line.startswith("CP") for line in laid) == shown
    assert laid[-2] == more if more else laid[-2].startswith("CP019")


def test_order_and_choice() -> None:
    """The strongest first, or who is away; charges of an account are found, and messages alone are no change."""
    weak, away = rows.row("a", True, STATUS, {}, {}), row(False, "b")
    strong = row(True, "c")
    names = {by: [each["charge_point"] for each in rows.ordered([weak, away, strong], by)] for by in rows.SORTS}
    assert names == {"name": [*"abc"], "connection": [*"bac"], "power": [*"cab"], "energy": [*"bca"]}
    assert rows.is_of(strong, "family-y") and not rows.is_of(strong, "company-x") and not rows.is_of(weak, "family-y")
    assert rows.has_changed(None, strong) and rows.has_changed(weak, {**weak, "records": 4})
    assert not rows.has_changed(strong, {**strong, "frames": {"Heartbeat": 9}})


@examples(40)
@given(st.text(), st.booleans(), mappings, mappings, st.dictionaries(st.integers(), mappings, max_size=3))
def test_whatever_sightings_say(identity: str, is_there: bool, status: Any, meter: Any, charges: Any) -> None:
    """Whatever is in the files, there is a row that is JSON, and a table of 80 printable columns."""
    one = rows.row(identity, is_there, status, meter, charges)
    assert json.loads(json.dumps(one))["connected"] is is_there
    assert all(line.isprintable() and len(line) <= 80 for line in table([one]))
