"""
What people want to know of each charge point, made of its sightings: pure shaping, no disk.

A row is what ``shocpp-status --json`` prints; ``table`` is the same for a terminal.
"""

from __future__ import annotations

from shocpp import columns
from shocpp.ledger.start import Start
from shocpp.texts import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, TypeGuard

    Row = dict[str, Any]

_HEADER: tuple[str, ...] = ("charge point", "connection", "connector", "power", "energy")


def row(
    identity: str,
    is_connected: bool,
    status: dict[str, Any],
    meter: dict[str, Any],
    transactions: dict[int, dict[str, Any]],
) -> Row:
    """
    Make a charge point's row of its sightings.

    Args:
        identity: The charge point's; empty for the anonymous one.
        is_connected: A living backend holds the connection.
        status, meter, transactions: What status.json, meter.json and transactions/ say.

    Returns:
        ``charge_point``, ``connected``, ``since`` (of the connection, or last seen), ``boot``, ``connectors`` (each
        with status, power_w, energy_wh) and open ``transactions`` (each with account, started, drawn_wh, and
        presumed_over where it seems to have ended).
    """
    connectors = _mapping(status.get("connectors"))
    return {
        "charge_point": identity or None,
        "connected": is_connected,
        "since": status.get("connected_since" if is_connected else "last_seen"),
        "boot": _mapping(status.get("boot")),
        "connectors": {
            number: _connector(_mapping(connectors.get(number)), _mapping(meter.get(number)), is_connected)
            for number in sorted({*connectors, *meter}, key=lambda text: (len(text), text))
        },
        "transactions": [_transaction(each, meter) for each in transactions.values()],
        "quirks": _mapping(status.get("quirks")),
        "frames": _mapping(status.get("frames")),
        "records": status.get("records", 0),
    }


def table(rows: Iterable[Row]) -> list[str]:
    """
    Lay rows out for a terminal of 80 columns: a line for each connector, and one for each open charge below them.

    Times are UTC; what does not fit is cut, ``row`` has all of it.
    """
    cells = [(each, _cells(each)) for each in rows]
    lines = iter(columns.table([_HEADER, *(line for _, some in cells for line in some)]))
    laid = [next(lines)]
    for each, some in cells:
        laid += [next(lines) for _ in some]
        laid += [f"    {_charge(charge)}"[:80] for charge in each["transactions"]]
    return laid


def _cells(each: Row) -> list[tuple[str, ...]]:
    name = _fitted(each["charge_point"] or "(no name)", 17)
    first = (name, f"{'since' if each['connected'] else 'away'} {_minute(each['since'])[5:]}"[:17])
    connectors = {number: one for number, one in each["connectors"].items() if number != "0"} or each["connectors"]
    lines = [
        (_fitted(f"{number} {one.get('status', '?')}", 15), *_amounts(one)) for number, one in connectors.items()
    ] or [("", "", "")]
    return [(*first, *lines[0]), *(("", "", *line) for line in lines[1:])]


def _amounts(one: Row) -> tuple[str, str]:
    power, energy = one.get("power_w"), one.get("energy_wh")
    return (
        f"{power} W" if _is_below(power, 10**7) else "",
        f"{energy // 1000} kWh" if _is_below(energy, 10**12) else "",
    )


def _charge(charge: Row) -> str:
    """Say of an open charge whose it is, since when, and how much was drawn."""
    start, drawn = Start.from_sighting(charge), charge.get("drawn_wh")
    words = [_fitted(start.account or "?", 20), f"connector {_fitted(start.connector_id, 10)}"]
    words.append(f"since {_minute(start.started or start.received)}")
    if start.presumed_over:
        words.append(f"presumed over {_minute(start.presumed_over)[5:]}")
    return ", ".join([*words, *([f"{drawn / 1000:.1f} kWh"] if _is_below(drawn, 10**12) else [])])


def _minute(time: object) -> str:
    return plain(str(time or "?"))[:16].replace("T", " ")


def _is_below(value: object, limit: int) -> TypeGuard[int]:
    """Tell whether a sighting's number is one that fits into a table."""
    return isinstance(value, int) and abs(value) < limit


def _fitted(value: object, most: int) -> str:
    """Make what a charge point said fit for a terminal: no more letters than there is room for."""
    return plain(str(value))[:most]


def _connector(status: Row, meter: Row, is_connected: bool) -> Row:
    """Join what was seen of a connector; what flows while its charge point is away nobody knows."""
    names = ("power_w", "energy_wh", "received") if is_connected else ("energy_wh", "received")
    return {**status, **{name: meter[name] for name in names if name in meter}}


def _transaction(seen: Row, meter: dict[str, Any]) -> Row:
    """Add what was drawn by now, if that is known."""
    start = Start.from_sighting(seen)
    now_wh = _mapping(meter.get(str(start.connector_id))).get("energy_wh")
    if not isinstance(now_wh, int) or start.meter_start_wh is None or now_wh < start.meter_start_wh:
        return dict(seen)
    return {**seen, "drawn_wh": now_wh - start.meter_start_wh}


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
