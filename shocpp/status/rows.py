"""
What people want to know of each charge point, made of its sightings: pure shaping, no disk.

A row is what ``shocpp-status --json`` prints; how it is laid out for a terminal is ``screen``'s.
"""

from __future__ import annotations

from shocpp.ledger.start import Start

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from shocpp.ledger.charge_points import ListedChargePoint

    Row = dict[str, Any]

SORTS = ("name", "connection", "power", "energy")
_FLOWING = ("Charging", "SuspendedEV", "SuspendedEVSE")


def row(
    identity: str,
    is_connected: bool,
    status: dict[str, Any],
    meter: dict[str, Any],
    transactions: dict[int, dict[str, Any]],
    held_since: str | None = None,
    listed: ListedChargePoint | None = None,
) -> Row:
    """
    Make a charge point's row of its sightings.

    Args:
        identity: The charge point's; empty for the anonymous one.
        is_connected: A living backend holds the connection.
        status, meter, transactions: What status.json, meter.json and transactions/ say.
        held_since: When the connection began, where that is known better than by status.json, which comes later.
        listed: What charge-points.json says of it.

    Returns:
        ``charge_point``, ``name`` and ``location`` where they are listed, ``connected``, ``since`` (of the connection,
        or last seen), ``protocol`` where it is not OCPP-J, ``boot``, ``connectors`` (each with status, power_w,
        energy_wh) and open ``transactions`` (each with account, started, drawn_wh, and presumed_over where it seems to
        have ended).
    """
    connectors = _mapping(status.get("connectors"))
    since = held_since or status.get("connected_since") if is_connected else status.get("last_seen")
    return {
        "charge_point": identity or None,
        **({"name": listed.name} if listed and listed.name else {}),
        **({"location": listed.location} if listed and listed.location else {}),
        "connected": is_connected,
        "since": since,
        **({"protocol": str(status["protocol"])} if status.get("protocol") else {}),
        "boot": _mapping(status.get("boot")),
        "connectors": {
            number: _connector(
                _mapping(connectors.get(number)), _mapping(meter.get(number)), is_connected, transactions
            )
            for number in sorted({*connectors, *meter}, key=lambda text: (len(text), text))
        },
        "transactions": [_transaction(each, meter) for each in transactions.values()],
        "quirks": _mapping(status.get("quirks")),
        "frames": _mapping(status.get("frames")),
        "records": status.get("records", 0),
    }


def ordered(rows: Iterable[Row], by: str) -> list[Row]:
    """
    Put rows in order.

    Args:
        rows: The rows, by name.
        by: One of ``SORTS``: who is away comes first, or the greatest power or energy of all connectors.
    """
    if by == "name":
        return list(rows)
    if by == "connection":
        return sorted(rows, key=lambda row: (bool(row["connected"]), str(row["since"] or "")))
    return sorted(rows, key=lambda row: -_sum(row, "power_w" if by == "power" else "energy_wh"))


def is_of(row: Row, account: str) -> bool:
    """Tell whether a charge of an account is under way at a charge point."""
    return any(charge.get("account") == account for charge in row["transactions"])


def has_changed(before: Row | None, now: Row) -> bool:
    """Tell whether a charge point does something else now; a message that says nothing new is no change."""
    return before is None or any(before.get(field) != now[field] for field in now if field != "frames")


def _sum(row: Row, field: str) -> int:
    values = (connector.get(field) for connector in row["connectors"].values())
    return sum(value for value in values if isinstance(value, int))


def _connector(status: Row, meter: Row, is_connected: bool, transactions: dict[int, dict[str, Any]]) -> Row:
    """
    Join what was seen of a connector; what flows while its charge point is away nobody knows.

    Readings of a charge that has ended are old: the stop had a later one, which is in its record.
    """
    names: tuple[str, ...] = ("power_w", "energy_wh", "received") if is_connected else ("energy_wh", "received")
    read_in = meter.get("transaction_id")
    if isinstance(read_in, int) and read_in not in transactions and status.get("status") not in _FLOWING:
        names = ()
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
