"""A correction that was copied from another machine, of a record of a charge that has other records here."""

from __future__ import annotations

import pytest

from shocpp.errors import DataError
from shocpp.ledger.item import CORRECTION, REPEATED, WITHDRAWN
from shocpp.ledger.span import Span
from shocpp.report import exported
from shocpp.report.correctable import correctable_at
from shocpp.spool.accounting.accounting_folder import AccountingFolder
from tests.support.billed import DECEMBER, EUROS, NOVEMBER, OCTOBER, SEPTEMBER, Folder, Month
from tests.support.records import exact, unseen

OURS, THEIRS = exact(local="2026-10-15 10:00:00"), unseen(exact(local="2026-10-15 10:00:10"))
THEIR_DIGEST = "0326fd891def"
THEIR_PLACE = f"2026/10/{THEIRS['unixtime']}-{THEIR_DIGEST}.json"


def copy(folder: Folder, corrects: str = THEIR_PLACE, day: int = 20, month: Month = NOVEMBER, **fields: object) -> str:
    """Copy a correction by which a record of the charge was given to company-x; its place."""
    said = {"corrects": corrects, "corrected": f"{month[0]}-{month[1]}-{day}T10:00:00Z", "corrected_by": "ben"}
    record = {**THEIRS, "account": "company-x", "why": "lent", **said, **fields}
    return folder.put(record, month, name=f"{THEIRS['unixtime']}-{day:012x}-correction.json")


def accounts(folder: Folder) -> dict[str, int]:
    """Give what each account is billed in all months together, in Wh; what is exported says the same."""
    stated: dict[str, int] = {}
    for item in folder.items(SEPTEMBER, DECEMBER):
        stated[item.charge.account] = stated.get(item.charge.account, 0) + item.energy_wh
    drawn = exported.drawn_wh(AccountingFolder(str(folder.path)), lambda path, why: pytest.fail(f"{path}: {why}"))
    assert {name: wh for name, wh in drawn.items() if wh} == {name: wh for name, wh in stated.items() if wh}
    return {name: wh for name, wh in stated.items() if wh}


@pytest.mark.parametrize("is_record_copied", [False, True])
@pytest.mark.parametrize("is_settled", [False, True])
def test_it_counts_in_the_place_of_ours(folder: Folder, is_settled: bool, is_record_copied: bool) -> None:
    """What was decided of a charge holds: what a settled month billed of it is taken back, with who decided and why."""
    ours = folder.put(OURS, OCTOBER)
    if is_settled:
        folder.settle(OCTOBER, EUROS)
    theirs = [folder.put(THEIRS, OCTOBER, THEIR_DIGEST)] if is_record_copied else []
    decided = copy(folder)
    assert accounts(folder) == {"company-x": 33_000}
    billed = folder.billed(NOVEMBER)
    assert (decided, 33_000, (CORRECTION,)) in billed
    assert [(place, wh) for place, wh, flags in billed if WITHDRAWN in flags] == [(ours, -32_400)] * is_settled
    flags = {place: flags for place, wh, flags in folder.billed(SEPTEMBER, DECEMBER) if not wh}
    assert all(REPEATED in flags[place] or "corrected" in flags[place] for place in theirs)
    if is_settled:
        (taken_back,) = [item for item in folder.items(NOVEMBER) if WITHDRAWN in item.flags]
        assert (taken_back.charge.corrected_by, taken_back.charge.why) == ("ben", "lent")


def test_it_counts_once_it_is_settled(folder: Folder) -> None:
    """The month that bills it takes ours back, and no later one does so again."""
    folder.put(OURS, OCTOBER)
    folder.settle(OCTOBER)
    copy(folder)
    folder.settle(NOVEMBER)
    folder.book(DECEMBER)
    assert accounts(folder) == {"company-x": 33_000, "family-y": 1000}
    assert [flags for *_, flags in folder.billed(DECEMBER)] == [()]


def test_it_is_corrected_once_it_is_settled(folder: Folder) -> None:
    """What is decided then takes back the correction, and not our record once more, which no month bills any longer."""
    ours = folder.put(OURS, OCTOBER)
    folder.settle(OCTOBER)
    decided = copy(folder)
    folder.settle(NOVEMBER)
    last = copy(folder, decided, 21, DECEMBER, account="company-z")
    assert accounts(folder) == {"company-z": 33_000}
    assert folder.billed(DECEMBER) == [(last, 33_000, (CORRECTION,)), (decided, -33_000, (WITHDRAWN,))]
    with pytest.raises(DataError, match=f"corrected already by {last}"):
        correctable_at(AccountingFolder(str(folder.path)), str(folder.path / ours))


@pytest.mark.parametrize("is_settled", [False, True])
@pytest.mark.parametrize(("day", "counts"), [(19, "company-z"), (21, "company-x")])
def test_two_decided_of_one_charge(folder: Folder, day: int, counts: str, is_settled: bool) -> None:
    """On each machine a record of the charge was corrected: the later decision counts, and bills it once."""
    ours = folder.put(OURS, OCTOBER)
    if is_settled:
        folder.settle(OCTOBER)
    folder.correct(ours, NOVEMBER, "company-z")
    copy(folder, day=day)
    assert list(accounts(folder)) == [counts]
    with pytest.raises(DataError, match="corrected already by"):
        correctable_at(AccountingFolder(str(folder.path)), str(folder.path / ours))


def test_one_of_another_charge(folder: Folder) -> None:
    """A correction of a charge that only looks the same takes nothing back: both are billed."""
    folder.put(OURS, OCTOBER)
    folder.settle(OCTOBER)
    copy(folder, **exact("company-x", local="2026-10-15 12:00:00", duration_s=600))
    assert accounts(folder) == {"family-y": 32_400, "company-x": 32_400}


def test_of_another_charge_than_what_we_corrected(folder: Folder) -> None:
    """Which charge was booked first is told by their records, and not by when a person decided of which."""
    ours = folder.put(exact(local="2026-10-16 09:00:00", duration_s=600), OCTOBER)
    folder.correct(ours, NOVEMBER, "company-z")
    copy(folder, month=DECEMBER)
    assert accounts(folder) == {"company-z": 32_400, "company-x": 33_000}


def test_what_it_corrects_was_settled_as_a_repetition(folder: Folder) -> None:
    """The record that it corrects had been copied before, and billed nothing: what billed the charge is taken back."""
    ours = folder.put(OURS, OCTOBER)
    folder.put(THEIRS, OCTOBER, THEIR_DIGEST)
    folder.settle(OCTOBER)
    copy(folder)
    assert accounts(folder) == {"company-x": 33_000}
    assert [place for place, _, flags in folder.billed(NOVEMBER) if WITHDRAWN in flags] == [ours]


def test_what_is_exported_names_it(folder: Folder) -> None:
    """Our record says in which correction its charge is billed, whatever months are exported."""
    ours = folder.put(OURS, OCTOBER)
    folder.settle(OCTOBER)
    decided = copy(folder)
    accounting = AccountingFolder(str(folder.path))
    (found,) = exported.records(accounting, Span.of_month(*OCTOBER), lambda path, why: pytest.fail(f"{path}: {why}"))
    assert (found["record"], found["energy_wh"], found["corrected_in"]) == (ours, 0, decided)
