"""Energy that a register gained between items."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shocpp.ledger.charge import Charge
from shocpp.ledger.item import Item
from shocpp.ledger.unaccounted import Gap, Registers, gaps
from tests.support.records import exact, legacy

HERE = (2026, 9)


def item(begin_wh: int, end_wh: int, day: int, **fields: Any) -> Item:
    """Make an item of a September."""
    return Item(Charge(exact(local=f"2026-09-{day:02} 12:00:00", begin_wh=begin_wh, end_wh=end_wh, **fields), HERE))


def before(*records: dict[str, Any]) -> Registers:
    """Give the registers after some records."""
    registers = Registers()
    for record in records:
        registers.see(Charge(record))
    return registers


def told(found: list[Gap]) -> list[tuple[str, int]]:
    """Give kind and Wh."""
    return [(gap.kind, gap.wh) for gap in found]


def test_between_charges() -> None:
    """What lies between one item's end and the next one's start is found, to the Wh; standing still is no gap."""
    items = [item(0, 1000, 1), item(1000, 2000, 2), item(2001, 3000, 3)]
    found = gaps(items, Registers())
    assert told(found) == [("gained", 1)] and found[0].is_exact and found[0].item is items[2]


def test_between_months() -> None:
    """The last charge before the span counts, whichever order the ones before were read in."""
    earlier = [exact(local=f"2026-08-{day} 12:00:00", begin_wh=0, end_wh=wh) for day, wh in ((20, 500), (30, 700))]
    for order in (earlier, earlier[::-1]):
        assert told(gaps([item(1000, 2000, 1)], before(*order))) == [("gained", 300)]


def test_whole_kwh() -> None:
    """Where one side is only known in whole kWh both are taken so: what is floored twice leaves no gap."""
    old = Item(Charge(legacy(local="2026-09-01 12:00:00", begin=0, end=9), HERE))
    found = gaps(
        [old, item(9_900, 20_000, 2, charge_point=None), item(22_000, 23_000, 3, charge_point=None)], Registers()
    )
    assert told(found) == [("gained", 2_000)]
    assert told(gaps([old, item(11_100, 20_000, 2, charge_point=None)], Registers())) == [("gained", 2_000)]


def test_meter_changed() -> None:
    """A register that stands lower than before was changed: that is said, and nothing is taken off."""
    assert told(gaps([item(0, 5000, 1), item(10, 20, 2)], Registers())) == [("back", 0)]


def test_charge_points_and_connectors_apart() -> None:
    """Each connector of each charge point has a register of its own."""
    items = [
        item(0, 1000, 1),
        item(70_000, 71_000, 2, connector_id=2),
        item(5_000, 6_000, 3, charge_point="hof"),
        item(1000, 2000, 4),
    ]
    assert gaps(items, Registers()) == []


def test_unknown_connector() -> None:
    """A charge that does not name its connector belongs to the only one there is."""
    items = [item(0, 1000, 1), item(1000, 2000, 2, connector_id=None), item(2000, 3000, 3)]
    assert gaps(items, Registers()) == []
    seen = before(exact(local="2026-08-01 12:00:00", begin_wh=0, end_wh=2000, connector_id=None))
    assert told(gaps([item(2500, 3000, 3)], seen)) == [("gained", 500)]


def test_delivered_late() -> None:
    """A late item whose energy an earlier month had shown as unaccounted is taken off again."""
    august = [exact(local=f"2026-08-{day} 12:00:00", begin_wh=wh, end_wh=wh + 100) for day, wh in ((10, 0), (20, 900))]
    late = Item(Charge(exact(local="2026-08-15 12:00:00", begin_wh=200, end_wh=700), HERE))
    assert told(gaps([late, item(1000, 2000, 1)], before(*august))) == [("delivered", -500)]


def test_late_but_first() -> None:
    """A late item from before everything else was in no earlier month's, and nothing is taken off for it."""
    late = Item(Charge(exact(local="2026-08-15 12:00:00", begin_wh=200, end_wh=900), HERE))
    seen = before(exact(local="2026-08-20 12:00:00", begin_wh=900, end_wh=1000))
    assert gaps([late, item(1000, 2000, 1)], seen) == []


def test_a_clock_that_cannot_be_believed() -> None:
    """A charge that is heard of after those behind it is neither unaccounted before them nor a changed meter."""
    first, behind = item(0, 10_000, 1), item(43_000, 50_000, 3)
    suspect = item(10_000, 43_000, 5, clock_suspect=True)
    assert told(gaps([first, behind, suspect], Registers())) == []
    assert told(gaps([first, behind, suspect, item(50_300, 51_000, 6)], Registers())) == [("gained", 300)]
    parted = item(11_000, 43_000, 5, clock_suspect=True)
    assert told(gaps([first, behind, parted], Registers())) == [("gained", 1_000)]


def test_a_clock_that_never_worked() -> None:
    """Of a charge point that has no clock at all the gaps are found as of any other."""
    items = [item(wh, wh + 1000, day, clock_suspect=True) for day, wh in ((1, 0), (2, 1000), (3, 2500))]
    assert told(gaps(items, Registers())) == [("gained", 500)]


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 50_000)), min_size=1, max_size=20), st.data())
def test_nothing_is_lost(steps: list[tuple[int, int]], data: st.DataObject) -> None:
    """Over a register's life items and gaps make up all that it gained, wherever the months are cut."""
    items, wh = [], 0
    for day, (gap, energy) in enumerate(steps, 1):
        items.append(item(wh + gap, wh + gap + energy, day))
        wh += gap + energy
    cut = data.draw(st.integers(0, len(items)))
    first, second = items[:cut], items[cut:]
    found = [*gaps(first, Registers()), *gaps(second, before(*(each.charge.fields for each in first)))]
    drawn = sum(each.charge.energy_wh for each in items)
    assert drawn + sum(gap.wh for gap in found) == wh - steps[0][0]
