"""Which month bills what: settled ones what they were settled with, the next one that is not what came late."""

from __future__ import annotations

import pytest

from shocpp.errors import DataError
from shocpp.ledger.item import LATE
from shocpp.spool.accounting.accounting_folder import AccountingFolder
from shocpp.spool.accounting.settled import SettledMonths
from tests.support.billed import DECEMBER, EUROS, NOVEMBER, OCTOBER, SEPTEMBER, Folder, Month
from tests.support.records import exact, legacy


def test_without_a_settlement_a_month_bills_what_it_has(folder: Folder) -> None:
    """Each month its own records, in order; also those of charges that ended in an earlier month."""
    one, two = folder.book(SEPTEMBER), folder.book(OCTOBER, 1)
    late = folder.put(exact(local="2026-09-30 23:00:00", end_wh=9_050_000), OCTOBER)
    assert folder.billed(SEPTEMBER) == [(one, 1000, ())]
    assert folder.billed(OCTOBER) == [(late, 7300, (LATE,)), (two, 2000, ())]
    assert folder.billed(SEPTEMBER, OCTOBER) == folder.billed(SEPTEMBER) + folder.billed(OCTOBER)
    assert folder.billed(NOVEMBER, DECEMBER) == []


def test_a_settled_month_bills_what_it_was_settled_with(folder: Folder) -> None:
    """Whatever becomes of its records: changed, gone, or corrected since."""
    changed, gone, corrected = (folder.book(SEPTEMBER, day) for day in (1, 2, 3))
    folder.settle(SEPTEMBER)
    before = folder.billed(SEPTEMBER)
    folder.correct(corrected, NOVEMBER)
    (folder.path / changed).write_text("{}")
    (folder.path / gone).unlink()
    assert folder.billed(SEPTEMBER) == before == [(changed, 1000, ()), (gone, 2000, ()), (corrected, 3000, ())]


def test_what_comes_late_is_billed_once(folder: Folder) -> None:
    """By the next month that has records and is not settled, marked late; settling that month keeps it there."""
    for month in (SEPTEMBER, OCTOBER, NOVEMBER):
        folder.book(month)
    folder.settle(SEPTEMBER)
    folder.settle(OCTOBER)
    late = folder.book(SEPTEMBER, 16)
    for settled in (False, True):
        if settled:
            folder.settle(NOVEMBER)
            folder.book(DECEMBER)
        assert [each for each in folder.billed(SEPTEMBER, DECEMBER) if each[0] == late] == [(late, 4000, (LATE,))]
        assert late in [place for place, _, _ in folder.billed(NOVEMBER)]


def test_what_comes_late_and_has_no_digest_is_billed_once(folder: Folder) -> None:
    """Also a record of which nothing but its place tells that a settled month has billed it."""
    for month in (SEPTEMBER, OCTOBER, NOVEMBER):
        folder.book(month)
    folder.settle(SEPTEMBER)
    late = folder.put(legacy(local="2026-09-16 10:00:00"), SEPTEMBER, name="old.json")
    for month in (OCTOBER, NOVEMBER):
        folder.settle(month)
    assert [place for place, *_ in folder.billed(SEPTEMBER, DECEMBER)].count(late) == 1


def test_what_comes_late_where_no_month_is_open(folder: Folder) -> None:
    """It is billed by the month after the last one, which has no folder as yet."""
    folder.book(OCTOBER)
    folder.settle(OCTOBER)
    late = folder.book(OCTOBER, 16)
    assert folder.billed(NOVEMBER) == [(late, 2000, (LATE,))]
    assert folder.billed(DECEMBER) == []


@pytest.mark.parametrize("elsewhere", [SEPTEMBER, OCTOBER, NOVEMBER])
def test_a_copy_bills_nothing(folder: Folder, elsewhere: Month) -> None:
    """A stop that a settled month bills is billed nowhere else, whichever month's folder a copy of it turns up in."""
    record = exact(local="2026-10-01 10:00:00")
    there = folder.put(record, OCTOBER, "0326fd891def")
    folder.settle(OCTOBER)
    folder.put({**record, "unixtime": str(int(record["unixtime"]) + 1)}, elsewhere, "0326fd891def")
    assert folder.billed(SEPTEMBER, DECEMBER) == [(there, 32_400, ())]


def test_a_copy_that_was_there_when_its_month_was_settled(folder: Folder) -> None:
    """It is the earlier month's, though that is not settled: no difference, never late; what comes later is both."""
    record = exact(local="2026-09-30 23:00:00")
    there, _ = (folder.put(record, month, "0326fd891def") for month in (SEPTEMBER, OCTOBER))
    folder.settle(OCTOBER)
    months = SettledMonths(AccountingFolder(str(folder.path)))
    assert not months.difference(months.read(OCTOBER))
    late = folder.book(OCTOBER)
    assert months.difference(months.read(OCTOBER)).added == [late]
    assert folder.billed(SEPTEMBER, NOVEMBER) == [(there, 32_400, ()), (late, 1000, (LATE,))]


def test_which_currencies_there_are(folder: Folder) -> None:
    """Those of the settled months that were read, so that no others are added to them."""
    for month, prices in ((SEPTEMBER, EUROS), (OCTOBER, None)):
        folder.book(month)
        folder.settle(month, prices)
    for first, currencies in ((SEPTEMBER, {"EUR"}), (OCTOBER, set())):
        billing = folder.billing()
        assert list(billing.items(first, OCTOBER)) and billing.currencies == currencies


def test_a_settlement_that_cannot_be_read(folder: Folder) -> None:
    """Nobody knows then what was billed: no month is billed that could bill it again."""
    folder.book(SEPTEMBER)
    folder.settle(SEPTEMBER)
    folder.book(OCTOBER)
    (folder.path / "2026/09/.settled.json").write_text("{")
    for month in (SEPTEMBER, OCTOBER):
        with pytest.raises(DataError, match="not JSON"):
            folder.items(month)


def test_a_file_that_is_no_record(folder: Folder) -> None:
    """It is named once, by its path, and the others are billed."""
    one = folder.book(SEPTEMBER)
    (folder.path / "2026/09/x.json").write_text("{")
    assert [item.charge.ref for item in folder.items(SEPTEMBER, DECEMBER)] == [one]
    assert folder.unread == [f"{folder.path}/2026/09/x.json: not JSON"]
