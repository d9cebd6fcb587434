"""
What people want to know of each charge point, made of its sightings: pure shaping, no disk.

A row is what ``shocpp-status --json`` prints; ``table`` is the same for a terminal.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    Row = dict[str, Any]

_HEADER: tuple[str, ...] = ("charge point", "connection", "connector", "power", "energy", "transaction")


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
        with status, power_w, energy_wh) and open ``transactions`` (each with account, started, drawn_wh).
    """
    connectors = _mapping(status.get("connectors"))
    return {
        "charge_point": identity or None,
        "connected": is_connected,
        "since": status.get("connected_since" if is_connected else "last_seen"),
        "boot": _mapping(status.get("boot")),
        "connectors": {
            number: _connector(_mapping(connectors.get(number)), _mapping(meter.get(number)))
            for number in sorted({*connectors, *meter}, key=lambda text: (len(text), text))
        },
        "transactions": [_transaction(each, meter) for each in transactions.values()],
        "quirks": _mapping(status.get("quirks")),
        "frames": _mapping(status.get("frames")),
        "records": status.get("records", 0),
    }


def table(rows: Iterable[Row]) -> list[str]:
    """Lay rows out for a terminal of 80 columns: a line for each connector and transaction."""
    lines = [_HEADER, *(line for each in rows for line in _lines(each))]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADER))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]


def _lines(each: Row) -> list[tuple[str, ...]]:
    since = str(each["since"] or "?")[:16].replace("T", " ")
    name = printable(each["charge_point"] or "(no name)")[:24]
    first = (name, since if each["connected"] else f"away {since}")
    connectors = {number: one for number, one in each["connectors"].items() if number != "0"} or each["connectors"]
    lines = []
    open_ones = {one.get("connector_id"): one for one in each["transactions"]}
    for number, one in connectors.items():
        charge = open_ones.pop(int(number) if number.isdecimal() else None, None)
        lines.append((f"{number} {printable(one.get('status', '?'))}"[:16], *_amounts(one), _charge(charge)))
    lines += [("", "", "", _charge(charge)) for charge in open_ones.values()]
    lines = lines or [("", "", "", "")]
    return [(*first, *lines[0]), *(("", "", *line) for line in lines[1:])]


def _amounts(one: Row) -> tuple[str, str]:
    power = one.get("power_w")
    energy = one.get("energy_wh")
    return ("" if power is None else f"{power} W", "" if energy is None else f"{energy // 1000} kWh")


def _charge(charge: Row | None) -> str:
    if charge is None:
        return ""
    drawn = charge.get("drawn_wh")
    return printable(charge.get("account") or "?")[:20] + ("" if drawn is None else f" {drawn / 1000:.1f} kWh")


def printable(value: object) -> str:
    """Make what a charge point said fit for a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in str(value))


def _connector(status: Row, meter: Row) -> Row:
    return {**status, **{name: meter[name] for name in ("power_w", "energy_wh", "received") if name in meter}}


def _transaction(seen: Row, meter: dict[str, Any]) -> Row:
    now, begin = _mapping(meter.get(str(seen.get("connector_id")))).get("energy_wh"), seen.get("begin_wh")
    is_known = isinstance(now, int) and isinstance(begin, int) and now >= begin
    return {**seen, **({"drawn_wh": now - begin} if is_known else {})}  # type: ignore[operator]


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
