"""Which record may be corrected: the one that statements show as billing."""

from __future__ import annotations

import pytest

from shocpp.errors import DataError
from shocpp.report.correctable import correctable_at
from shocpp.spool.accounting.accounting_folder import AccountingFolder
from tests.support.billed import OCTOBER, SEPTEMBER, Folder
from tests.support.records import exact, unseen


def test_what_a_month_was_settled_with(folder: Folder) -> None:
    """It bills, also when a record of the same charge came that would go first: that one repeats it, and not both."""
    there = folder.put(exact(local="2026-10-01 10:00:00"), OCTOBER)
    folder.settle(OCTOBER)
    again = folder.put(unseen(exact(local="2026-10-01 09:59:59")), OCTOBER)
    accounting = AccountingFolder(str(folder.path))
    assert correctable_at(accounting, there).ref == there
    with pytest.raises(DataError, match=f"{again} only repeats {there}, which bills the charge"):
        correctable_at(accounting, again)


def test_a_repetition_that_was_settled_before_its_first(folder: Folder) -> None:
    """What a month was settled with as repeated is no more to be corrected than before; the first record is."""
    first = folder.put(exact(local="2026-09-30 23:59:59"), SEPTEMBER)
    again = folder.put(unseen(exact(local="2026-10-01 00:00:01")), OCTOBER)
    folder.settle(OCTOBER)
    accounting = AccountingFolder(str(folder.path))
    assert correctable_at(accounting, first).ref == first
    with pytest.raises(DataError, match=f"{again} only repeats {first}"):
        correctable_at(accounting, again)
