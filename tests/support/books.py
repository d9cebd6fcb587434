"""
What people do with a machine's accounting: they settle months that are over, give charges to other accounts, merge.

What was settled is written down, so that it can be held against what is billed for those months later.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path

from shocpp.ledger.accounts import Accounts
from shocpp.ledger.correction import assigned, correcting
from shocpp.ledger.item import CORRECTED, CORRECTION, REPEATED, WITHDRAWN, Item
from shocpp.ledger.settlement import settle
from shocpp.ledger.span import Span
from shocpp.ledger.statement import Header, Statement
from shocpp.report import exported
from shocpp.report.billing import Billing
from shocpp.spool.accounting.accounting_folder import AccountingFolder
from shocpp.spool.accounting.corrections import charge_at, write_correction
from shocpp.spool.accounting.merging import Merging
from shocpp.spool.accounting.months import booked_months
from shocpp.spool.accounting.record_reader import FIRST, LAST
from shocpp.spool.accounting.settled import SettledMonths

Month = tuple[int, int]
Line = tuple[str, str, int, tuple[str, ...]]  # of a statement: the record's place, account, Wh, and flags


class Bill:
    """
    What an accounting folder bills, all its months together.

    Attributes:
        charges: Those that are billed: what is not shown as repeated, corrected or withdrawn.
        energy_wh: What an account is billed for a charge: by the reason that its stop gave, and the account.
        lines: What each month has.
    """

    def __init__(self, accounting: Path) -> None:
        items = list(billing(accounting).items(FIRST, LAST))
        replaced = {item.charge.ref for item in items if {CORRECTED, WITHDRAWN} & {*item.flags}}
        replaced |= {item.charge.corrects for item in items if CORRECTION in item.flags}
        self.charges = [item.charge for item in items if REPEATED not in item.flags and item.charge.ref not in replaced]
        self.energy_wh = Counter[tuple[str, str]]()
        self.lines: dict[Month, list[Line]] = {}
        for item in items:
            self.energy_wh[item.charge.reason, item.charge.account] += item.energy_wh
            self.lines.setdefault(item.charge.month, []).append(_line(item))

    def by_record(self) -> dict[str, int]:
        """Give what each record bills in all months together, by its place: one may take back what another bills."""
        energy_wh: dict[str, int] = {}
        for place, _, wh, _ in chain.from_iterable(self.lines.values()):
            energy_wh[place] = energy_wh.get(place, 0) + wh
        return energy_wh


class Books:
    """
    The accounting of a machine.

    Args:
        folder: Its accounting folder.

    Attributes:
        settled: What was billed by each month that was settled, when it was settled.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settled: dict[Month, list[Line]] = {}

    def settle(self, now: datetime, at_most: int) -> None:
        """Settle months that are over and not settled, the earliest first."""
        for month in [each for each in self._over(now) if each not in self.settled][:at_most]:
            months = SettledMonths(AccountingFolder(str(self.folder)))
            items = billing(self.folder).items(month, month)
            statement = Statement(Header(Span.of_month(*month), now.astimezone(UTC), "1", UTC, "UTC"), items)
            self.settled[month] = [_line(item) for item in statement.items]
            months.settle(month, settle(statement, months.record, months.places(month), {}))

    def assign(self, nth: int, account: str, accounts: Accounts, now: datetime) -> str:
        """
        Give one of the charges that are billed to an account.

        Returns:
            The reason that its stop gave; empty where nothing is corrected.
        """
        charges = [each for each in Bill(self.folder).charges if each.energy_wh and each.account != account]
        if not charges:
            return ""
        charge = charge_at(AccountingFolder(str(self.folder)), charges[nth % len(charges)].ref)
        fields = correcting(charge, assigned(charge, account, accounts), "anna", "lent", now.astimezone(UTC))
        write_correction(AccountingFolder(str(self.folder)), (now.year, now.month), charge, fields)
        return charge.reason

    def take(self, other: Books) -> None:
        """Bring in another machine's; of what is settled something may be left out."""
        left_out: list[str] = []
        Merging(str(self.folder), lambda path, why: left_out.append(f"{path}: {why}")).take(str(other.folder))
        assert all("settled" in each for each in left_out), left_out

    def check(self, bill: Bill) -> None:
        """
        Check that settled months bill what they were settled with, in whatever folder.

        Raises:
            AssertionError: One does not.
        """
        for month, lines in self.settled.items():
            assert bill.lines.get(month, []) == lines, f"{month} was settled otherwise"

    def _over(self, now: datetime) -> list[Month]:
        return [month for month in booked_months(str(self.folder)) if month < (now.year, now.month)]


def billing(accounting: Path) -> Billing:
    """Give what bills a folder; nothing in it may be unreadable."""
    return Billing(AccountingFolder(str(accounting)), _unread, lambda charges: charges)


def exported_wh(accounting: Path) -> dict[str, int]:
    """Give what each record bills as it is exported, by its place."""
    found = exported.records(AccountingFolder(str(accounting)), Span(date.min, date.max), _unread)
    return {each["record"]: each["energy_wh"] for each in found}


def overwritten(accounting: Path) -> set[str]:
    """Give the places of records that are not any more what their month was settled with."""
    months = SettledMonths(AccountingFolder(str(accounting)))
    return {place for month in months.months for place in months.difference(months.read(month)).changed}


def _unread(path: str, why: str) -> None:
    raise AssertionError(f"{path}: {why}")


def _line(item: Item) -> Line:
    return item.charge.ref, item.charge.account, item.energy_wh, item.flags
