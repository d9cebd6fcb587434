"""
A statement as a workbook (XLSX): sums that a spreadsheet can recalculate, and a sheet with a row for each session.

openpyxl, an extra, writes it. Numbers are numbers, times are times, and every sum is a formula over the sessions, with
its result beside it for programs that show a workbook without reckoning. A text is a text, also one that begins like a
formula.
"""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal

from shocpp.errors import UnavailableError
from shocpp.installation import lacking
from shocpp.report.view import View
from shocpp.report.workbook_file import finished
from shocpp.report.workbook_sheet import COLUMNS, KWH, LETTERS, MONEY, WHOLE_KWH, Sheet
from shocpp.report.workbook_totals import Totals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import Any

    from shocpp.ledger.item import Item
    from shocpp.ledger.statement import Statement
    from shocpp.report.forms import Forms
    from shocpp.report.words import Words

_PRICE, _TOOK = "0.00####", "[h]:mm"
_TIMES = {"de": "dd.mm.yyyy hh:mm:ss", "en": "yyyy-mm-dd hh:mm:ss"}
_WIDTHS = {"start": 20, "end": 20, "charge_point": 18, "account": 22, "reason": 18, "flags": 30}
_UNITS = {"meter_start": " kWh", "meter_end": " kWh", "energy": " kWh", "duration": " h:mm"}


def document(statement: Statement, words: Words, forms: Forms) -> bytes:
    """
    Write a statement.

    Args:
        statement: The statement.
        words: Its language.
        forms: How it writes the dates of its head.

    Returns:
        The file: the same bytes for the same statement and version of openpyxl.

    Raises:
        UnavailableError: openpyxl is not there.
    """
    try:
        import openpyxl
    except ImportError:
        raise UnavailableError(lacking("XLSX", "openpyxl", "xlsx")) from None
    book = openpyxl.Workbook(write_only=True)
    view = View(statement, words, forms)
    totals = Totals(view, book.create_sheet(words["totals"]))
    totals.write()
    _Sessions(view, book.create_sheet(words["sessions"])).write()
    out = io.BytesIO()
    book.save(out)
    return finished(out.getvalue(), statement.header.created, totals.results)


class _Sessions(Sheet):
    """The second sheet: a row for each session; the last column has the number of the sum in which it is."""

    def __init__(self, view: View, sheet: Any) -> None:
        super().__init__(view, sheet)
        self._time_form = _TIMES[view.forms.locale]
        accounts = view.statement.summary.accounts
        self._sums = {name: number for number, name in enumerate(accounts, 1)}

    def write(self) -> None:
        """Write the heads of the columns and all rows."""
        self.sheet.freeze_panes = "B2"
        for name, letter in LETTERS.items():
            self.sheet.column_dimensions[letter].width = _WIDTHS.get(name, 12)
        self.sheet.append([self.text(f"{self.words[name]}{_UNITS.get(name, '')}", is_bold=True) for name in COLUMNS])
        for item in self.view.statement.items:
            self.sheet.append(list(self._row(item)))

    def _row(self, item: Item) -> Iterable[Any]:
        view, charge = self.view, item.charge
        yield item.number
        yield from self._time(charge.started)
        yield from self._time(charge.ended)
        yield None if charge.duration_s is None else self.value(timedelta(seconds=charge.duration_s), _TOOK)
        yield self.text(view.name_of(charge.charge_point))
        yield charge.connector_id
        yield self.text(view.account_of(item))
        yield self.text(view.tag_of(item))
        for wh, kwh in ((charge.begin_wh, charge.begin_kwh), (charge.end_wh, charge.end_kwh)):
            yield self._kwh(kwh * 1000, is_exact=False) if wh is None else self._kwh(wh, is_exact=True)
        yield self._kwh(item.energy_wh, charge.is_exact)
        yield from self._cost(item)
        yield self.text(view.reason_of(item))
        yield self.text(f"{charge.month[0]:04}-{charge.month[1]:02}")
        yield self.text(", ".join(view.marks_of(item)))
        yield self._sums[charge.account] if item.is_account else None

    def _time(self, time: datetime | None) -> Iterable[Any]:
        if time is None:
            return (None, None)
        local = self.view.header.local(time)
        _, offset = self.view.forms.time(local)
        return self.value(local.replace(tzinfo=None), self._time_form), self.text(f"UTC{offset}")

    def _kwh(self, wh: int, is_exact: bool) -> Any:
        return self.value(Decimal(wh) / 1000, KWH if is_exact else WHOLE_KWH)

    def _cost(self, item: Item) -> Iterable[Any]:
        """Give price, rate and kind of its tax, amount and currency; empty cells without a price."""
        if item.price is None:
            return [None] * 5
        vat, prices = item.price.vat, self.view.statement.prices
        amount = None if item.amount is None else self.value(item.amount, MONEY)
        return (
            self.value(item.price.all_in, _PRICE),
            vat.percent if vat else None,
            self.text(self.words["gross" if vat.is_gross else "net"]) if vat else None,
            amount,
            self.text(prices.currency) if prices else None,
        )
