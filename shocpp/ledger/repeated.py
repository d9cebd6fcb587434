"""
Stops that a charge point reported twice, with another time each: one charge, of which the first record bills.

Decided by whoever reads, never written: two records of one charge point with the same transaction id and end reading,
stopped within 24 hours of each other, without a start in between. Card and connector do not decide. Pure; where
earlier records lie is the reader's.
"""

from __future__ import annotations

from itertools import chain

from shocpp.ledger.charge import place, stamp_in
from shocpp.ledger.plausible_times import EARLIEST_S
from shocpp.ledger.transaction_id import PARTS
from shocpp.times import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from datetime import datetime

    from shocpp.ledger.charge import Charge

    Key = tuple[str, int, int]

WITHIN_S = 24 * 3600


class _Met:
    """What must be known of a charge to tell its repetitions: its times, and the path of the record that bills it."""

    __slots__ = (
        "_claimed_s", "_first", "_folder", "_is_anomaly", "_name", "_repeats",
        "before", "begin_wh", "received_text", "started", "unixtime",
    )  # fmt: skip

    def __init__(self, charge: Charge, before: _Met | None, first: _Met | None) -> None:
        self.unixtime = charge.unixtime
        self.begin_wh = _begin_wh(charge)
        self.received_text = charge.received_text
        self.started = _started(charge)
        self.before = before
        self._first = first
        self._repeats = charge.repeats
        self._claimed_s = _claimed_s(charge)
        self._is_anomaly = bool(charge.anomaly)
        self._folder = charge.folder
        self._name = charge.name

    @property
    def billed(self) -> str:
        """The path of the record that bills it; put together where it is asked for, which is rare."""
        return self._repeats or place(self._folder, self._name)

    @property
    def received(self) -> datetime | None:
        """When it was booked, in UTC, if that is known."""
        return parse(self.received_text)

    def is_repeated_by(self, charge: Charge) -> bool:
        """
        Tell whether another record is of the same charge: neither began when the other had ended.

        An anomaly is the first of anomalies alone: it bills nothing, and would keep a good record from being billed.
        What is told from the charge that this one repeats does not repeat it through this one, unless the two have one
        start: that is surer than what the first one's clock said.
        """
        if (self._is_anomaly and not charge.anomaly) or not self._is_near(charge) or not self._is_alike(charge):
            return False
        return self._are_firsts_alike(charge) or self.began_with(charge)

    def is_apart_from(self, charge: Charge) -> bool:
        """Tell whether another record is known to be of another charge, although it looks the same."""
        return self._is_near(charge) and not self._is_alike(charge)

    def began_with(self, charge: Charge) -> bool:
        """Tell whether both have the same start."""
        started = _started(charge)
        return started is not None and started == self.started

    def _is_alike(self, charge: Charge) -> bool:
        """Tell whether nothing but the time between the two says that they are two charges."""
        if self._began_where_it_ended(charge):
            return False
        started = _started(charge)
        if started == self.started or (started if self._is_booked_before(charge) else self.started) is None:
            return True
        later_started = started if charge.unixtime >= self.unixtime else self.started
        return later_started is None or later_started.timestamp() < min(charge.unixtime, self.unixtime)

    def _are_firsts_alike(self, charge: Charge) -> bool:
        """Tell the same of those that this one repeats: the first that was read, and what bills ahead of that."""
        first = self._first
        return first is None or (first._is_alike(charge) and first._are_firsts_alike(charge))

    def _is_near(self, charge: Charge) -> bool:
        """Tell whether both ended within a day; of two by a clock that was set wrong, that clock tells it, too."""
        if abs(charge.unixtime - self.unixtime) <= WITHIN_S:
            return True
        theirs, ours = _claimed_s(charge), self._claimed_s
        return theirs is not None and ours is not None and abs(theirs - ours) <= WITHIN_S

    def _is_booked_before(self, charge: Charge) -> bool:
        """Tell whether the other one was booked second, whatever a clock that was set back says of their ends."""
        theirs, ours = parse(charge.received_text), self.received
        if theirs is None or ours is None or theirs == ours:
            return charge.unixtime >= self.unixtime
        return theirs > ours

    def _began_where_it_ended(self, charge: Charge) -> bool:
        """
        Tell whether one began where both ended, and the other did not: it drew nothing, and is a charge of its own.

        Begins that differ otherwise are no two charges' on one meter; an id in Wh alone leaves out multiples of its
        parts.
        """
        begin_wh, end_wh = _begin_wh(charge), charge.end_wh
        if begin_wh is None or self.begin_wh is None or end_wh not in (begin_wh, self.begin_wh):
            return False
        return (begin_wh - self.begin_wh) % PARTS != 0


def _started(charge: Charge) -> datetime | None:
    """
    Give when a charge began, if that says anything of it.

    Readings that cannot be right may have met what was seen of another one's start; and a start after the end is one
    by another clock than the end, which is ours where the charge point's is plainly wrong.
    """
    started = charge.started
    is_told = started is not None and not charge.anomaly and started.timestamp() <= charge.unixtime
    return started if is_told else None


def _claimed_s(charge: Charge) -> int | None:
    """Give when a charge ended by a clock that was set wrong; one before 2015 was never set, and tells nothing."""
    stamp = stamp_in(charge.name) if charge.is_clock_suspect else None
    return stamp if stamp is not None and stamp >= EARLIEST_S else None


def _begin_wh(charge: Charge) -> int | None:
    """Give the reading at the begin; one that cannot be right may be another charge's."""
    return None if charge.anomaly else charge.begin_wh


class BilledCharges:
    """
    The charges that were met, in the order in which they bill, each by its ``key_of``; of two months they are kept.

    Args:
        counting: Gives the place of the record that counts in the place of another: a correction's; None where each
            counts itself.
        older: Those that were met before.
    """

    def __init__(self, counting: Callable[[str], str] | None = None, older: BilledCharges | None = None) -> None:
        self._counting = counting or _itself
        self._older = older
        self._here: dict[Key, _Met] = {}
        self._before: dict[Key, _Met] = {}
        self._firsts: dict[str, _Met] = {}  # of what was repeated, by the place of the record that bills it

    def mark(self, key: Key, charge: Charge, ahead: Collection[BilledCharges] = ()) -> None:
        """
        Say in a charge which record bills it, if it repeats one that was met; from now on know it.

        Args:
            key: Its ``key_of``.
            charge: The charge.
            ahead: What bills before all that was met.
        """
        charge.repeats = self.billing(key, charge, ahead)
        self.meet(key, charge, ahead)

    def meet(self, key: Key, charge: Charge, ahead: Collection[BilledCharges] = ()) -> None:
        """Keep a charge; what it repeats must have been set before."""
        first = self._first_billed_by(charge.repeats, key, ahead) if charge.repeats else None
        self._here[key] = _Met(charge, self._here.get(key), first)

    def end_month(self) -> None:
        """Go on to the next month; what was met before this one is forgotten."""
        self._before, self._here = self._here, {}
        self._firsts.clear()

    def _met(self, key: Key) -> Iterator[_Met]:
        """Give what was met, the latest first."""
        yield from self._kept(key)
        if self._older is not None:
            yield from self._older._met(key)

    def _kept(self, key: Key) -> Iterator[_Met]:
        """Give the same without older ones."""
        for latest in (self._here.get(key), self._before.get(key)):
            met = latest
            while met is not None:
                yield met
                met = met.before

    def billing(self, key: Key, charge: Charge, ahead: Iterable[BilledCharges] = ()) -> str:
        """
        Give the place of the record that bills what a charge repeats; empty if it repeats nothing that is known.

        It does not repeat what one that is known to be of another charge repeats, too, unless the two have one start.
        """
        others: set[str] = set()
        for met in chain.from_iterable(each._met(key) for each in (self, *ahead)):
            if met.is_apart_from(charge):
                others.add(self._counting(met.billed))
            elif met.is_repeated_by(charge):
                billed = self._counting(met.billed)
                if billed not in others or met.began_with(charge):
                    return billed
        return ""

    def _first_billed_by(self, billed: str, key: Key, ahead: Iterable[BilledCharges]) -> _Met | None:
        """Give the first one that was met, or else is ahead, of what a record bills; None if there is none."""
        are_ahead = (self._first_among(each._met(key), billed) for each in ahead)
        return self._first_met(billed, key) or next(filter(None, are_ahead), None)

    def _first_met(self, billed: str, key: Key) -> _Met | None:
        """Give the first one that was met of what a record bills, which is looked for once; None if there is none."""
        first = self._older._first_met(billed, key) if self._older is not None else None
        if first is None and billed not in self._firsts:
            first = self._first_among(self._kept(key), billed)
            if first is not None:
                self._firsts[billed] = first
        return first or self._firsts.get(billed)

    def _first_among(self, charges: Iterable[_Met], billed: str) -> _Met | None:
        """Give of some, the latest first, the first one that a record bills."""
        found = [met for met in charges if self._counting(met.billed) == billed]
        return found[-1] if found else None


def _itself(ref: str) -> str:
    """Give the place of a record that no correction replaces."""
    return ref


def key_of(charge: Charge) -> Key | None:
    """Give what a repetition has in common with its first; None without id or reading, and for a correction."""
    return None if charge.corrects else key_of_readings(charge)


def key_of_readings(charge: Charge) -> Key | None:
    """Give the same of any record: a correction has what the charge had that it corrects."""
    if charge.transaction_id is None or charge.end_wh is None:
        return None
    return charge.charge_point, charge.transaction_id, charge.end_wh
