"""What the file of a settled month promises: whole or not there, and written once."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest

from shocpp.errors import CannotCreateError, ShocppError
from shocpp.spool.accounting.accounting_folder import AccountingFolder
from shocpp.spool.accounting.settled import SettledMonths
from tests.support.cuts import is_cut

NAME = ".settled.json"
TEXT = "x" * 100_000


def settle(folder: Path) -> None:
    """Settle the month."""
    SettledMonths(AccountingFolder(str(folder))).settle((2026, 10), TEXT)


@pytest.mark.parametrize("torn", [False, True])
def test_a_kill_leaves_none_or_the_whole(tmp_path: Path, torn: bool) -> None:
    """A process that is killed at any touch of the disk leaves no settlement, or a whole one."""
    at, found = 1, set()
    while True:
        folder = tmp_path / str(at)
        folder.mkdir()
        was_cut = is_cut(partial(settle, folder), at, torn)
        path = folder / "2026/10" / NAME
        found.add(path.exists())
        assert not path.exists() or path.read_text() == TEXT
        if not was_cut:
            break
        at += 1
    assert at > 5 and found == {False, True}


def test_a_full_disk_leaves_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk does not take it nothing is there, and it can be settled later."""

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(ShocppError, match="make room on that disk"):
            SettledMonths(AccountingFolder(str(tmp_path))).settle((2026, 10), TEXT)
    assert list((tmp_path / "2026/10").iterdir()) == []
    SettledMonths(AccountingFolder(str(tmp_path))).settle((2026, 10), TEXT)
    with pytest.raises(CannotCreateError, match="a month is settled once"):
        SettledMonths(AccountingFolder(str(tmp_path))).settle((2026, 10), "other")
