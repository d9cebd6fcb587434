"""A charge that a settled month or a correction bills is billed by nothing else, in whatever order its records came."""

from __future__ import annotations

import pytest

from shocpp.ledger.item import REPEATED
from tests.support.billed import DECEMBER, NOVEMBER, OCTOBER, SEPTEMBER, Folder, Month
from tests.support.records import exact, unseen

DIGEST = "0326fd891def"


def billed(folder: Folder, first: Month = SEPTEMBER, last: Month = DECEMBER) -> dict[str, int]:
    """Sum up what some months bill for each record, in Wh, by its place; what is withdrawn is taken off."""
    energy_wh: dict[str, int] = {}
    for place, wh, _ in folder.billed(first, last):
        energy_wh[place] = energy_wh.get(place, 0) + wh
    return energy_wh


@pytest.mark.parametrize(("settled", "came"), [
    ("2026-10-31 23:30:00", "2026-10-31 23:00:00"),
    ("2026-10-01 00:30:00", "2026-09-30 23:50:00"),
])  # fmt: skip
def test_what_repeats_a_record_that_came_late(folder: Folder, settled: str, came: str) -> None:
    """It repeats what was settled, though a record came since that would have gone first, and that it repeats, too."""
    first = folder.put(exact(local=settled), OCTOBER)
    folder.settle(OCTOBER)
    late = folder.put(unseen(exact(local=came)), SEPTEMBER if came < "2026-10" else OCTOBER)
    again = folder.put(unseen(exact(local=f"{settled[:-2]}10")), NOVEMBER)
    assert billed(folder) == {first: 32_400, late: 0, again: 0}
    assert billed(folder, NOVEMBER, NOVEMBER)[again] == 0
    assert all((REPEATED in flags) is (place != first) for place, _, flags in folder.billed(SEPTEMBER, DECEMBER))


def test_another_charge_than_the_corrected_one(folder: Folder) -> None:
    """A person decided of the poorer of two records of a stop; the richer one still tells the charge before from it."""
    corrected = exact(local="2026-10-16 06:00:00")
    first = folder.put(corrected, OCTOBER, DIGEST)
    folder.settle(OCTOBER)
    before = folder.put(exact(local="2026-10-15 09:00:00"), OCTOBER)
    assert billed(folder) == {first: 32_400, before: 32_400}
    poorer = folder.put(unseen(corrected), NOVEMBER, DIGEST)
    said = {"corrects": poorer, "corrected": "2026-12-20T10:00:00Z", "corrected_by": "anna", "why": "lent"}
    decided = folder.put({**unseen(corrected), **said}, DECEMBER, name=f"1-{DIGEST}-correction.json")
    assert billed(folder) == {first: 0, before: 32_400, decided: 33_000}
