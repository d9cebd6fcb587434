"""Which month bills what: settled ones what they were settled with, the next one that is not what came late."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shocpp.errors import DataError
from shocpp.ledger.item import CORRECTED, CORRECTION, LATE, REPEATED, WITHDRAWN
from shocpp.ledger.prices import Prices
from shocpp.ledger.settlement import settle
from shocpp.ledger.span import Span
from shocpp.ledger.statement import Header, Statement
from shocpp.report.billing import Billing
from shocpp.spool.accounting_folder import AccountingFolder
from shocpp.spool.settled import SettledMonths
from tests.support.records import exact, put, unseen

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

    def put(self, record: dict[str, Any], month: Month, digest: str = "") -> str:
        """Put a record into a month's folder; its place."""
        return self._place(put(self.path, record, f"{month[0]}/{month[1]:02}", digest=digest))

    def correct(self, place: str, at: Month, account: str = "company-x", day: int = 20) -> str:
        """Give a charge to another account in a later month; the correction's place."""
        (first,) = [item.charge for item in self.items(SEPTEMBER, DECEMBER) if item.charge.ref == place][:1]
        fields = exact(
            account, first.local.isoformat(" "), first.begin_wh or 0, first.end_wh or 0,
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


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Give a folder without a record."""
    return Folder(tmp_path)


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


def test_what_comes_late_where_no_month_is_open(folder: Folder) -> None:
    """It is billed by the month after the last one, which has no folder as yet."""
    folder.book(OCTOBER)
    folder.settle(OCTOBER)
    late = folder.book(OCTOBER, 16)
    assert folder.billed(NOVEMBER) == [(late, 2000, (LATE,))]
    assert folder.billed(DECEMBER) == []


def test_what_comes_late_and_is_corrected(folder: Folder) -> None:
    """It bills nothing: its correction does."""
    folder.book(SEPTEMBER)
    folder.settle(SEPTEMBER)
    folder.book(OCTOBER)
    late = folder.book(SEPTEMBER, 16)
    correction = folder.correct(late, OCTOBER)
    billed = {place: (energy_wh, flags) for place, energy_wh, flags in folder.billed(OCTOBER)}
    assert billed[late] == (0, (LATE, CORRECTED))
    assert billed[correction] == (3000, (CORRECTION,))


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


@pytest.mark.parametrize("elsewhere", [SEPTEMBER, OCTOBER, NOVEMBER])
@pytest.mark.parametrize("second", ["2026-10-01 09:59:59", "2026-10-01 10:00:01"])
def test_a_repetition_bills_nothing(folder: Folder, elsewhere: Month, second: str) -> None:
    """What a settled month billed is repeated elsewhere, whichever of the two ended first, and wherever it lies."""
    there = folder.put(exact(local="2026-10-01 10:00:00"), OCTOBER)
    folder.settle(OCTOBER)
    again = folder.put(unseen(exact(local=second)), elsewhere)
    billed = {place: (energy_wh, REPEATED in flags) for place, energy_wh, flags in folder.billed(SEPTEMBER, DECEMBER)}
    assert billed == {there: (32_400, False), again: (0, True)}


def test_a_correction_of_an_open_month(folder: Folder) -> None:
    """The first record bills nothing from then on, and its correction what it says: nothing has to be taken back."""
    first = folder.book(OCTOBER)
    correction = folder.correct(first, NOVEMBER)
    assert folder.billed(SEPTEMBER, DECEMBER) == [(first, 0, (CORRECTED,)), (correction, 1000, (CORRECTION,))]


def test_a_correction_of_a_settled_month(folder: Folder) -> None:
    """The month that bills the correction takes back what was billed, once, with who corrected it and why."""
    first = folder.book(SEPTEMBER)
    folder.settle(SEPTEMBER, EUROS)
    correction = folder.correct(first, OCTOBER)
    folder.book(NOVEMBER)
    for settled in (False, True):
        if settled:
            folder.settle(OCTOBER)
        assert folder.billed(OCTOBER) == [(correction, 1000, (CORRECTION,)), (first, -1000, (WITHDRAWN,))]
        (taken_back,) = [item for item in folder.items(OCTOBER) if WITHDRAWN in item.flags]
        assert (taken_back.charge.account, str(taken_back.amount)) == ("family-y", "-0.50")
        assert (taken_back.charge.corrected_by, taken_back.charge.why) == ("anna", "lent")
        assert [flags for _, _, flags in folder.billed(NOVEMBER)] == [()]


def test_a_correction_of_a_correction(folder: Folder) -> None:
    """Whichever settled month billed the charge last, that is taken back; the first one was before."""
    first = folder.book(SEPTEMBER)
    folder.settle(SEPTEMBER)
    second = folder.correct(first, OCTOBER, "company-x", 20)
    folder.settle(OCTOBER)
    third = folder.correct(second, NOVEMBER, "company-z", 21)
    assert folder.billed(NOVEMBER) == [(third, 1000, (CORRECTION,)), (second, -1000, (WITHDRAWN,))]
    energy_wh: dict[str, int] = {}
    for item in folder.items(SEPTEMBER, DECEMBER):
        energy_wh[item.charge.account] = energy_wh.get(item.charge.account, 0) + item.energy_wh
    assert energy_wh == {"family-y": 0, "company-x": 0, "company-z": 1000}


def test_two_corrections_of_one_record(folder: Folder) -> None:
    """Who did not know of the first correction takes it back all the same: the later one of the two counts."""
    first = folder.book(SEPTEMBER)
    folder.settle(SEPTEMBER)
    second = folder.correct(first, OCTOBER, "company-x", 20)
    folder.settle(OCTOBER)
    third = folder.correct(first, NOVEMBER, "company-z", 21)
    assert folder.billed(NOVEMBER) == [(third, 1000, (CORRECTION,)), (second, -1000, (WITHDRAWN,))]


@pytest.mark.parametrize("is_settled", [False, True])
@pytest.mark.parametrize("second", ["2026-10-15 09:59:50", "2026-10-15 10:00:10"])
def test_a_repetition_of_a_corrected_charge(folder: Folder, second: str, is_settled: bool) -> None:
    """What was decided of a charge holds: another record of it bills nothing, though it would go first."""
    first = folder.put(exact(local="2026-10-15 10:00:00"), OCTOBER)
    if is_settled:
        folder.settle(OCTOBER)
    correction = folder.correct(first, NOVEMBER)
    again = folder.put(unseen(exact(local=second)), OCTOBER)
    energy_wh: dict[str, int] = {}
    for place, wh, _ in folder.billed(SEPTEMBER, DECEMBER):
        energy_wh[place] = energy_wh.get(place, 0) + wh
    assert energy_wh == {first: 0, correction: 32_400, again: 0}


@pytest.mark.parametrize("is_settled", [False, True])
def test_a_copy_of_a_corrected_charge(folder: Folder, is_settled: bool) -> None:
    """Of a stop that two machines booked, in two months, one record was corrected: the other one bills nothing."""
    record, digest = exact(local="2026-09-30 23:00:00"), "0326fd891def"
    first = folder.put(record, OCTOBER, digest)
    correction = folder.correct(first, NOVEMBER)
    (folder.path / first).rename(folder.path / "kept")
    folder.put(record, SEPTEMBER, digest)
    if is_settled:
        (folder.path / correction).rename(folder.path / "correction")
        folder.settle(SEPTEMBER)
        (folder.path / "correction").rename(folder.path / correction)
    (folder.path / "kept").rename(folder.path / first)
    accounts: dict[str, int] = {}
    for item in folder.items(SEPTEMBER, DECEMBER):
        accounts[item.charge.account] = accounts.get(item.charge.account, 0) + item.energy_wh
    assert accounts == {"family-y": 0, "company-x": 32_400}


def test_a_repetition_that_was_settled_before_its_first(folder: Folder) -> None:
    """The first record bills the charge, though the month of its repetition was settled, and its own was not."""
    first = folder.put(exact(local="2026-09-30 23:59:59"), SEPTEMBER)
    again = folder.put(unseen(exact(local="2026-10-01 00:00:01")), OCTOBER)
    folder.settle(OCTOBER)
    billed = {place: (energy_wh, REPEATED in flags) for place, energy_wh, flags in folder.billed(SEPTEMBER, DECEMBER)}
    assert billed == {first: (32_400, False), again: (0, True)}


def test_a_correction_that_came_into_a_settled_month(folder: Folder) -> None:
    """It is billed by the next month that is not settled, and so is what it takes back."""
    first = folder.book(SEPTEMBER)
    folder.book(OCTOBER)
    for month in (SEPTEMBER, OCTOBER):
        folder.settle(month)
    correction = folder.correct(first, OCTOBER)
    assert folder.billed(NOVEMBER) == [(correction, 1000, (CORRECTION,)), (first, -1000, (WITHDRAWN,))]
    assert len(folder.billed(SEPTEMBER, OCTOBER)) == 2


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
