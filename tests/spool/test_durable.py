"""What files promise: they are there whole or not at all, at every instant, wherever the process is killed."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from shocpp import errors
from shocpp.spool.accounting.accounting_folder import AccountingFolder
from shocpp.spool.files import durable
from shocpp.spool.files.new_file import NewFile, OpenFolder
from shocpp.spool.run.held_mailbox import HeldMailbox
from shocpp.spool.run.open_charges import OpenCharges
from tests.support.backend import record_files, whole_records
from tests.support.cuts import Cut, is_cut
from tests.support.descriptors import descriptors
from tests.support.disks import failing
from tests.support.forker import forker, in_child
from tests.support.stops import record

MOST = 200


def book(folder: Path, before: Callable[[], object] | None = None) -> None:
    """Book the one stop of these tests; before, change the process."""
    if before:
        before()
    AccountingFolder(str(folder)).book(record())


def forget_unnamed_files(number: int = errno.EOPNOTSUPP) -> None:
    """Let this process believe that no file system knows files without names (NFS, FAT)."""
    real = os.open

    def refuse(path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(number, os.strerror(number), path)
        return real(path, flags, mode, dir_fd=dir_fd)

    os.open = refuse  # type: ignore[assignment]


def touches(action: Callable[[], object], before: Callable[[], object] | None = None) -> list[str]:
    """Give the touches of the disk of an action, by name, as the cuts count them."""
    read, write = os.pipe()

    def report() -> None:
        if before:
            before()
        raw, cut = os.write, Cut(0)
        cut.install()
        action()
        raw(write, " ".join(cut.names).encode())

    assert in_child(report) == 0
    os.close(write)
    with open(read, encoding="utf-8") as pipe:
        return pipe.read().split()


@pytest.mark.parametrize("torn", [False, True], ids=["before", "half-written"])
@pytest.mark.parametrize("before", [None, forget_unnamed_files], ids=["unnamed", "beside"])
def test_killed_at_each_touch_of_the_disk(tmp_path: Path, torn: bool, before: Callable[[], None] | None) -> None:
    """A booking killed at every step leaves a whole record or none, and the repeated stop makes it exactly one."""
    cuts = 0
    for at in range(1, MOST):
        folder = tmp_path / str(at)
        was_cut = is_cut(partial(book, folder), at, torn, before)
        assert len(whole_records(folder)) in ((0, 1) if was_cut else (1,))
        left = [path.name for path in folder.rglob(".*") if path.name != ".lock"]
        assert left == [] or before, "an unnamed file leaves nothing behind"
        assert forker().run(partial(book, folder, before)) == 0
        assert len(whole_records(folder)) == 1
        if not was_cut:
            break
        cuts += 1
    names = touches(lambda: book(tmp_path / "whole"), before)
    assert cuts == len(names) and {"mkdir", "open", "write", "fsync", "flock", "link", "close"} <= set(names)


@pytest.mark.parametrize("number", [errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL])
def test_without_unnamed_files_a_name_beside_does(tmp_path: Path, number: int) -> None:
    """Where the file system has no unnamed files the record comes about all the same, and no other file stays."""
    assert in_child(partial(book, tmp_path, partial(forget_unnamed_files, number))) == 0
    assert len(whole_records(tmp_path)) == 1
    assert [path.name for path in tmp_path.rglob("*") if path.is_file() and path.name != ".lock"] == [
        path.name for path in record_files(tmp_path)
    ]


@pytest.mark.parametrize("before", [None, forget_unnamed_files], ids=["unnamed", "beside"])
def test_the_order_that_survives_a_power_cut(tmp_path: Path, before: Callable[[], None] | None) -> None:
    """The data are synced before there is a name, the folder after it, and each new folder in the one above it."""
    names = touches(lambda: book(tmp_path / "accounting"), before)
    write, link = names.index("write"), names.index("link")
    assert "fsync" in names[write:link]
    assert "fsync" in names[link:]
    for at, name in enumerate(names):
        if name == "mkdir":
            assert names[at + 1 : at + 4] == ["open", "fsync", "close"]


@pytest.mark.parametrize("name", ["open", "create", "write", "fsync", "link", "mkdir"])
@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        (errno.ENOSPC, errors.WriteError, "make room"),
        (errno.EDQUOT, errors.WriteError, "make room"),
        (errno.EIO, errors.ShocppError, "Input/output error"),
        (errno.EROFS, errors.NotPermittedError, "may be written"),
        (errno.EACCES, errors.NotPermittedError, "permissions of"),
    ],
)
def test_a_disk_that_fails_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, number: int, kind: type[Exception], words: str
) -> None:
    """Whatever call fails, and how: one of our errors with the path and the next step, and a repeat that is booked."""
    folder = tmp_path / "accounting"
    before = descriptors()
    with monkeypatch.context() as patch:
        failing(name, number, patch)
        with pytest.raises(kind, match=words) as caught:
            book(folder)
        assert str(tmp_path) in str(caught.value) and isinstance(caught.value, errors.ShocppError)
    assert descriptors() <= before, "a descriptor leaked"
    book(folder)
    assert len(whole_records(folder)) == 1


def test_a_write_may_be_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that takes a few bytes at a time gets all of them, in order."""
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:7]))
    book(tmp_path)
    assert len(whole_records(tmp_path)) == 1


def test_a_name_that_is_taken_is_left_alone(tmp_path: Path) -> None:
    """``link`` gives a name once; the second file vanishes without a trace."""
    path = tmp_path / "x.json"
    with OpenFolder(str(tmp_path)) as folder:
        for data, is_new in ((b"first", True), (b"second", False)):
            file = NewFile(folder, "x.json", data)
            assert file.link() is is_new
            file.close()
    assert path.read_bytes() == b"first" and os.listdir(tmp_path) == ["x.json"]


def test_a_file_without_a_name_vanishes(tmp_path: Path) -> None:
    """Closed before it was linked, a new file was never there."""
    with OpenFolder(str(tmp_path)) as folder:
        NewFile(folder, "x.json", b"data").close()
    assert os.listdir(tmp_path) == []


def test_removing_what_is_not_there_is_fine(tmp_path: Path) -> None:
    """A file that somebody else removed is removed; a folder in its place is an error of ours."""
    path = tmp_path / "x"
    durable.remove(str(path))
    path.touch()
    durable.remove(str(path))
    assert not path.exists()
    path.mkdir()
    with pytest.raises(errors.ShocppError, match="cannot remove"):
        durable.remove(str(path))


def test_a_file_where_a_folder_should_be(tmp_path: Path) -> None:
    """A file called accounting is told apart from a folder that is there."""
    path = tmp_path / "accounting"
    path.touch()
    for folder in (path, path / "2023" / "09"):
        with pytest.raises(errors.CannotCreateError, match="cannot make"):
            durable.make_folder(str(folder))
    durable.make_folder(str(tmp_path))


def test_a_folder_made_by_another_process_meanwhile_is_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes that make the same month at once both have it."""
    real = os.mkdir

    def race(path: str, mode: int = 0o777) -> None:
        real(path, mode)
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)

    monkeypatch.setattr(os, "mkdir", race)
    durable.make_folder(str(tmp_path / "2023" / "09"))
    assert (tmp_path / "2023" / "09").is_dir()


def forget_links() -> None:
    """Let this process believe that the file system knows neither files without names nor hard links (FAT)."""
    forget_unnamed_files()

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    os.link = refuse


@pytest.mark.parametrize("left_behind", [False, True])
def test_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left_behind: bool) -> None:
    """On FAT a stop is booked once, whole; also after a crash that left nothing but its empty name."""
    for name in ("open", "link"):
        monkeypatch.setattr(os, name, getattr(os, name))  # both are put back at the end
    forget_links()
    if left_behind:
        path, _ = AccountingFolder(str(tmp_path)).book(record())
        Path(path).write_bytes(b"")
    accounting = AccountingFolder(str(tmp_path))
    assert [accounting.book(record())[1] for _ in range(2)] == [True, False]
    assert len(whole_records(tmp_path)) == 1
    assert not list(tmp_path.rglob(".*.new"))


def test_nothing_waits_for_the_disk_below_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new charge point's folder, and those of its charges, are made without a sync, which may take long."""

    def sync(_: int) -> None:
        raise AssertionError("run/ does not need to survive a power cut")

    monkeypatch.setattr(os, "fsync", sync)
    mailbox = HeldMailbox(str(tmp_path / "run"), "CP1")
    mailbox.hold()
    charges = OpenCharges(mailbox.folder, lambda *_: False)
    charges.open(10_000_001, {"connector_id": 1})
    charges.end(10_000_001, {"connector_id": 1}, 1_700_000_000)
    mailbox.release()
    assert [file.name for file in (tmp_path / "run/CP1/ended").iterdir()] == ["10000001-1700000000.json"]
