"""
Do journal and accounting agree? What one has and the other lacks, and where they say different things.

Knows both folders and what is rebuilt from the journal; records among themselves are checked by ``ledger.findings``.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from shocpp.history.rebuild import Rebuilder, Rebuilt
from shocpp.ledger.reckoning import IMPLAUSIBLE
from shocpp.spool.accounting import record_reader
from shocpp.spool.accounting.accounting import digest_of
from shocpp.spool.journal.journal_reader import day_files, entries
from shocpp.times import utc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo
    from typing import Any

    from shocpp.errors import Report
    from shocpp.ledger.accounts import Accounts
    from shocpp.ledger.charge import Charge, Month
    from shocpp.ledger.charge_points import ChargePoints
    from shocpp.spool.accounting.accounting import Accounting


NOT_BOOKED, NOT_IN_JOURNAL, DIFFERS, UNCONFIRMED = "not-booked", "not-in-journal", "differs", "unconfirmed"
LOOK_BACK = timedelta(days=7)  # a charge may have begun so long before the span in which it ended
_COMPARED = ("charge_point", "transaction_id", "account_index", "connector_id", "begin_wh", "end_wh", "consumed_wh")
_SLACK = timedelta(minutes=5)  # between the arrival of a stop and its booking


class Disagreement:
    """
    One disagreement.

    Attributes:
        kind: ``NOT_BOOKED``, ``NOT_IN_JOURNAL``, ``DIFFERS`` or ``UNCONFIRMED``.
        digest: The stop's; empty for one that was never confirmed.
        charge_point: The charge point's identity.
        time: When the stop arrived, aware.
        text: What is wrong, in words.
    """

    __slots__ = ("charge_point", "digest", "kind", "text", "time")

    def __init__(self, kind: str, digest: str, charge_point: str, time: datetime, text: str) -> None:
        self.kind = kind
        self.digest = digest
        self.charge_point = charge_point
        self.time = time
        self.text = text


class Reconciliation:
    """
    Reads a journal, rebuilds its records and holds them against accounting.

    Args:
        journal_dir: The journal's folder.
        accounts: Names accounts.
        unit: What transaction ids carry where the journal does not show it.
        report: Is told path and reason of what cannot be read.
        begin: Only stops that arrived from then on; None for all. The journal is read from a week before, for starts.
        end: Only stops that arrived before; None for all.
        zone: The zone of local times; None for the system's.
        most_kwh: What is drawn in one charge at most, where nothing else is listed; None for no limit.
        listed: What is listed of charge points; None for nothing.
    """

    def __init__(
        self,
        journal_dir: str,
        accounts: Accounts,
        unit: str,
        report: Report,
        begin: datetime | None = None,
        end: datetime | None = None,
        zone: tzinfo | None = None,
        most_kwh: int | None = None,
        listed: ChargePoints | None = None,
    ) -> None:
        self._journal_dir = journal_dir
        self._report = report
        self._begin = begin
        self._end = end
        self._rebuilder = Rebuilder(accounts, unit, zone, most_kwh, listed)
        self._digests: dict[str, tuple[datetime, dict[str, Any]]] = {}
        self._first: datetime | None = None

    def rebuilt(self) -> Iterator[tuple[str, Rebuilt]]:
        """Give the charges that the journal holds, in order, with their digests."""
        begin = self._begin - LOOK_BACK if self._begin else None
        end = self._end + _SLACK if self._end else None
        for entry in entries(self._journal_dir, self._report, begin, end):
            self._first = self._first or entry.time
            made = self._rebuilder.take(entry)
            if made is None:
                continue
            digest = digest_of(made.record.digest_source)
            self._digests[digest] = (made.received, _compared(made))
            if self._is_wanted(made.received):
                yield digest, made

    def disagreements(self, accounting: Accounting) -> Iterator[Disagreement]:
        """Give the disagreements with accounting; call it when ``rebuilt`` has given all."""
        days = {day for day, _ in day_files(self._journal_dir)}
        booked: set[str] = set()
        legacy = {digest_of(old): digest_of(new) for old, new in self._rebuilder.legacy_sources.items()}
        for charge in record_reader.read(accounting, self._report, *self._months()):
            digest = legacy.get(charge.digest, charge.digest)
            booked.add(digest)
            received = charge.received
            if not charge.digest or received is None or not self._is_wanted(received):
                continue
            if digest in self._digests:
                yield from _differences(charge, *self._digests[digest])
            elif received.date() in days and self._first and received >= self._first:
                path = accounting.path(charge.month, charge.name)
                text = f"booked, but the journal lacks its stop ({path})"
                yield Disagreement(NOT_IN_JOURNAL, charge.digest, charge.charge_point, received, text)
        for digest, (received, fields) in self._digests.items():
            if digest not in booked and self._is_wanted(received):
                text = f"{_words(fields)} was confirmed, but is not in accounting"
                yield Disagreement(NOT_BOOKED, digest, fields["charge_point"] or "", received, text)
        for charge_point, called, transaction_id in self._rebuilder.unconfirmed():
            if self._is_wanted(called):
                text = f"the stop of transaction {transaction_id!r} was never confirmed"
                yield Disagreement(UNCONFIRMED, "", charge_point, called, text)

    def _is_wanted(self, time: datetime) -> bool:
        return (self._begin is None or time >= self._begin) and (self._end is None or time < self._end)

    def _months(self) -> tuple[Month, Month]:
        """Give the months in which such stops can be booked: local ones, and midnight may have been near."""
        first = (self._begin - timedelta(days=2)).date() if self._begin else date.min
        last = (self._end + timedelta(days=2)).date() if self._end else date.max
        return (first.year, first.month), (last.year, last.month)


def compare(
    journal_dir: str,
    accounting: Accounting,
    accounts: Accounts,
    unit: str,
    report: Report,
    begin: datetime | None = None,
    end: datetime | None = None,
    listed: ChargePoints | None = None,
) -> Iterator[Disagreement]:
    """Give the disagreements of journal and accounting; for the arguments see ``Reconciliation``."""
    reconciliation = Reconciliation(journal_dir, accounts, unit, report, begin, end, listed=listed)
    for _ in reconciliation.rebuilt():
        pass
    yield from reconciliation.disagreements(accounting)


def _compared(made: Rebuilt) -> dict[str, Any]:
    fields = {name: made.record.fields.get(name) for name in _COMPARED}
    if made.record.fields.get("anomaly") == IMPLAUSIBLE:
        fields["consumed_wh"] = None  # what is too much depends on the limit that was in force
    is_plain = made.drawn_wh is not None and made.drawn_wh >= 0 and "anomaly" not in made.record.fields
    if is_plain and fields["begin_wh"] is not None:
        fields["consumed_wh"] = made.drawn_wh  # by subtraction alone, whatever the books reckon with
    return fields


def _differences(charge: Charge, received: datetime, fields: dict[str, Any]) -> Iterator[Disagreement]:
    """Compare what both know; a begin that only one of them saw is no disagreement, nor is a limit that was changed."""
    booked = {**charge.fields, "consumed_wh": None} if charge.anomaly == IMPLAUSIBLE else charge.fields
    told = [
        f"{name} is {booked[name]!r} in accounting and {fields[name]!r} in the journal"
        for name in _COMPARED
        if booked.get(name) is not None and fields[name] is not None and booked[name] != fields[name]
    ]
    if told:
        yield Disagreement(DIFFERS, charge.digest, charge.charge_point, received, "; ".join(told))


def _words(fields: dict[str, Any]) -> str:
    return f"the stop of transaction {fields['transaction_id']} at {fields['end_wh']} Wh"


def in_words(disagreement: Disagreement) -> str:
    """Write a disagreement as one line: time, charge point, digest, what."""
    time = utc(disagreement.time.astimezone(UTC))
    what = f"{disagreement.kind}: {disagreement.text}"
    return " ".join(filter(None, (time, disagreement.charge_point or "-", disagreement.digest, what)))
