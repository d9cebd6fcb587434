"""
The list of all charge points: what is shown of each, found by a word, narrowed to a state, a page at a time.

Pure: the rows of ``status`` come in.
"""

from __future__ import annotations

from shocpp.texts import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from shocpp.status.rows import Row
    from shocpp.web.pages.shown_connectors import ShownConnectors

PER_PAGE = 100
FILTERS = ("charging", "free", "fault", "away")
_BUSY = {"charging", "car", "paused"}


class Point:
    """A charge point in the list."""

    __slots__ = ("_connectors", "_now", "_row", "firmware", "identity", "kind", "location", "quirks", "states", "title")

    def __init__(self, row: Row, connectors: ShownConnectors, now: datetime) -> None:
        boot = row["boot"]
        self._row, self._connectors, self._now = row, connectors, now
        self.identity: str = row["charge_point"] or ""
        self.title = connectors.name_of(row)
        self.location = plain(str(row.get("location") or ""))
        self.states = connectors.states_of(row)
        self.kind = " ".join(
            plain(str(boot[name])) for name in ("chargePointVendor", "chargePointModel") if name in boot
        )
        self.firmware = plain(str(boot.get("firmwareVersion") or ""))
        self.quirks = sum(count for count in row["quirks"].values() if isinstance(count, int))

    @property
    def seen(self) -> str:
        """Since when it is connected, or when it was seen last; written for those alone that are shown."""
        return self._connectors.seen_of(self._row, self._now)

    def is_found_by(self, word: str) -> bool:
        """Tell whether a word is in anything that is shown of it, whatever its case."""
        shown = (self.identity, self.title, self.location, self.kind, self.firmware)
        return word.casefold() in " ".join(shown).casefold()

    def is_in(self, state: str) -> bool:
        """Tell whether a connector is in a state of ``FILTERS``."""
        return bool(_BUSY & set(self.states)) if state == "charging" else state in self.states


def points(rows: Iterable[Row], connectors: ShownConnectors, now: datetime, word: str, state: str) -> list[Point]:
    """
    Give the charge points that are asked for.

    Args:
        rows: What is seen of all.
        connectors: Says what each does.
        now: The time.
        word: What is to be in their names or kinds; empty for any.
        state: One of ``FILTERS``; empty for any.
    """
    made = (Point(row, connectors, now) for row in rows)
    return [each for each in made if each.is_found_by(word.strip()) and (not state or each.is_in(state))]
