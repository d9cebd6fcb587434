"""
Stops that a charge point reported twice, with another time each: one charge, of which the first record bills.

Decided by whoever reads, never written: two records of one charge point with the same transaction id and end reading,
stopped within 24 hours of each other, without a start in between. Card and connector do not decide. Pure; where
earlier records lie is the reader's.
"""

from __future__ import annotations

from shocpp.ledger.transaction_id import PARTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.ledger.charge import Charge

    Key = tuple[str, int, int]

WITHIN_S = 24 * 3600


class _Met:
    """What must be known of a charge to tell its repetitions: its times, and the path of the record that bills it."""

    __slots__ = ("before", "begin_wh", "billed", "received", "started_unixtime", "unixtime")

    def __init__(self, charge: Charge, billed: str, before: _Met | None) -> None:
        self.unixtime = charge.unixtime
        self.begin_wh = charge.begin_wh
        self.received = charge.received
        self.started_unixtime = charge.started_unixtime
        self.billed = billed
        self.before = before

    def is_repeated_by(self, charge: Charge) -> bool:
        """Tell whether another record is of the same charge: neither began when the other had ended."""
        if abs(charge.unixtime - self.unixtime) > WITHIN_S or self._began_where_it_ended(charge):
            return False
        if charge.started_unixtime == self.started_unixtime or self._booked_second(charge).started_unixtime is None:
            return True
        later_started = (charge if charge.unixtime >= self.unixtime else self).started_unixtime
        return later_started is None or later_started < min(charge.unixtime, self.unixtime)

    def _booked_second(self, charge: Charge) -> Charge | _Met:
        """Give the one of the two that was booked second, whatever a clock that was set back says of their ends."""
        if charge.received is None or self.received is None or charge.received == self.received:
            return charge if charge.unixtime >= self.unixtime else self
        return charge if charge.received > self.received else self

    def _began_where_it_ended(self, charge: Charge) -> bool:
        """
        Tell whether one began where both ended, and the other did not: it drew nothing, and is a charge of its own.

        Begins that differ otherwise are no two charges' on one meter; an id in Wh alone leaves out multiples of its
        parts.
        """
        begin_wh, end_wh = charge.begin_wh, charge.end_wh
        if begin_wh is None or self.begin_wh is None or end_wh not in (begin_wh, self.begin_wh):
            return False
        return (begin_wh - self.begin_wh) % PARTS != 0


class BilledCharges:
    """The charges that were met, in the order in which they would be billed."""

    def __init__(self) -> None:
        self._met: dict[Key, _Met] = {}

    def first_of(self, charge: Charge) -> str:
        """Give the path of the record that bills what a charge repeats; empty if it repeats none that was met."""
        key = key_of(charge)
        met = self._met.get(key) if key else None
        while met is not None and not met.is_repeated_by(charge):
            met = met.before
        return met.billed if met is not None else ""

    def meet(self, charge: Charge) -> None:
        """Keep a charge; what it repeats must have been set before."""
        key = key_of(charge)
        if key is not None:
            self._met[key] = _Met(charge, charge.repeats or charge.ref, self._met.get(key))


def key_of(charge: Charge) -> Key | None:
    """Give what a repetition has in common with its first; None without id or reading, and for a correction."""
    if charge.transaction_id is None or charge.end_wh is None or charge.corrects:
        return None
    return charge.charge_point, charge.transaction_id, charge.end_wh
