"""
The first sheet of a statement's workbook: its head, the sums of accounts, their taxes, and what is explained.

Every sum is a formula over the rows of the sessions.
"""

from __future__ import annotations

from decimal import Decimal

from shocpp.report.workbook_sheet import KWH, LETTERS, MONEY, WHOLE_KWH, Sheet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from shocpp.ledger.sums import Sum
    from shocpp.ledger.vat import Vat
    from shocpp.report.view import View


class Totals(Sheet):
    """
    The first sheet: the head, the sums of accounts, and what is below a statement.

    Attributes:
        results: What each formula comes to, by its cell.
    """

    def __init__(self, view: View, sheet: Any) -> None:
        super().__init__(view, sheet)
        self.results: dict[str, Decimal] = {}
        self._row = 0
        last = max(len(view.statement.items), 1) + 1
        name = self.words["sessions"]
        self._ranges = {column: f"'{name}'!${letter}$2:${letter}${last}" for column, letter in LETTERS.items()}

    def write(self) -> None:
        """Write all rows."""
        for column, width in zip("ABCDE", (24, 40, 12, 16, 16), strict=True):
            self.sheet.column_dimensions[column].width = width
        for cells in self._head():
            self._append(cells)
        self._append([])
        if self.view.statement.items:
            self._sums()
            self._taxes()
        else:
            self._append([self.text(self.view.none())])
        self._append([])
        for mark, meaning in self.view.notes():
            self._append([self.text(mark), self.text(meaning)])
        for line in self.view.fine_print():
            self._append([None, self.text(line)])

    def _append(self, cells: list[Any]) -> None:
        self.sheet.append(cells)
        self._row += 1

    def _head(self) -> Iterable[list[Any]]:
        view = self.view
        for line in view.issuer():
            yield [self.text(line)]
        yield [self.text(view.title(), is_bold=True)]
        about = [("period", [view.period()]), ("account", [view.account()] if view.account() else [])]
        made = ("settled" if view.header.is_settled else "created", [view.created()])
        points = [" · ".join(filter(None, each)) for each in view.charge_points()]
        labelled = [(self.words[name], lines) for name, lines in about]
        labelled += [*view.party(), (self.words["charge_points"], points), (self.words["prices"], view.prices())]
        for label, lines in [*labelled, (self.words[made[0]], made[1])]:
            for number, line in enumerate(lines):
                yield [self.text("" if number else label), self.text(line)]

    def _sums(self) -> None:
        """Write a row for each account, with its number, by which the rows of its sessions are added up."""
        view, words = self.view, self.words
        names = (words["sum_number"], words["account"], words["count"], "kWh", view.currency)
        self._append([self.text(name, is_bold=True) for name in names])
        first = self._row + 1
        for number, (name, each) in enumerate(view.sums(), 1):
            energy, amount = (
                f"=SUMIFS({self._ranges[column]},{self._ranges['sum_number']},A{self._row + 1})"
                for column in ("energy", "amount")
            )
            self._sum(number, name, each, energy, amount)
        if total := view.total():
            energy, amount = (f"=SUM({column}{first}:{column}{self._row})" for column in "DE")
            self._sum(None, total[0], total[1], energy, amount, is_bold=True)
        for name, each in view.apart():
            self._sum(None, name, each, Decimal(each.energy_wh) / 1000, None)

    def _sum(
        self, number: int | None, name: str, each: Sum, energy: object, amount: object, is_bold: bool = False
    ) -> None:
        row = self._row + 1
        self.results[f"D{row}"] = Decimal(each.energy_wh) / 1000
        self.results[f"E{row}"] = each.amount or Decimal(0)
        kwh = KWH if each.is_exact else WHOLE_KWH
        cells = [number, self.text(name, is_bold), self.value(each.count, "0", is_bold)]
        cells.append(self.value(energy, kwh, is_bold))
        if self.view.has_amounts and amount is not None:
            cells.append(self.value(amount, MONEY, is_bold))
        self._append(cells)

    def _taxes(self) -> None:
        """Write net, tax and gross of each rate, computed from the amounts of its sessions."""
        taxes = self.view.taxed
        if not taxes:
            return
        words = self.words
        self._append([])
        heads = (words["vat.percent"], words["vat"], words["net"], words["tax"], words["gross"])
        self._append([self.text(head, is_bold=True) for head in heads])
        first = self._row + 1
        for (name, _), each in zip(self.view.taxes(), taxes, strict=False):
            percent = each.vat.percent if each.vat else None
            self._tax(percent, name, self._formulas(each.vat), (each.net, each.tax, each.gross))
        if len(taxes) > 1:
            sums = [f"=SUM({column}{first}:{column}{self._row})" for column in "CDE"]
            totals = [sum((getattr(each, name) for each in taxes), Decimal(0)) for name in ("net", "tax", "gross")]
            self._tax(None, words["vat.total"], sums, totals)

    def _formulas(self, vat: Vat | None) -> tuple[str, str, str]:
        """Give the formulas of net, tax and gross in the next row, of the amounts that have a rate."""
        row, ranges = self._row + 1, self._ranges
        amounts, basis = ranges["amount"], ranges["per_kwh_is"]
        if vat is None:
            return f'=SUMIFS({amounts},{basis},"=")', "=0", f"=C{row}+D{row}"
        kind = self.words["gross" if vat.is_gross else "net"]
        billed = f'SUMIFS({amounts},{ranges["vat.percent"]},A{row},{basis},"{kind}")'
        if vat.is_gross:
            return f"=ROUND(E{row}*100/(100+A{row}),2)", f"=E{row}-C{row}", f"={billed}"
        return f"={billed}", f"=ROUND(C{row}*A{row}/100,2)", f"=C{row}+D{row}"

    def _tax(self, percent: Decimal | None, name: str, formulas: Iterable[str], results: Iterable[Decimal]) -> None:
        self.results.update(zip((f"{column}{self._row + 1}" for column in "CDE"), results, strict=True))
        self._append([percent, self.text(name), *(self.value(formula, MONEY) for formula in formulas)])
