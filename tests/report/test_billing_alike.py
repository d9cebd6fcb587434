"""Two charges with one id and end, and a report of one of them, by a clock that was set back, that fits both."""

from __future__ import annotations

import pytest

from tests.support.billed import DECEMBER, NOVEMBER, OCTOBER, SEPTEMBER, Folder, Month
from tests.support.records import exact, unseen

WH, END_WH = 33_000, 9_075_700


class Alike:
    """
    The records of both, and the report: it and the first one are one charge, and the second one is not.

    Args:
        folder: Where they are booked.
        day: The day of both.
        set_back: When the report says that it ended.
        month: The month of the report.
    """

    def __init__(self, folder: Folder, day: str, set_back: str, month: Month = OCTOBER) -> None:
        self._folder = folder
        self.report = folder.put(unseen(exact(end_wh=END_WH, local=set_back, received=f"{day}T20:00:00Z")), month)
        self.first = folder.put(exact(end_wh=END_WH, local=f"{day} 09:52:10"), OCTOBER)
        self._second = exact(end_wh=END_WH, local=f"{day} 11:52:10", duration_s=600)
        self.second = ""

    def put_second(self) -> None:
        """Book the second one, too."""
        self.second = self._folder.put(self._second, OCTOBER)

    def accounts(self) -> dict[str, int]:
        """Give what each account is billed, in Wh."""
        found: dict[str, int] = {}
        for item in self._folder.items(SEPTEMBER, DECEMBER):
            found[item.charge.account] = found.get(item.charge.account, 0) + item.energy_wh
        return found


@pytest.fixture
def alike(folder: Folder) -> Alike:
    """Give the two and the report, all of one month."""
    return Alike(folder, "2026-10-15", "2026-10-15 07:52:10")


def test_both_are_billed(alike: Alike) -> None:
    """The report bills one of them, the second record the other."""
    alike.put_second()
    assert alike.accounts() == {"family-y": 2 * WH}


def test_a_report_of_the_month_before(folder: Folder) -> None:
    """It does not matter whether a month ended between them."""
    alike = Alike(folder, "2026-10-01", "2026-09-30 23:52:10", SEPTEMBER)
    alike.put_second()
    assert alike.accounts() == {"family-y": 2 * WH}


def test_the_report_is_corrected(folder: Folder, alike: Alike) -> None:
    """A person decides of one of them: the other one is billed as before."""
    alike.put_second()
    folder.correct(alike.report, NOVEMBER)
    assert alike.accounts() == {"family-y": WH, "company-x": WH}


@pytest.mark.parametrize("is_repeated", [False, True])
def test_the_second_is_corrected(folder: Folder, alike: Alike, is_repeated: bool) -> None:
    """The report is the corrected one's then: the first record bills its own charge, once if it is repeated."""
    alike.put_second()
    folder.correct(alike.second, NOVEMBER)
    if is_repeated:
        folder.put(unseen(exact(end_wh=END_WH, local="2026-10-15 09:53:10", received="2026-10-15T20:01:00Z")), OCTOBER)
    assert alike.accounts() == {"family-y": WH, "company-x": WH}


@pytest.mark.parametrize("is_corrected", [False, True])
def test_the_second_comes_late(folder: Folder, alike: Alike, is_corrected: bool) -> None:
    """What comes into a settled month that has billed the first one is billed in the next."""
    folder.settle(OCTOBER)
    alike.put_second()
    if is_corrected:
        folder.correct(alike.report, NOVEMBER)
    assert alike.accounts() == ({"family-y": WH, "company-x": WH} if is_corrected else {"family-y": 2 * WH})


def test_the_second_and_a_report_come_late(folder: Folder) -> None:
    """The report repeats what a settled month billed, and what would repeat the report is looked at once more."""
    first = folder.put(exact(end_wh=END_WH, local="2026-10-15 09:52:10", duration_s=600), OCTOBER)
    folder.settle(OCTOBER)
    set_back = exact(end_wh=END_WH, local="2026-10-15 07:52:10", received="2026-10-15T20:00:00Z")
    report = folder.put(unseen(set_back), OCTOBER)
    second = folder.put(exact(end_wh=END_WH, local="2026-10-15 08:52:10", duration_s=600), OCTOBER)
    again = folder.put(exact(end_wh=END_WH, local="2026-10-15 08:52:20", duration_s=610), OCTOBER)
    billed = {place: energy_wh for place, energy_wh, _ in folder.billed(SEPTEMBER, DECEMBER)}
    assert billed == {first: WH, report: 0, second: WH, again: 0}


def test_another_one_is_corrected(folder: Folder) -> None:
    """What is decided of a third charge with the same id and end says nothing of these two."""
    third = folder.put(exact(end_wh=END_WH, local="2026-10-15 05:00:00"), OCTOBER)
    folder.correct(third, NOVEMBER)
    alike = Alike(folder, "2026-10-15", "2026-10-15 10:30:00")
    alike.put_second()
    assert alike.accounts() == {"family-y": 2 * WH, "company-x": WH}
