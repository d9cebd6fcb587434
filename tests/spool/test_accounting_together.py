"""What the accounting folder promises when many stops come together, and where it cannot be locked or read."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from shocpp.errors import ShocppError
from shocpp.spool.accounting import batch
from shocpp.spool.accounting.accounting import file_of
from shocpp.spool.accounting.accounting_folder import AccountingFolder
from shocpp.spool.accounting.batch import Batch
from shocpp.spool.accounting.earlier_stops import EarlierStops
from shocpp.spool.files.new_file import OpenFolder
from tests.support.disks import failing
from tests.support.stops import RECEIVED, at, names, record


def test_without_locks_the_names_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a network file system that knows no locks a stop is still booked, and once in its month."""

    def refuse(*_: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    accounting = AccountingFolder(str(tmp_path))
    assert [accounting.book(record())[1] for _ in range(3)] == [True, False, False]
    assert len(names(tmp_path)) == 1


@pytest.mark.parametrize("received", [RECEIVED, at("2023-10-01T00:00:00Z")], ids=["this month", "the next one"])
def test_without_room_what_is_booked_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, received: datetime
) -> None:
    """A repetition needs no byte of room, also in a month that has no folder yet; an empty file is no record."""
    accounting = AccountingFolder(str(tmp_path))
    booked, empty = (accounting.book(record(number))[0] for number in (1, 2))
    Path(empty).write_bytes(b"")
    for name in ("create", "mkdir"):
        failing(name, errno.ENOSPC, monkeypatch)
    outcomes = accounting.book_all([file_of(record(number, received)) for number in (1, 2, 3)])
    assert outcomes[0] == (booked, False)
    assert [isinstance(outcome, ShocppError) for outcome in outcomes] == [False, True, True]


def test_many_are_booked_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each gets the outcome that it would have had alone, for one lock and one sync of the month's folder."""
    accounting = AccountingFolder(str(tmp_path))
    before, _ = accounting.book(record(1))
    done: list[str] = []
    monkeypatch.setattr(fcntl, "flock", lambda *_: done.append("lock"))
    monkeypatch.setattr(OpenFolder, "sync", lambda _: done.append("sync"))
    entries = [file_of(record(number)) for number in (2, 1, 3, 2)]
    outcomes = accounting.book_all(entries)
    assert [outcome[1] for outcome in outcomes if isinstance(outcome, tuple)] == [True, False, True, False]
    assert outcomes[1] == (before, False) and outcomes[3] == (outcomes[0][0], False)  # type: ignore[index]
    assert len(names(tmp_path)) == 3
    assert done == ["lock", "sync"]


def test_all_are_on_disk_before_one_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file is synced, once, before the first is linked, and their folder after the last."""
    accounting = AccountingFolder(str(tmp_path))
    accounting.book(record(1))
    done: list[str] = []

    def noted(name: str) -> Callable[..., object]:
        real = getattr(os, name)

        def call(*args: object, **options: object) -> object:
            done.append(f"{name} {args[0]}" if name == "fsync" else name)
            return real(*args, **options)

        return call

    for name in ("write", "fsync", "link"):
        monkeypatch.setattr(os, name, noted(name))
    assert len(accounting.book_all([file_of(record(number)) for number in (2, 3, 4)])) == 3
    assert [call.split()[0] for call in done] == 3 * ["write"] + 3 * ["fsync"] + 3 * ["link"] + ["fsync"]
    assert len({call for call in done if call.startswith("fsync")}) == 4


def test_what_cannot_be_booked_harms_no_other(tmp_path: Path) -> None:
    """Of entries that are booked together only those fail whose month cannot be written."""
    (tmp_path / "2023").mkdir()
    (tmp_path / "2023/09").write_text("in the way")
    good = file_of(record(1, stopped="2023-08-03T07:52:10Z", received=at("2023-08-03T08:00:00Z")))
    failed, booked = AccountingFolder(str(tmp_path)).book_all([file_of(record(2)), good])
    assert isinstance(failed, ShocppError) and "2023/09" in str(failed)
    assert isinstance(booked, tuple) and booked[1] and Path(booked[0]).exists()


def test_without_the_lock_nothing_is_booked(tmp_path: Path) -> None:
    """Where the lock cannot be had, each is told so, and no file is left."""
    (tmp_path / ".lock").mkdir()
    outcomes = AccountingFolder(str(tmp_path)).book_all([file_of(record(1)), file_of(record(2))])
    assert all(isinstance(outcome, ShocppError) and ".lock" in str(outcome) for outcome in outcomes)
    assert names(tmp_path) == []


@pytest.mark.parametrize("folder", ["2022", "2022/01"])
def test_a_folder_that_cannot_be_read_is_left_out(folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A year or month of somebody else's keeps no stop from being booked; of each one there is one warning."""
    (tmp_path / "2022/01").mkdir(parents=True)
    closed = str(tmp_path / folder)

    def forbid(real: Callable[..., object]) -> Callable[..., object]:
        is_listing = real is os.listdir

        def ask(path: str | int, **options: bool) -> object:
            if (path == closed and is_listing) or str(path).startswith(f"{closed}/"):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
            return real(path, **options)

        return ask

    for name in ("listdir", "stat"):
        monkeypatch.setattr(os, name, forbid(getattr(os, name)))
    warnings: list[str] = []
    accounting = AccountingFolder(str(tmp_path), warnings.append)
    assert [accounting.book(record(number))[1] for number in (1, 2, 1)] == [True, True, False]
    assert len(warnings) == 1 and closed in warnings[0] and "Permission denied" in warnings[0]


@pytest.mark.parametrize(
    ("place", "step"),
    [
        (Batch, "_write"),
        (EarlierStops, "find"),
        (Batch, "_sync_above"),
        (batch, "OneAtATime"),
    ],
)
def test_a_fault_of_ours_is_an_outcome(
    place: object, step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is raised in booking is what becomes of that entry, with its place; the next one is booked."""
    entries = [file_of(record(number)) for number in (1, 2)]
    with monkeypatch.context() as broken:
        broken.setattr(place, step, lambda *_: dict[str, str]()["nothing"])
        outcomes = AccountingFolder(str(tmp_path)).book_all(entries)
    assert len(outcomes) == 2
    told = "our own fault: KeyError at test_accounting_together.py:"
    assert all(isinstance(each, ShocppError) and told in str(each) for each in outcomes)
    assert all(isinstance(each, tuple) for each in AccountingFolder(str(tmp_path)).book_all(entries))
