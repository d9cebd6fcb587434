"""The table of quirks: documentation, transcripts and the functions that do quirks agree with it."""

from __future__ import annotations

import re

import pytest

from shocpp.charge_point.quirks import catalogue, damage, shapes
from shocpp.charge_point.quirks.catalogue import QUIRKS, ROWS
from tests.support.scratch import ROOT

TRANSCRIPTS = sorted(path.stem for path in (ROOT / "tests/transcripts").glob("quirk-*.txt"))


def documented() -> list[list[str]]:
    """Give the rows of the table in docs/quirks.md, cell by cell."""
    lines = (ROOT / "docs/quirks.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [row for row in rows if row[0].isdecimal()]


def test_every_row_has_a_switch() -> None:
    """Each row of the list of quirks, 1 to 21, has a switch at least, and no name stands twice."""
    assert {quirk.row for quirk in QUIRKS} == set(ROWS) == set(range(1, 22))
    assert len(catalogue.names()) == len(QUIRKS)


def test_the_documentation_names_each_switch_once() -> None:
    """The column of switches in docs/quirks.md has each of the table at a line of its row, in order, and no other."""
    told = [(int(row[0]), name) for row in documented() for name in re.findall(r"`([^`]+)`", row[-2])]
    assert sorted(told) == sorted((quirk.row, quirk.name) for quirk in QUIRKS)
    assert [number for number, _ in told] == sorted(number for number, _ in told)


def test_documentation_and_transcripts_have_the_rows_of_the_table() -> None:
    """docs/quirks.md has a line for each row, and a transcript of a quirk bears the number of one."""
    assert {int(row[0]) for row in documented()} == ROWS.keys()
    assert {int(name.split("-")[1]) for name in TRANSCRIPTS} <= ROWS.keys()


def test_the_manual_has_the_table() -> None:
    """The table of switches in docs/shocpp-charger.md is the catalogue's, row by row, in its order."""
    manual = (ROOT / "docs/shocpp-charger.md").read_text(encoding="utf-8")
    for number, title in ROWS.items():
        switches = ", ".join(f"`{quirk.name}`" for quirk in QUIRKS if quirk.row == number)
        assert f"| {number} {title} | {switches} |" in manual.splitlines()


@pytest.mark.parametrize(
    ("kind", "functions"),
    [
        (catalogue.ID, shapes.STOPS),
        (catalogue.METER, shapes.SAMPLES),
        (catalogue.TAG, shapes.TAGS),
        (catalogue.CLOCK, shapes.CLOCKS),
        (catalogue.SHAPE, shapes.SHAPES),
        (catalogue.WIRE, damage.DAMAGE),
    ],
)
def test_each_switch_of_a_kind_has_its_function(kind: str, functions: dict[str, object]) -> None:
    """What is done to payloads and frames is there for each switch of the kind, and for no name that is no switch."""
    assert functions.keys() == catalogue.names(kind)
