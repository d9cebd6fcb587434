"""
Energy that a charge point's register gained between two charges, and nobody was billed for.

A register is a connector's meter. Between the end of one charge and the start of the next it should stand still;
what it gained all the same went through the charger without a record. Pure.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from shocpp.ledger.charge import Charge
    from shocpp.ledger.item import Item

    Register = tuple[str, int | None]

GAINED, BACK, DELIVERED = "gained", "back", "delivered"
KINDS = (GAINED, BACK, DELIVERED)


class Gap:
    """
    A register that did not stand still between two charges.

    Attributes:
        kind: ``gained``: energy without a record. ``back``: it stands lower than before, since the meter was changed
            or reset; nothing is counted. ``delivered``: a late charge whose energy an earlier statement had shown
            as unaccounted, so that it is taken off again.
        charge_point, connector_id: The register.
        wh: The energy; negative for ``delivered``, 0 for ``back``.
        is_exact: It is known to the Wh.
        item: The item before whose start the gap lies, or the late one itself.
    """

    __slots__ = ("charge_point", "connector_id", "is_exact", "item", "kind", "wh")

    def __init__(self, kind: str, register: Register, wh: int, is_exact: bool, item: Item) -> None:
        self.kind = kind
        self.charge_point, self.connector_id = register
        self.wh = wh
        self.is_exact = is_exact
        self.item = item


class Unaccounted:
    """
    What the registers of one charge point gained without a record.

    Attributes:
        gaps: Where, in order.
        wh: How much, in Wh.
        is_exact: It is known to the Wh; without gaps: would be.
    """

    __slots__ = ("gaps", "is_exact", "wh")

    def __init__(self) -> None:
        self.gaps: list[Gap] = []
        self.wh = 0
        self.is_exact = True

    def add(self, gap: Gap) -> None:
        """Take a gap; one that is known to the Wh makes the sum be written so."""
        self.is_exact = gap.is_exact or (self.is_exact and bool(self.gaps))
        self.gaps.append(gap)
        self.wh += gap.wh


class Registers:
    """
    Which charge was the last at each register, as far as it was told.

    Charges that do not name their connector belong to the only one that the charge point is known to have.
    """

    def __init__(self) -> None:
        self._last: dict[Register, Charge] = {}
        self._first: dict[str, int] = {}
        self._connectors: dict[str, set[int]] = {}

    def learn(self, charge: Charge) -> None:
        """Learn which connectors there are; every charge has to be learnt before one is asked for."""
        connectors = self._connectors.setdefault(charge.charge_point, set())
        if charge.connector_id is not None:
            connectors.add(charge.connector_id)

    def see(self, charge: Charge) -> None:
        """Take a charge from before the statement; the latest at each connector counts."""
        self.learn(charge)
        self._first[charge.charge_point] = min(charge.unixtime, self._first.get(charge.charge_point, charge.unixtime))
        raw = (charge.charge_point, charge.connector_id)
        known = self._last.get(raw)
        if known is None or _moment(known) < _moment(charge):
            self._last[raw] = charge

    def reaches(self, charge_point: str, unixtime: int) -> bool:
        """Tell whether a charge of the charge point was seen that ended before a time."""
        return charge_point in self._first and self._first[charge_point] < unixtime

    def of(self, charge: Charge) -> Register:
        """Give the register of a charge."""
        connectors = self._connectors.get(charge.charge_point, set())
        return charge.charge_point, next(iter(connectors)) if len(connectors) == 1 else charge.connector_id

    def last(self) -> dict[Register, Charge]:
        """Give the last charge at each register."""
        last: dict[Register, Charge] = {}
        for charge in sorted(self._last.values(), key=_moment):
            last[self.of(charge)] = charge
        return last


def gaps(items: Iterable[Item], before: Registers) -> list[Gap]:
    """
    Find where registers did not stand still.

    Args:
        items: All items of a span, in order.
        before: What was seen before the span.

    Returns:
        The gaps in the order of items, without those of 0 Wh.
    """
    items = [item for item in items if item.is_measured and not item.charge.repeats]
    for item in items:
        before.learn(item.charge)
    last, explained, found = before.last(), _Explained(items, before), []
    for item in items:
        register = before.of(item.charge)
        previous = last.get(register)
        if previous is not None and item.charge.is_clock_suspect and item.charge.begin_kwh < previous.end_kwh:
            continue  # it ended before the previous one: what it drew is taken out of the gap in which it lies
        if previous is not None and item.charge.unixtime < previous.unixtime:
            gap = _delivered(register, item) if before.reaches(register[0], item.charge.unixtime) else None
        else:
            gap = _gained(register, previous, item, explained)
            last[register] = item.charge
        if gap is not None:
            found.append(gap)
    return found


def by_charge_point(items: Iterable[Item], found: Iterable[Gap]) -> dict[str, Unaccounted]:
    """
    Sum up gaps.

    Args:
        items: All items of a span.
        found: Their gaps.

    Returns:
        What each charge point's registers gained, by identity in order; nothing is said of others.
    """
    told: dict[str, Unaccounted] = {}
    for item in items:
        if item.charge.charge_point not in told:
            told[item.charge.charge_point] = Unaccounted()
        if not item.charge.is_exact:
            told[item.charge.charge_point].is_exact = False
    for gap in found:
        told[gap.charge_point].add(gap)
    return dict(sorted(told.items()))


class _Explained:
    """
    Where registers moved while a charge ran whose end nobody can date.

    Its readings say where it belongs: a charge point without a good clock is heard of later than others of the same
    register, and by the order of times alone it would be a gap before them, and a meter that was changed after them.
    """

    def __init__(self, items: list[Item], registers: Registers) -> None:
        self._charges: dict[Register, list[Charge]] = {}
        for item in items:
            if item.charge.is_clock_suspect:
                self._charges.setdefault(registers.of(item.charge), []).append(item.charge)
        for charges in self._charges.values():
            charges.sort(key=_begin_kwh)

    def wh(self, register: Register, first_kwh: int, last_kwh: int, most_wh: int) -> int:
        """Give what such charges drew between two readings, as far as the register gained it."""
        charges = self._charges.get(register)
        if charges is None:
            return 0
        inside = charges[
            bisect_left(charges, first_kwh, key=_begin_kwh) : bisect_right(charges, last_kwh, key=_begin_kwh)
        ]
        return min(most_wh, sum(charge.energy_wh for charge in inside if charge.end_kwh <= last_kwh))


def _begin_kwh(charge: Charge) -> int:
    return charge.begin_kwh


def _gained(register: Register, previous: Charge | None, item: Item, explained: _Explained) -> Gap | None:
    """Give the gap before a charge: what its register gained since the last one, and nothing explains."""
    if previous is None:
        return None
    charge = item.charge
    if previous.end_wh is None or charge.begin_wh is None:
        wh, is_exact = (charge.begin_kwh - previous.end_kwh) * 1000, False
    else:
        wh, is_exact = charge.begin_wh - previous.end_wh, True
    if wh < 0:
        return Gap(BACK, register, 0, is_exact, item)
    wh -= explained.wh(register, previous.end_kwh, charge.begin_kwh, wh)
    return Gap(GAINED, register, wh, is_exact, item) if wh else None


def _delivered(register: Register, item: Item) -> Gap | None:
    """Give what a late charge takes off again, since it was shown as unaccounted before."""
    charge = item.charge
    return Gap(DELIVERED, register, -charge.energy_wh, charge.is_exact, item) if charge.energy_wh else None


def _moment(charge: Charge) -> tuple[int, int]:
    """Give when a charge ended, and of two in one second which reading is the later one."""
    return charge.unixtime, charge.end_kwh if charge.end_wh is None else charge.end_wh // 1000
