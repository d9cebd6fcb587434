"""Checks among records: each kind of fault is found, and good records are left in peace."""

from __future__ import annotations

from typing import Any

import pytest

from shocpp.ledger.charge import Charge
from shocpp.ledger.findings import check
from shocpp.ledger.item import Item
from tests.support.records import exact, legacy

GOOD = exact(local="2026-09-03 12:00:00", begin_wh=10_000, end_wh=20_000)
NEXT = exact(local="2026-09-03 14:00:00", begin_wh=20_000, end_wh=30_000)


def kinds(*records: dict[str, Any], most_w: int = 22_000) -> list[tuple[str, str]]:
    """Check records, which are named by their number; give what was found and where."""
    items = [Item(Charge(record, (2026, 9), str(number))) for number, record in enumerate(records)]
    return [(found.kind, found.item.charge.name) for found in check(items, most_w)]


def test_good_records() -> None:
    """Charges one after another, old records, an anomaly that is marked already, and idle ones are no findings."""
    idle = exact(local="2026-09-03 15:00:00", begin_wh=30_000, end_wh=30_000, duration_s=5)
    again = exact(local="2026-09-03 15:01:00", begin_wh=30_000, end_wh=30_000, duration_s=5)
    assert kinds(GOOD, NEXT, idle, again) == []
    assert kinds(legacy(), legacy(begin=9075, end=9080)) == []
    assert kinds(exact(begin_wh=20_000, end_wh=5_000, anomaly="backwards", consumed_kwh="0", consumed_wh=0)) == []


def test_rolled_over() -> None:
    """A meter that rolled over is no fault of arithmetic."""
    assert kinds({**legacy(), "begin_kwh": "9999990", "end_kwh": "5", "consumed_kwh": "15"}) == []


@pytest.mark.parametrize(("kind", "record"), [
    ("overlap", {**NEXT, "started": "2026-09-03T09:59:59Z"}),
    ("power", {**NEXT, "started": "2026-09-03T11:59:00Z"}),
    ("backwards", exact(local="2026-09-03 14:00:00", begin_wh=19_999, end_wh=30_000)),
    ("duplicate", {**GOOD, "received": "2026-09-05T00:00:00Z"}),
    ("arithmetic", {**NEXT, "consumed_wh": 10_001}),
    ("arithmetic", {**legacy(local="2026-09-03 14:00:00", begin=20, end=30), "consumed_kwh": "11"}),
    ("times", {**NEXT, "started": "2026-09-03T12:00:01Z"}),
    ("foreign-account", {**NEXT, "account": "unassigned", "unassigned_because": "foreign-account"}),
])  # fmt: skip
def test_fault(kind: str, record: dict[str, Any]) -> None:
    """Each fault is found at the record that has it, once."""
    assert kinds(GOOD, record) == [(kind, "1")]


def test_other_places() -> None:
    """Charges at the same time at another connector or charge point are no overlap."""
    same = {"started": GOOD["started"]}
    assert kinds(GOOD, {**NEXT, **same, "connector_id": 2}, {**NEXT, **same, "charge_point": "hof"}) == []


def test_power_of_whole_kwh() -> None:
    """What is only known in whole kWh is given the benefit of the doubt, one kWh."""
    record = {**GOOD, "begin_wh": None, "consumed_wh": None, "consumed_kwh": "12", "begin_kwh": "8"}
    record["started"] = "2026-09-03T09:30:00Z"  # half an hour: 22 kW give 11 kWh
    fields = {name: value for name, value in record.items() if value is not None}
    assert kinds(fields) == []
    assert kinds(fields, most_w=21_999) == [("power", "0")]


def test_suspect_clock() -> None:
    """Where the clock was no good, times prove nothing."""
    assert kinds(GOOD, {**NEXT, "started": "2026-09-03T09:00:00Z", "clock_suspect": True}) == []
