"""
The power of charges that are under way, as it was seen: what the little curves of the page are drawn of.

Kept in memory, for no longer than a charge is open, and in no more points than a curve needs. Pure.
"""

from __future__ import annotations

from shocpp.ledger.start import Start
from shocpp.times import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from shocpp.status.rows import Row

    Point = tuple[datetime, int]
    Key = tuple[str, int]

MOST_POINTS = 120


class PowerHistory:
    """The readings of each open charge, the oldest first; of too many every other one goes."""

    def __init__(self) -> None:
        self._points: dict[Key, list[Point]] = {}

    def see(self, rows: Iterable[Row]) -> None:
        """Take the readings out of the rows of all charge points; charges that are open no more are forgotten."""
        before, self._points = self._points, {}
        for row in rows:
            for charge in row["transactions"]:
                connector = row["connectors"].get(str(Start.from_sighting(charge).connector_id), {})
                key = row["charge_point"] or "", int(charge.get("transaction_id") or 0)
                self._points[key] = _continued(before.get(key, []), connector)

    def of(self, identity: str, transaction_id: int) -> list[Point]:
        """Give the readings of an open charge: time and W."""
        return list(self._points.get((identity, transaction_id), ()))


def _continued(points: list[Point], connector: Row) -> list[Point]:
    """Add a connector's reading, if it is a later one."""
    at, power_w = parse(connector.get("received")), connector.get("power_w")
    if at is None or not isinstance(power_w, int) or (points and points[-1][0] >= at):
        return points
    return [*(points if len(points) < MOST_POINTS else points[::2]), (at, power_w)]
