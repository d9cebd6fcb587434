"""
Rows laid out for a terminal of 80 columns: a line for each connector, what is listed of it, and each open charge.

Pure. Times are local, and the last line names their zone; what does not fit is cut with an ellipsis, and two names that
would look alike then are cut in the middle.
"""

from __future__ import annotations

from shocpp import columns
from shocpp.ledger.start import Start
from shocpp.texts import plain
from shocpp.times import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import tzinfo
    from typing import TypeGuard

    from shocpp.status.rows import Row

COLUMNS = 80
_HEADER: tuple[str, ...] = ("charge point", "connection", "connector", "power", "energy")
_LONGEST_NAME = 17


class Screen:
    """
    Lays rows out.

    Args:
        zone: The zone of the times; None for UTC.
        zone_name: What it is called.
    """

    def __init__(self, zone: tzinfo | None = None, zone_name: str = "UTC") -> None:
        self._zone = zone
        self._zone_name = zone_name

    def lines(self, rows: Sequence[Row], most: int | None = None) -> list[str]:
        """
        Lay rows out.

        Args:
            rows: One for each charge point.
            most: How many lines there is room for; None for any number. Of the charge points that have none their
                number is told.
        """
        header, blocks = self._blocks(rows)
        shown, count = [header], 0
        for block in blocks:
            # a line for how many more there are, unless these are the last; one for the zone
            room = None if most is None else most - len(shown) - 1 - (count + 1 < len(blocks))
            if room is not None and len(block) > room:
                break
            shown += block
            count += 1
        more = len(blocks) - count
        return [*shown, *([f"and {more} more"] if more else []), f"Times are those of {self._zone_name}."]

    def _blocks(self, rows: Sequence[Row]) -> tuple[str, list[list[str]]]:
        names = shortened([plain(each["charge_point"] or "(no name)", 255) for each in rows], _LONGEST_NAME)
        cells = [self._cells(name, each) for name, each in zip(names, rows, strict=True)]
        laid = iter(columns.table([_HEADER, *(line for some in cells for line in some)]))
        header = next(laid)
        return header, [
            [*(next(laid) for _ in some), *(columns.fit(line, COLUMNS).rstrip() for line in self._below(each))]
            for each, some in zip(rows, cells, strict=True)
        ]

    def _below(self, each: Row) -> Iterable[str]:
        called = [plain(each[field]) for field in ("name", "location") if each.get(field)]
        if called:
            yield f"    {', '.join(called)}"
        for charge in each["transactions"]:
            yield f"    {self._charge(charge)}"

    def _cells(self, name: str, each: Row) -> list[tuple[str, ...]]:
        since = f"{'since' if each['connected'] else 'away'} {self._minute(each['since'])[5:]}"
        first = (name, _fitted(since if each["since"] else "never seen", 17))
        connectors = {number: one for number, one in each["connectors"].items() if number != "0"} or each["connectors"]
        lines = [
            (_fitted(f"{number} {one.get('status', '?')}", 15), *_amounts(one)) for number, one in connectors.items()
        ] or [("", "", "")]
        return [(*first, *lines[0]), *(("", "", *line) for line in lines[1:])]

    def _charge(self, charge: Row) -> str:
        """Say of an open charge whose it is, since when, how much was drawn, and its number."""
        start, drawn = Start.from_sighting(charge), charge.get("drawn_wh")
        words = [_fitted(start.account or "?", 20), f"connector {_fitted(start.connector_id, 10)}"]
        words.append(f"since {self._minute(start.started or start.received)}")
        if start.presumed_over:
            words.append(f"presumed over {self._minute(start.presumed_over)[5:]}")
        if _is_below(drawn, 10**12):
            words.append(f"{drawn / 1000:.1f} kWh")
        if isinstance(charge.get("transaction_id"), int):
            words.append(f"id {charge['transaction_id']}")
        return ", ".join(words)

    def _minute(self, time: object) -> str:
        at = parse(time) if isinstance(time, str) else None
        if at is None:
            return plain(str(time or "?"))[:16].replace("T", " ")
        return f"{at.astimezone(self._zone) if self._zone else at:%Y-%m-%d %H:%M}"


def shortened(names: Sequence[str], most: int) -> list[str]:
    """
    Cut names to a length at which they still differ, as far as that can be had.

    >>> shortened(["garage", "garage-upper-left", "garage-upper-right"], 10)
    ['garage', 'garag…left', 'garag…ight']
    """
    cut = [name if len(name) <= most else f"{name[: most - 1]}…" for name in names]
    behind = most // 2 - 1
    return [
        f"{name[: most - behind - 1]}…{name[-behind:]}" if len(name) > most and cut.count(short) > 1 else short
        for name, short in zip(names, cut, strict=True)
    ]


def _amounts(one: Row) -> tuple[str, str]:
    power, energy = one.get("power_w"), one.get("energy_wh")
    return (
        f"{power} W" if _is_below(power, 10**7) else "",
        f"{energy // 1000} kWh" if _is_below(energy, 10**12) else "",
    )


def _is_below(value: object, limit: int) -> TypeGuard[int]:
    """Tell whether a sighting's number is one that fits into a table."""
    return isinstance(value, int) and abs(value) < limit


def _fitted(value: object, most: int) -> str:
    """Make what a charge point said fit for a terminal: no more letters than there is room for."""
    return plain(str(value), most)
