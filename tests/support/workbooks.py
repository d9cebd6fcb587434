"""A statement's workbook read back: its rows, its figures, and what its formulas come to when they are reckoned."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import openpyxl

from tests.support.readers import Figures, added

Rows = list[tuple[Any, ...]]


def rows_of(data: bytes, is_reckoned: bool = True) -> tuple[Rows, Rows]:
    """Give the rows of both sheets: with what its formulas come to as the file says, or with the formulas."""
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=is_reckoned)
    totals, sessions = (list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets)
    return totals, sessions


def written(data: bytes) -> str:
    """Write both sheets down, a line a row, formulas as they are, for a golden file."""
    rows = (row for sheet in rows_of(data, is_reckoned=False) for row in (*sheet, ()))
    return "".join("\t".join("" if cell is None else str(cell) for cell in row).rstrip() + "\n" for row in rows)


def figures_of(data: bytes) -> Figures:
    """Read the figures of a workbook as a program does that does not reckon."""
    totals, sessions = rows_of(data)
    names = {row[0]: row[1] for row in totals if isinstance(row[0], int) and isinstance(row[2], int)}
    found = [
        (names[row[-1]], round(exact(row[12]) * 1000), None if row[16] is None else exact(row[16]))
        for row in sessions[1:]
        if row[-1] is not None
    ]
    sums = {}
    for row in totals:
        if row[1] in names.values() and row[0] in names:
            has_amount = any(session[-1] == row[0] and session[16] is not None for session in sessions[1:])
            sums[row[1]] = round(exact(row[3]) * 1000), exact(row[4]) if has_amount else None
    return Figures(added(found), sums)


def reckoned(data: bytes) -> dict[str, Decimal]:
    """Reckon every formula of the first sheet, as a spreadsheet would, out of the sessions: by cell."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet, sessions = book.worksheets
    known: dict[str, Decimal] = {}

    def value(cell: str) -> Decimal:
        if cell not in known:
            found = sheet[cell].value
            known[cell] = reckon(found[1:]) if isinstance(found, str) and found.startswith("=") else exact(found)
        return known[cell]

    def column(area: str) -> list[Any]:
        first, last = re.findall(r"\$[A-Z]+\$\d+", area)
        return [row[0].value for row in sessions[f"{first}:{last}".replace("$", "")]]

    def added_up(areas: list[str]) -> Decimal:
        numbers, *conditions = areas
        kept = [True] * len(column(numbers))
        for area, wanted in zip(conditions[::2], conditions[1::2], strict=True):
            text = None if wanted == '"="' else wanted.strip('"') if wanted.startswith('"') else value(wanted)
            kept = [
                is_kept and (exact(each) if isinstance(text, Decimal) and each is not None else each) == text
                for is_kept, each in zip(kept, column(area), strict=True)
            ]
        cells = zip(column(numbers), kept, strict=True)
        return sum((exact(each) for each, is_kept in cells if is_kept and each is not None), Decimal(0))

    def reckon(formula: str) -> Decimal:
        if match := re.fullmatch(r"SUMIFS\((.*)\)", formula):
            return added_up(match[1].split(","))
        if match := re.fullmatch(r"SUM\(([A-Z])(\d+):[A-Z](\d+)\)", formula):
            return sum((value(f"{match[1]}{row}") for row in range(int(match[2]), int(match[3]) + 1)), Decimal(0))
        if match := re.fullmatch(r"ROUND\(E(\d+)\*100/\(100\+A\d+\),2\)", formula):
            return to_cents(value(f"E{match[1]}") * 100 / (100 + value(f"A{match[1]}")))
        if match := re.fullmatch(r"ROUND\(C(\d+)\*A\d+/100,2\)", formula):
            return to_cents(value(f"C{match[1]}") * value(f"A{match[1]}") / 100)
        if match := re.fullmatch(r"([A-Z]\d+)([+-])([A-Z]\d+)", formula):
            return value(match[1]) + value(match[3]) * (1 if match[2] == "+" else -1)
        return Decimal(formula)

    formulas: Iterable[str] = (cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f")
    return {cell: value(cell) for cell in formulas}


def exact(number: Any) -> Decimal:
    """Give a cell's number as it is written."""
    return Decimal(str(number))


def to_cents(amount: Decimal) -> Decimal:
    """Round half up, as a spreadsheet does."""
    from decimal import ROUND_HALF_UP

    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
