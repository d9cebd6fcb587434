"""CSV: what a spreadsheet makes of it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from shocpp.report.table import guarded
from tests.support.invented_month import make, statement
from tests.support.pages import page as page_of
from tests.support.records import exact, put

FORMULAS = ['=cmd|"/c calc"!A1', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1+1", '=HYPERLINK("http://x")']


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("language", ["de", "en"])
def test_formulas(tmp_path: Path, formula: str, language: str) -> None:
    """No cell that comes from outside begins like a formula, and the cells around stay where they are."""
    put(
        tmp_path / "accounting",
        exact(formula, "2026-10-03 10:00:00", charge_point=formula, id_tag=formula, reason=formula),
    )
    page = page_of(statement(tmp_path), "csv", language)
    head, row = csv.reader(io.StringIO(page, newline=""), delimiter=";" if language == "de" else ",", strict=True)
    assert len(head) == len(row)
    assert not [cell for cell in row if cell.lstrip().startswith(("=", "+", "-", "@", "＝", "\t"))]


def test_line_breaks(tmp_path: Path) -> None:
    """Line breaks and separators in a name make no further lines or columns."""
    name = 'a"b;c,d\r\ne\nf\x0bg\u2028h'
    put(tmp_path / "accounting", exact(name, "2026-10-03 10:00:00"))
    page = page_of(statement(tmp_path), "csv", "de")
    assert len(page.splitlines()) == 2
    row = list(csv.reader(io.StringIO(page, newline=""), delimiter=";", strict=True))[1]
    assert 'a"b;c,d<0D><0A>e<0A>f<0B>g<2028>h' in row


@pytest.mark.parametrize(("locale", "separator", "energy", "day"), [
    ("de", ";", "32,355", "03.10.2026 09:52:10"),
    ("en", ",", "32.355", "2026-10-03 09:52:10"),
])  # fmt: skip
def test_locale(tmp_path: Path, locale: str, separator: str, energy: str, day: str) -> None:
    """The locale decides separator, decimals and dates, whatever the language; thousands stand together."""
    make(tmp_path)
    for language in ("de", "en"):
        page = page_of(statement(tmp_path), "csv", language, locale)
        rows = list(csv.reader(io.StringIO(page, newline=""), delimiter=separator))
        assert (energy in rows[3], day in rows[3], len({len(row) for row in rows})) == (True, True, 1)
        assert {"8950,000", "8950.000"} & {*rows[1]}
        assert page.endswith("\r\n") and page.count("\r\n") == len(rows)


def test_bom(tmp_path: Path) -> None:
    """A byte order mark stands in front only where it is asked for."""
    assert page_of(statement(tmp_path), "csv", "de", has_bom=True).encode().startswith(b"\xef\xbb\xbfNr.;")
    assert page_of(statement(tmp_path), "csv", "de").encode().startswith(b"Nr.;")


def test_guard_leaves_names() -> None:
    """Names that only hold such signs are left alone."""
    assert [guarded(name) for name in ("a=b", "family-y", "", "1+1")] == ["a=b", "family-y", "", "1+1"]
