"""What the kernel saw: a real backend's record is on the disk before its receipt is on the wire."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.backend import RunningBackend, make_home, record_files

CALLS = "trace=openat,write,fsync,link,linkat,mkdir,mkdirat,rename,renameat,renameat2"
LINE = re.compile(r"^(?:\d+ +)?(?P<name>\w+)\((?P<arguments>.*)\) += (?P<result>-?\d+)(?:<(?P<opened>[^>]*)>)?")


class Call:
    """A system call of a trace: its name, its arguments as strace writes them, the path of its first descriptor."""

    def __init__(self, name: str, arguments: str) -> None:
        self.name = name
        self.arguments = arguments
        path = re.match(r"\d+<(.*?)>", arguments)
        self.path = path[1] if path else ""

    def __repr__(self) -> str:
        return f"{self.name}({self.arguments})"


def trace(home: Path, accounting: Path, folder: Path) -> list[Call]:
    """Let a backend serve one charge under strace; the calls that succeeded, in order."""
    out = folder / "trace"
    wrapper = ["strace", "-f", "-qq", "-y", "-s", "400", "-e", CALLS, "-o", str(out)]
    with RunningBackend(home, settings={"SHOCPP_ACCOUNTINGDIR": str(accounting)}, wrapper=wrapper) as backend:
        transaction_id = backend.start()
        assert backend.stop(transaction_id)[2] == {}
    lines = [LINE.match(line) for line in out.read_text().splitlines()]
    return [Call(found["name"], found["arguments"]) for found in lines if found and int(found["result"]) >= 0]


def positions(calls: list[Call], name: str, words: str = "", path: str = "") -> list[int]:
    """Find calls by name, something in their arguments, and the end of the path of their first descriptor."""
    return [
        at
        for at, call in enumerate(calls)
        if re.fullmatch(name, call.name) and words in call.arguments and call.path.endswith(path)
    ]


@pytest.mark.parametrize("is_month_there", [False, True], ids=["new month", "month another process made"])
def test_a_receipt_leaves_after_the_record_is_on_the_disk(tmp_path: Path, is_month_there: bool) -> None:
    """write < fsync < link < fsync of the folder and of those above it < write of the confirmation to stdout."""
    accounting = tmp_path / "accounting"
    if is_month_there:  # by a backend that was killed before it synced what it made
        (record,) = _book(tmp_path / "first", accounting)
        record.unlink()
    calls = trace(make_home(tmp_path / "home"), accounting, tmp_path)
    (record,) = record_files(accounting)

    (written,) = positions(calls, "write", "localtime")
    unnamed = calls[written].arguments.split(">")[0]
    synced = [at for at in positions(calls, "fsync") if calls[at].arguments.startswith(unnamed)]
    (linked,) = positions(calls, "link(at)?", f'"{record.name}"')
    (confirmed,) = positions(calls, "write", '[3,\\"u2\\"')
    assert calls[confirmed].arguments.startswith("1<")
    assert written < synced[0] < linked

    folder = record.parent
    last = linked
    for folder in (record.parent, record.parent.parent, accounting):
        later = [at for at in positions(calls, "fsync", path=str(folder)) if at > last]
        assert later and later[0] < confirmed, f"{folder} is not synced between link and confirmation: {calls}"
    for made in positions(calls, "mkdir(at)?", str(accounting)):
        above = re.search(r'"(.*)/[^/]*"', calls[made].arguments)
        assert above and [at for at in positions(calls, "fsync", path=above[1]) if made < at < confirmed]


def _book(home: Path, accounting: Path) -> list[Path]:
    """Book a charge without strace; its record's path."""
    with RunningBackend(make_home(home), settings={"SHOCPP_ACCOUNTINGDIR": str(accounting)}) as backend:
        assert backend.stop(backend.start())[2] == {}
    return record_files(accounting)


def test_a_repeated_receipt_leaves_after_the_folder_is_synced(tmp_path: Path) -> None:
    """A stop whose record is found is confirmed only when its name is on the disk, whoever gave it that name."""
    accounting = tmp_path / "accounting"
    (record,) = _book(tmp_path / "first", accounting)
    calls = trace(make_home(tmp_path / "home"), accounting, tmp_path)
    assert positions(calls, "link(at)?", record.name) == []
    (confirmed,) = positions(calls, "write", '[3,\\"u2\\"')
    for folder in (record.parent, record.parent.parent, accounting):
        assert [at for at in positions(calls, "fsync", path=str(folder)) if at < confirmed], folder
    assert record_files(accounting) == [record]
