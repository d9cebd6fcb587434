"""
What was drawn in a charge: the meter's readings, the consumption in kWh and Wh, and what cannot be right about them.

Pure arithmetic of what a stop says, what its id holds and what was seen of its start; what a record says besides is
``ledger.record``'s.
"""

from __future__ import annotations

from shocpp.ledger import transaction_id as ids

BACKWARDS, IMPLAUSIBLE, UNKNOWN_START = "backwards", "implausible", "unknown-start"

_MOST_W = 4_000_000  # the strongest chargers that are built; more than this for an hour is a broken meter
_SHORTEST_S = 3600


class Reckoning:
    """
    Readings and consumption of a stop; an anomaly keeps the readings and bills 0.

    Args:
        end_wh: The meter's reading at the end.
        seen_wh: What was seen of its reading at the begin; None if nothing was.
        part: The id's meter part; None without an id.
        unit: What the id carries, ``"kwh"`` or ``"wh"``.
        duration_s: How long the charge took; None if that is not known.

    Attributes:
        anomaly: What cannot be right; None if nothing is wrong.
        begin_kwh, end_kwh, consumed_kwh: Readings and consumption in whole kWh.
        begin_wh, end_wh, consumed_wh: The same in Wh; None where they are not known.
        exceeds_id: More was drawn than a transaction id can hold: the begin that was seen alone says how much.
    """

    __slots__ = ("anomaly", "begin_kwh", "begin_wh", "consumed_kwh", "consumed_wh", "end_kwh", "end_wh", "exceeds_id")

    def __init__(self, end_wh: int, seen_wh: int | None, part: int | None, unit: str, duration_s: int | None) -> None:
        self.end_wh = end_wh
        # a reading that does not agree with the id is another charge's
        is_its = seen_wh is not None and part is not None and ids.agrees(part, seen_wh, unit)
        self.begin_wh = seen_wh if is_its else None
        self.begin_kwh = self.end_kwh = self.end_wh // 1000
        self.consumed_kwh, self.consumed_wh = 0, None if part is None else 0
        self.anomaly: str | None = None
        self.exceeds_id = False
        if part is None:
            self.anomaly = UNKNOWN_START
            return
        told = ids.drawn(part, self.end_wh, unit) if self.end_wh >= 0 else None
        is_charge = self._reckon_wh(told) if unit == "wh" else self._reckon_kwh(told)
        if not is_charge:
            self.anomaly = BACKWARDS
            self.begin_kwh = _read_begin_kwh(self.begin_wh, part, unit)
        elif unit == "kwh" and self._counts_from_zero(part):
            self._bill_nothing()
            self.begin_kwh = part
        elif self._is_doubtful(unit, duration_s):
            self._bill_nothing()

    def limit(self, most_kwh: int) -> None:
        """Bill nothing of a charge above a limit: it is an anomaly."""
        consumed_wh = self.consumed_kwh * 1000 if self.consumed_wh is None else self.consumed_wh
        if consumed_wh > most_kwh * 1000:
            self._bill_nothing()

    def _bill_nothing(self) -> None:
        self.anomaly, self.consumed_kwh, self.consumed_wh = IMPLAUSIBLE, 0, 0

    def _reckon_kwh(self, told: int | None) -> bool:
        """Reckon what the id told in kWh; False where that is no charge."""
        begin_wh, end_wh = self.begin_wh, self.end_wh
        if told is None or (told == 0 and begin_wh is not None and begin_wh > end_wh):
            return False
        self.consumed_kwh, self.consumed_wh = told, None
        self.begin_kwh = self.end_kwh - told
        if self.begin_kwh < 0:
            self.begin_kwh %= ids.PARTS  # a meter that rolled over began near its end
        if begin_wh is not None:
            self.begin_kwh = begin_wh // 1000
            self.consumed_wh = (end_wh - begin_wh) % (ids.PARTS * 1000)
            self.exceeds_id = self.end_kwh - self.begin_kwh > told
        return True

    def _reckon_wh(self, told: int | None) -> bool:
        """
        Reckon what was drawn since the begin that was seen, else what the id told in Wh; False where that is no charge.

        A meter that was changed for one that begins at 0 looks like one that rolled over, which none does so early.
        """
        begin_wh = self.end_wh - told if self.begin_wh is None and told is not None else self.begin_wh
        if begin_wh is None or begin_wh < 0 or begin_wh > self.end_wh:
            return False
        self.begin_wh = begin_wh
        self.begin_kwh = begin_wh // 1000
        self.consumed_kwh = self.end_kwh - self.begin_kwh
        self.consumed_wh = self.end_wh - begin_wh
        self.exceeds_id = self.consumed_wh >= ids.PARTS
        return True

    def _counts_from_zero(self, part: int) -> bool:
        """
        Tell whether all that is on the meter would have been drawn in this charge, more than any charge draws.

        A part of 0 kWh whose start nobody saw is that of a meter that began at 0 rather than of one that had just
        counted whole GWh.
        """
        return part == 0 and self.begin_wh is None and self.end_kwh >= ids.PARTS

    def _is_doubtful(self, unit: str, duration_s: int | None) -> bool:
        """
        Tell whether that much cannot have been drawn, or nothing speaks for it.

        What the id cannot hold speaks for another charge's begin, unless it is in Wh and took its time.
        """
        if self.exceeds_id and (unit == "kwh" or duration_s is None):
            return True
        return duration_s is not None and self.consumed_kwh * 1000 * 3600 > _MOST_W * max(duration_s, _SHORTEST_S)


def _read_begin_kwh(seen_wh: int | None, part: int, unit: str) -> int:
    """Give the reading at the begin in kWh as far as it is known: the id has its last six digits alone."""
    if seen_wh is not None:
        return seen_wh // 1000
    return part if unit == "kwh" else part // 1000
