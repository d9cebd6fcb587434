"""An accounting folder in which charges are booked, corrected and settled, and what its months bill."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shocpp.ledger.prices import Prices
from shocpp.ledger.settlement import settle
from shocpp.ledger.span import Span
from shocpp.ledger.statement import Header, Statement
from shocpp.report.billing import Billing
from shocpp.spool.accounting.accounting_folder import AccountingFolder
from shocpp.spool.accounting.settled import SettledMonths
from tests.support.records import exact, put

Month = tuple[int, int]
SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = (2026, 9), (2026, 10), (2026, 11), (2026, 12)
EUROS = Prices.from_json({"currency": "EUR", "prices": [{"per_kwh": "0.50"}]})


class Folder:
    """An accounting folder in which charges are booked, corrected, settled; each draws 1000 Wh more than the last."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._drawn_wh = 0
        self.unread: list[str] = []

    def book(self, month: Month, day: int = 15, **fields: Any) -> str:
        """Book a charge that ended on a day of a month; its place."""
        self._drawn_wh += 1000
        local = f"{month[0]}-{month[1]:02}-{day:02} 10:00:00"
        return self.put(exact(local=local, end_wh=9_042_700 + self._drawn_wh, **fields), month)

    def put(self, record: dict[str, Any], month: Month, digest: str = "", name: str = "") -> str:
        """Put a record into a month's folder; its place."""
        return self._place(put(self.path, record, f"{month[0]}/{month[1]:02}", name, digest))

    def correct(self, place: str, at: Month, account: str = "company-x", day: int = 20) -> str:
        """Give a charge to another account in a later month; the correction's place."""
        (first,) = [item.charge for item in self.items(SEPTEMBER, DECEMBER) if item.charge.ref == place][:1]
        fields = exact(
            account, first.local.isoformat(" "), (first.end_wh or 0) - first.energy_wh, first.end_wh or 0,
            corrects=place, corrected=f"{at[0]}-{at[1]:02}-{day}T10:00:00Z", corrected_by="anna", why="lent",
        )  # fmt: skip
        name = f"{fields['unixtime']}-{day:012x}-correction.json"
        return self._place(put(self.path, fields, f"{at[0]}/{at[1]:02}", name))

    def settle(self, month: Month, prices: Prices | None = None) -> None:
        """Settle a month."""
        header = Header(Span.of_month(*month), datetime(2027, 1, 1, tzinfo=UTC), "1", UTC, "UTC")
        months = SettledMonths(AccountingFolder(str(self.path)))
        statement = Statement(header, self.items(month), prices)
        months.settle(month, settle(statement, months.record, months.places(month), {}))

    def billing(self) -> Billing:
        """Give what bills it now."""
        return Billing(
            AccountingFolder(str(self.path)),
            lambda path, why: self.unread.append(f"{path}: {why}"),
            lambda charges: charges,
        )

    def items(self, first: Month, last: Month | None = None) -> list[Any]:
        """Give the items of some months."""
        return list(self.billing().items(first, last or first))

    def billed(self, first: Month, last: Month | None = None) -> list[tuple[str, int, tuple[str, ...]]]:
        """Give the items' places, their energy and what is said of them."""
        found = self.items(first, last)
        assert all(SEPTEMBER <= item.charge.month <= DECEMBER for item in found) and not self.unread
        return [(item.charge.ref, item.energy_wh, item.flags) for item in found]

    def _place(self, path: Path) -> str:
        return str(path.relative_to(self.path))
