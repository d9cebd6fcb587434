"""Which month bills charges that are corrected, or repeated: each once, and what was billed before is taken back."""

from __future__ import annotations

import pytest

from shocpp.ledger.item import CORRECTED, CORRECTION, LATE, REPEATED, WITHDRAWN
from tests.support.billed import DECEMBER, EUROS, NOVEMBER, OCTOBER, SEPTEMBER, Folder, Month
from tests.support.records import exact, unseen


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
    folder.book(NOVEMBER)
    folder.settle(NOVEMBER)
    last = folder.book(DECEMBER)
    assert folder.billed(DECEMBER) == [(last, 4000, ())]
