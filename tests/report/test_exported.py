"""What is exported of records is what statements say of them: the same records, and which of them bill nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from shocpp.ledger.item import REPEATED, WITHDRAWN
from shocpp.ledger.span import Span
from shocpp.report import exported
from shocpp.spool.accounting.accounting_folder import AccountingFolder
from tests.support.billed import DECEMBER, NOVEMBER, OCTOBER, SEPTEMBER, Folder, Month
from tests.support.records import exact, unseen

ALL = Span(date.min, date.max)
DIGEST = "0326fd891def"
WH, END_WH = 33_000, 9_075_700


def shown(folder: Folder, span: Span = ALL) -> dict[str, int]:
    """Export the records of a span; what is to be billed for each, in Wh, by its place."""
    found = exported.records(AccountingFolder(str(folder.path)), span, lambda path, why: pytest.fail(f"{path}: {why}"))
    return {each["record"]: each["energy_wh"] for each in found}


def repeating(folder: Folder) -> set[str]:
    """Export all records; the places of those that say that they repeat another one."""
    found = exported.records(AccountingFolder(str(folder.path)), ALL, lambda path, why: pytest.fail(f"{path}: {why}"))
    return {each["record"] for each in found if "repeated" in each}


def stated(folder: Folder) -> dict[str, int]:
    """Sum up what all statements bill for each record, in Wh, by its place; what is withdrawn is taken off."""
    energy_wh: dict[str, int] = {}
    for place, wh, _ in folder.billed(SEPTEMBER, DECEMBER):
        energy_wh[place] = energy_wh.get(place, 0) + wh
    return energy_wh


def stated_as_repeating(folder: Folder) -> set[str]:
    """Give the places of records that statements show as repeated."""
    billed = folder.billed(SEPTEMBER, DECEMBER)
    return {place for place, _, flags in billed if REPEATED in flags and WITHDRAWN not in flags}


@pytest.mark.parametrize("elsewhere", [SEPTEMBER, OCTOBER, NOVEMBER])
@pytest.mark.parametrize("second", ["2026-10-01 09:59:59", "2026-10-01 10:00:01"])
def test_what_a_settled_month_billed(folder: Folder, elsewhere: Month, second: str) -> None:
    """What a month was settled with bills, though another record of the same charge came that would go first."""
    there = folder.put(exact(local="2026-10-01 10:00:00"), OCTOBER)
    folder.settle(OCTOBER)
    again = folder.put(unseen(exact(local=second)), elsewhere)
    assert shown(folder) == stated(folder) == {there: 32_400, again: 0}
    assert repeating(folder) == stated_as_repeating(folder) == {again}


@pytest.mark.parametrize("is_settled", [False, True])
def test_what_came_late_and_was_settled_then(folder: Folder, is_settled: bool) -> None:
    """What came into a settled month repeats what that has billed, also when the month that bills it is settled."""
    there = folder.put(exact(local="2026-10-01 10:00:00"), OCTOBER)
    folder.settle(OCTOBER)
    again = folder.put(unseen(exact(local="2026-10-01 09:59:59")), OCTOBER)
    other = folder.put(exact("company-x", local="2026-11-02 10:00:00"), NOVEMBER)
    if is_settled:
        folder.settle(NOVEMBER)
    assert shown(folder) == stated(folder) == {there: 32_400, again: 0, other: 32_400}
    assert repeating(folder) == stated_as_repeating(folder) == {again}


@pytest.mark.parametrize("other_name", [False, True])
def test_a_stop_that_lies_there_twice(folder: Folder, other_name: bool) -> None:
    """Of a stop that two machines booked the record is exported with which a month was settled, and no other."""
    record = exact(local="2026-10-01 10:00:00")
    there = folder.put(unseen(record), OCTOBER, DIGEST)
    folder.settle(OCTOBER)
    if other_name:
        folder.put({**record, "unixtime": str(int(record["unixtime"]) - 1)}, OCTOBER, DIGEST)
    else:
        folder.put(record, SEPTEMBER, DIGEST)
    october = Span.of_month(*OCTOBER)
    assert shown(folder) == shown(folder, october) == stated(folder) == {there: 33_000}


@pytest.mark.parametrize("is_settled", [False, True])
def test_whatever_months_are_read(folder: Folder, is_settled: bool) -> None:
    """What bills does not depend on the months that are read: a report of the month before gave way since."""
    first = folder.put(exact(end_wh=END_WH, local="2026-11-01 09:52:10", duration_s=600), NOVEMBER)
    if is_settled:
        folder.settle(NOVEMBER)
    else:
        folder.correct(first, DECEMBER)
    set_back = exact(end_wh=END_WH, local="2026-10-31 23:52:10", received="2026-11-01T20:00:00Z")
    report = folder.put(unseen(set_back), OCTOBER)
    second = exact(end_wh=END_WH, local="2026-11-01 08:52:10", duration_s=600)
    billing, again = (folder.put({**second, "reason": reason}, NOVEMBER) for reason in ("Local", "Other"))
    late = DECEMBER if is_settled else NOVEMBER
    for found in (folder.billed(SEPTEMBER, DECEMBER), folder.billed(late)):
        energy_wh = {place: wh for place, wh, _ in found}
        assert sorted((energy_wh[billing], energy_wh[again])) == [0, WH]
    for span in (ALL, Span.of_month(*NOVEMBER)):
        energy_wh = shown(folder, span)
        assert sorted((energy_wh[billing], energy_wh[again])) == [0, WH]
    assert shown(folder)[report] == 0


def test_a_correction_of_a_settled_month(folder: Folder) -> None:
    """What is withdrawn of a settled month is no record: the first one bills nothing in the end, as it is exported."""
    first = folder.book(SEPTEMBER)
    folder.settle(SEPTEMBER)
    correction = folder.correct(first, OCTOBER)
    again = folder.put(unseen(exact(local="2026-09-15 09:59:59", end_wh=9_043_700)), SEPTEMBER)
    assert shown(folder) == stated(folder) == {first: 0, correction: 1000, again: 0}


def test_a_settled_month_that_cannot_be_read(folder: Folder, tmp_path: Path) -> None:
    """Nobody knows then what was billed, and nothing is said that may be wrong."""
    folder.book(SEPTEMBER)
    folder.settle(SEPTEMBER)
    (tmp_path / "2026/09/.settled.json").write_text("{}")
    with pytest.raises(Exception, match="not a settlement"):
        shown(folder)


def test_what_accounts_have_drawn(folder: Folder) -> None:
    """A charge that was given to another account is that one's alone, a repetition nobody's."""
    first, second = (folder.put(exact(local=f"2026-09-{day} 10:00:00"), SEPTEMBER) for day in (15, 16))
    folder.put(unseen(exact(local="2026-09-16 10:00:01")), SEPTEMBER)
    folder.settle(SEPTEMBER)
    folder.correct(first, OCTOBER, "company-x")
    drawn = exported.drawn_wh(AccountingFolder(str(folder.path)), lambda path, why: pytest.fail(f"{path}: {why}"))
    assert drawn == {"family-y": stated(folder)[second], "company-x": 32_400}
