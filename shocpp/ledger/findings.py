"""
Checks among charges: what cannot be, or cannot be twice.

Looks at the items of a statement alone; the journal is held against them in ``history.reconcile``. Pure; how a
finding is put into words is ``report.verification``'s.
"""

from __future__ import annotations

from shocpp.ledger.record import FOREIGN_ACCOUNT
from shocpp.ledger.transaction_id import PARTS
from shocpp.ledger.unaccounted import Registers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shocpp.ledger.charge import Charge
    from shocpp.ledger.item import Item

OVERLAP, POWER, BACKWARDS, DUPLICATE = "overlap", "power", "backwards", "duplicate"
ARITHMETIC, TIMES, REPEATED = "arithmetic", "times", "repeated"
KINDS = (OVERLAP, POWER, BACKWARDS, DUPLICATE, ARITHMETIC, TIMES, REPEATED, FOREIGN_ACCOUNT)


class Finding:
    """
    Something that cannot be.

    Attributes:
        kind: Of ``KINDS``.
        item: The item at which it shows.
        other: The other one of two, if it takes two.
        detail: Figures for people, without words: ``36000 W > 22000 W``.
    """

    __slots__ = ("detail", "item", "kind", "other")

    def __init__(self, kind: str, item: Item, other: Item | None = None, detail: str = "") -> None:
        self.kind = kind
        self.item = item
        self.other = other
        self.detail = detail


def check(items: Iterable[Item], most_w: int) -> Iterator[Finding]:
    """
    Hold items against each other and against what is possible.

    Args:
        items: Items in the order of their ends.
        most_w: What the strongest connector delivers, in W.

    Yields:
        The findings, in the order of items.
    """
    items = [item for item in items if item.is_measured or item.charge.repeats]
    registers = Registers()
    for item in items:
        registers.learn(item.charge)
    seen: dict[object, Item] = {}
    last: dict[object, Item] = {}
    for item in items:
        if item.charge.repeats:
            yield from _repeated(item)
            continue
        yield from _alone(item, most_w)
        first = seen.setdefault(_same(item.charge), item)
        if first is not item:
            yield Finding(DUPLICATE, item, first)
            continue
        register = registers.of(item.charge)
        if register in last:
            yield from _after(last[register], item)
        last[register] = item


def _repeated(item: Item) -> Iterator[Finding]:
    """Tell of what was taken for a repetition although nobody saw its start, which could be a charge of its own."""
    if item.charge.started is None:
        yield Finding(REPEATED, item, detail=item.charge.repeats)


def _alone(item: Item, most_w: int) -> Iterator[Finding]:
    charge = item.charge
    if charge.unassigned_because == FOREIGN_ACCOUNT:
        yield Finding(FOREIGN_ACCOUNT, item)
    if charge.started and charge.started > charge.ended:
        yield Finding(TIMES, item)
    if not charge.anomaly and not _adds_up(charge):
        yield Finding(ARITHMETIC, item)
    if charge.duration_s is not None and not charge.is_clock_suspect:
        # what is only known in whole kWh may be one less
        sure_wh = charge.energy_wh if charge.is_exact else max(0, charge.energy_wh - 1000)
        if sure_wh * 3600 > most_w * charge.duration_s:
            mean_w = sure_wh * 3600 // max(1, charge.duration_s)
            yield Finding(POWER, item, detail=f"{mean_w} W > {most_w} W")


def _after(previous: Item, item: Item) -> Iterator[Finding]:
    """Look at two items that followed each other at one register."""
    before, after = previous.charge, item.charge
    is_timed = after.started and not before.is_clock_suspect and not after.is_clock_suspect
    if is_timed and after.started and after.started < before.ended:
        yield Finding(OVERLAP, item, previous)
    if before.end_wh is not None and after.begin_wh is not None:
        if after.begin_wh < before.end_wh:
            yield Finding(BACKWARDS, item, previous, f"{before.end_wh} Wh > {after.begin_wh} Wh")
    elif after.begin_kwh < before.end_kwh:
        yield Finding(BACKWARDS, item, previous, f"{before.end_kwh} kWh > {after.begin_kwh} kWh")


def _adds_up(charge: Charge) -> bool:
    """Tell whether consumption is end less begin, a meter that rolled over included: it counts modulo PARTS."""
    if (charge.end_kwh - charge.begin_kwh - charge.consumed_kwh) % PARTS and charge.begin_wh is None:
        return False
    if charge.begin_wh is None or charge.end_wh is None or charge.consumed_wh is None:
        return True
    return (charge.end_wh - charge.begin_wh - charge.consumed_wh) % PARTS == 0


def _same(charge: Charge) -> object:
    """Give what no two charges share: a meter passes each reading once. Without energy also the time counts."""
    connector = charge.charge_point, charge.connector_id
    readings = (*connector, charge.begin_kwh, charge.end_kwh, charge.begin_wh, charge.end_wh)
    is_moving = charge.energy_wh > 0 and not charge.anomaly
    return readings if is_moving else (*readings, charge.unixtime)
