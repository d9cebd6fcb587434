"""
Corrections: what a person decides of a charge after its record was written.

A correcting record lies beside the records and has all of their fields, with what was decided in them, and says which
record it corrects, who says so and why. Nothing that was written changes. Pure: knows neither files nor the time.
"""

from __future__ import annotations

from difflib import get_close_matches

from shocpp.errors import DataError
from shocpp.ledger.accounts import UNASSIGNED, UNKNOWN
from shocpp.ledger.charge import stop_at
from shocpp.ledger.reckoning import UNKNOWN_START
from shocpp.ledger.repeated import BilledCharges, key_of_readings
from shocpp.ledger.transaction_id import MOST_KWH, PARTS
from shocpp.times import utc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from typing import Any

    from shocpp.ledger.accounts import Accounts
    from shocpp.ledger.charge import Charge

SUFFIX = "-correction.json"
_DROPPED = ("corrects", "corrected_by", "why", "corrected")  # of the record that is corrected, if it corrects another


def assigned(charge: Charge, account: str, accounts: Accounts) -> dict[str, Any]:
    """
    Give a charge to an account.

    Args:
        charge: The charge as its record has it.
        account: An account of tags.json, or a name that records have: ``unknown-7``, ``unassigned``.
        accounts: The accounts of tags.json.

    Returns:
        The fields of its record with that account in them.

    Raises:
        DataError: There is no such account, or the charge is its already.
    """
    if account == charge.account:
        raise DataError(f"{charge.ref} is on account {account!r} already")
    changed = {**charge.fields, "account": account, "account_index": _index(account, accounts)}
    changed.pop("unassigned_because", None)
    return changed


def accepted(charge: Charge) -> dict[str, Any]:
    """
    Believe readings that were taken for an anomaly: what is between them was drawn.

    Returns:
        The fields of its record without the anomaly.

    Raises:
        DataError: There is none, or nothing can be drawn between such readings.
    """
    if not charge.anomaly:
        raise DataError(f"{charge.ref} is no anomaly; there is nothing to accept")
    consumed_kwh = (charge.end_kwh - charge.begin_kwh) % PARTS
    if charge.anomaly == UNKNOWN_START or consumed_kwh > MOST_KWH:
        raise DataError(f"{charge.ref} cannot be accepted: {charge.anomaly}, nobody can say what was drawn")
    changed = {**charge.fields, "consumed_kwh": str(consumed_kwh)}
    if charge.begin_wh is None or charge.end_wh is None:
        changed.pop("consumed_wh", None)
    else:
        changed["consumed_wh"] = (charge.end_wh - charge.begin_wh) % (PARTS * 1000)
    del changed["anomaly"]
    return changed


def correcting(charge: Charge, changed: dict[str, Any], by: str, why: str, at: datetime) -> dict[str, Any]:
    """
    Make a correcting record.

    Args:
        charge: The charge that is corrected.
        changed: The fields of its record with what was decided in them.
        by: Who decided it.
        why: Why; not empty.
        at: When, aware.

    Returns:
        The fields of the correcting record.

    Raises:
        DataError: It is not said who or why.
    """
    if not why.strip() or not by.strip():
        raise DataError("a correction says who made it and why")
    kept = {name: value for name, value in changed.items() if name not in _DROPPED}
    return {**kept, "corrects": charge.ref, "corrected_by": by, "why": why, "corrected": utc(at)}


def name_of(charge: Charge, digest: str) -> str:
    """Name the file of a correcting record; ``digest`` is 12 hex digits made of the first's place and its content."""
    return f"{charge.unixtime}-{digest}{SUFFIX}"


class Corrections:
    """
    All corrections that there are: which record of a charge counts.

    A correction may be corrected itself, and two machines may have corrected the same record, or two of one charge: of
    all records of a charge the one that was corrected last counts; where two were at the same second the one that
    corrects corrections, and then the one with the later place.

    Args:
        charges: The charges of all correcting records, in any order.

    Attributes:
        charges: The charges that are corrected, each as its corrections bill it, whichever of them counts.
    """

    def __init__(self, charges: Iterable[Charge]) -> None:
        self._all = {each.ref: each for each in charges}
        self._families: dict[str, _Family] = {}
        self.charges = BilledCharges()
        for ref in sorted(self._all, key=self._order):
            stop = stop_at(self._first(ref))
            self._families.setdefault(stop, _Family([stop])).refs.append(ref)
            self._join_alike(self._all[ref])

    def __iter__(self) -> Iterator[Charge]:
        """Give the corrections that count, one a charge."""
        last = (family.refs[-1] for _, family in sorted(self._families.items()))
        return (self._all[ref] for ref in dict.fromkeys(last))

    def of(self, ref: str) -> Charge | None:
        """Give the correction that counts in the place of a record; None where the record itself does."""
        family = self._families.get(stop_at(self._first(ref)))
        return self._all[family.refs[-1]] if family and family.refs[-1] != ref else None

    def counting(self, ref: str) -> str:
        """Give the place of the record that counts in the place of a record: a correction's, or its own."""
        correction = self.of(ref) if self._families else None
        return ref if correction is None else correction.ref

    def replace(self, charge: Charge) -> bool:
        """Tell whether a correction counts in the place of a charge."""
        return bool(self._families) and self.of(charge.ref) is not None

    def before(self, correction: Charge) -> list[str]:
        """Give the stops (``stop_at``) of all records in whose place a correction counts, other corrections too."""
        return [*self.stops(correction), *(ref for ref in self._family(correction).refs if ref != correction.ref)]

    def stops(self, correction: Charge) -> list[str]:
        """Give the stops (``stop_at``) of the records in whose place a correction counts, without other corrections."""
        return self._family(correction).stops

    def join(self, correction: Charge, ref: str) -> None:
        """
        Have what was decided of a charge count in the place of another record of it, too.

        Args:
            correction: A correction of the charge.
            ref: The place of the other record; it may have corrections of its own.
        """
        family, stop = self._family(correction), stop_at(self._first(ref))
        other = self._families.get(stop) or _Family([stop])
        if other is not family:
            family.stops += other.stops
            family.refs = sorted(family.refs + other.refs, key=self._order)
            self._families.update(dict.fromkeys(other.stops, family))

    def _join_alike(self, correction: Charge) -> None:
        """Join a correction with what was decided before of another record of its charge; from now on know it."""
        key = key_of_readings(correction)
        if key is None:
            return
        known = self.charges.billing(key, correction)
        if known:
            self.join(correction, known)
        self.charges.meet(key, correction)

    def _family(self, correction: Charge) -> _Family:
        """Give what was decided of the charge that a correction is of."""
        return self._families[stop_at(self._first(correction.ref))]

    def _order(self, ref: str) -> tuple[str, int, str]:
        """Give what corrections are sorted by: the last one counts."""
        return self._all[ref].corrected, len(self._path(ref)), ref

    def _first(self, ref: str) -> str:
        """Give the place of the record that a charge began with; corrections in a circle begin where they are met."""
        *path, last = self._path(ref)
        return min(path) if last in path else last

    def _path(self, ref: str) -> list[str]:
        """Give the places from a record to the one that its charge began with; in a circle the last is met again."""
        path = [ref]
        while ref in self._all and ref not in path[:-1]:
            ref = self._all[ref].corrects
            path.append(ref)
        return path


class _Family:
    """What was decided of one charge: the stops of its records, and its corrections; the last one counts."""

    __slots__ = ("refs", "stops")

    def __init__(self, stops: list[str]) -> None:
        self.stops = stops
        self.refs: list[str] = []


def _index(account: str, accounts: Accounts) -> int:
    """Give the index of an account."""
    listed = {name: index for index, name in accounts.names().items()}
    number = account.removeprefix(UNKNOWN)
    if account in listed:
        return listed[account]
    if account == UNASSIGNED:
        return 0
    if account != number and number.isdecimal() and number.isascii() and len(number) <= 3:
        return int(number)
    nearest = get_close_matches(account, [*listed, UNASSIGNED], 1, 0)
    raise DataError(f"there is no account {account!r}; the nearest name is {nearest[0]!r}")
