"""The workbook: numbers are numbers, sums are formulas that come to what the statement says, a text is a text."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

from shocpp.cli.summary import main
from shocpp.ledger.statement import Statement
from shocpp.report.formats import document
from shocpp.report.words import LANGUAGES, Words
from tests.support import later_months
from tests.support.invented_month import golden_page, make, statement
from tests.support.records import exact, put
from tests.support.workbooks import reckoned, rows_of, written

STORIES = ("taxed", "letter")


def book_of(found: Statement, language: str = "de") -> bytes:
    """Write a statement as a workbook."""
    return document(found, "xlsx", Words(language), language)


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_golden(tmp_path: Path, story: str, language: str) -> None:
    """The cells are those of the golden file, formulas and all."""
    book = book_of(later_months.statement(tmp_path, story), language)
    assert written(book).encode() == golden_page("xlsx", language, story)


@pytest.mark.parametrize("story", [*STORIES, "corrected"])
def test_formulas_come_to_what_stands_beside_them(tmp_path: Path, story: str) -> None:
    """Reckoned anew each formula gives what the file says for those who do not reckon: sums, taxes and their sums."""
    book = book_of(later_months.statement(tmp_path, story))
    sheet = openpyxl.load_workbook(io.BytesIO(book), data_only=True).worksheets[0]
    found = reckoned(book)
    assert len(found) >= 4
    assert {cell: float(value) for cell, value in found.items()} == {cell: sheet[cell].value for cell in found}


def test_same_bytes(tmp_path: Path) -> None:
    """The same statement is the same bytes: neither the file nor a part of it bears the time of its making."""
    make(tmp_path)
    found = statement(tmp_path)
    first = book_of(found)
    assert first == book_of(found)
    with zipfile.ZipFile(io.BytesIO(first)) as file:
        assert {each.date_time[0] for each in file.infolist()} == {1980}
        assert file.read("docProps/core.xml").decode().count("2026-11-01T05:00:00Z") == 2


def test_numbers_are_numbers(tmp_path: Path) -> None:
    """Readings, energy, prices, amounts and times can be reckoned with, and each number shows as it should."""
    make(tmp_path)
    book = openpyxl.load_workbook(io.BytesIO(book_of(statement(tmp_path))))
    third, old = book.worksheets[1][4], book.worksheets[1][7]
    assert [third[column].data_type for column in (1, 3, 5, 10, 11, 12, 13, 16)] == ["d"] * 3 + ["n"] * 5
    assert third[12].number_format == "#,##0.000" and old[12].number_format == "#,##0", "whole kWh of an old record"
    assert third[3].number_format == "dd.mm.yyyy hh:mm:ss" and third[16].number_format == "#,##0.00"


HOSTILE = (
    "=1+1",
    '=HYPERLINK("http://evil.example","x")',
    "+1",
    "@x",
    "*",
    "?",
    ">0",
    "\x1b[2J\u202e",
    "<f>1</f>",
    "x" * 10_000,
)


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile(tmp_path: Path, name: str) -> None:
    """Whatever a name begins with, it is a text; sums are of its own account, also if it looks like a pattern."""
    put(tmp_path / "accounting", exact(name, "2026-10-03 10:00:00", charge_point=name, id_tag=name, reason=name))
    put(tmp_path / "accounting", exact("other", "2026-10-04 10:00:00", 9_075_100, 9_085_100))
    data = book_of(statement(tmp_path), "en")
    totals, sessions = openpyxl.load_workbook(io.BytesIO(data)).worksheets
    assert not [cell for row in sessions.iter_rows() for cell in row if cell.data_type == "f"]
    formulas = [cell.value for row in totals.iter_rows() for cell in row if cell.data_type == "f"]
    assert all(each.startswith(("=SUMIFS('Sessions'!", "=SUM(")) for each in formulas) and len(formulas) == 6
    sheet = openpyxl.load_workbook(io.BytesIO(data), data_only=True).worksheets[0]
    assert {cell: float(value) for cell, value in reckoned(data).items()} == {
        each: sheet[each].value for each in reckoned(data)
    }
    assert not {letter for row in rows_of(data)[1] for cell in row for letter in str(cell)} & set("\x1b\u202e")


def test_as_it_is_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """The file goes to standard output, unless that is a terminal; of an empty month, too."""
    monkeypatch.setenv("SHOCPP_HOME", str(tmp_path))
    assert main(["2026", "9", "--format", "xlsx", "--lang", "en"]) == 0
    totals, sessions = rows_of(capfdbinary.readouterr().out)
    assert ("No sessions.", None) in [row[:2] for row in totals] and len(sessions) == 1
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert main(["2026", "9", "--format", "xlsx"]) == 64
    assert b"nothing for a terminal" in capfdbinary.readouterr().err


def test_without_openpyxl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """Where the package is missing it is said how it is put into this installation, and nothing else is written."""
    monkeypatch.setenv("SHOCPP_HOME", str(tmp_path))
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    assert main(["2026", "9", "--format", "xlsx"]) == 69
    out, err = capfd.readouterr()
    install = f"{sys.executable} -m pip install 'openpyxl>=3.1,<4'"
    assert (out, err) == ("", f"shocpp-summary: XLSX needs openpyxl, which is not installed: {install}\n")
