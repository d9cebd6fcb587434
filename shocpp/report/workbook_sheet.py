"""A sheet of a statement's workbook: its cells, what the columns of the sessions are, and how numbers are shown."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from shocpp.report.view import View

KWH, WHOLE_KWH, MONEY = "#,##0.000", "#,##0", "#,##0.00"
COLUMNS = (
    "number", "start", "start_offset", "end", "end_offset", "duration", "charge_point", "connector", "account", "tag",
    "meter_start", "meter_end", "energy", "price", "vat.percent", "per_kwh_is", "amount", "currency", "reason",
    "booked", "flags", "sum_number",
)  # fmt: skip
LETTERS = dict(zip(COLUMNS, "ABCDEFGHIJKLMNOPQRSTUV", strict=True))


class Sheet:
    """A sheet that is written row by row; its cells are made here, so that no text is ever taken for a formula."""

    def __init__(self, view: View, sheet: Any) -> None:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Font

        self.view = view
        self.words = view.words
        self.sheet = sheet
        self._cell = WriteOnlyCell
        self._bold = Font(bold=True)

    def text(self, text: str, is_bold: bool = False) -> Any:
        """Make a cell with a text."""
        cell = self._cell(self.sheet, text)
        cell.data_type = "s"
        if is_bold:
            cell.font = self._bold
        return cell

    def value(self, value: object, form: str, is_bold: bool = False) -> Any:
        """Make a cell with a number, a time, or a formula of ours."""
        cell = self._cell(self.sheet, value)
        cell.number_format = form
        if is_bold:
            cell.font = self._bold
        return cell
