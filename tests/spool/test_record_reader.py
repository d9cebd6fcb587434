"""The accounting folder read back: order, strangers, merged folders, memory."""

from __future__ import annotations

import json
import os
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from shocpp.spool.accounting import file_content, record_reader
from shocpp.spool.accounting.accounting_folder import AccountingFolder
from tests.support.records import exact, legacy, put, unseen

Complaints = list[tuple[str, str]]


def names(
    folder: Path,
    complaints: Complaints | None = None,
    first: tuple[int, int] = record_reader.FIRST,
    last: tuple[int, int] = record_reader.LAST,
) -> list[str]:
    """Read a folder; give the files' names with their months."""

    def report(path: str, why: str) -> None:
        if complaints is not None:
            complaints.append((os.path.relpath(path, folder), why))

    found = record_reader.read(AccountingFolder(str(folder)), report, first, last)
    return [f"{charge.month[0]:04}/{charge.month[1]:02}/{charge.name}" for charge in found]


def test_order(tmp_path: Path) -> None:
    """Charges come in order of month and name, whatever order they were written in."""
    for local in ("2026-10-01 01:00:00", "2026-09-05 01:00:00", "2025-12-31 01:00:00", "2026-09-01 01:00:00"):
        put(tmp_path, legacy(local=local))
    found = names(tmp_path)
    assert found == sorted(found) and len(found) == 4
    assert [name[:7] for name in names(tmp_path, first=(2026, 9), last=(2026, 9))] == ["2026/09"] * 2


def test_any_name(tmp_path: Path) -> None:
    """An old record counts under any name that ends in .json; dot-files and other endings are passed over."""
    put(tmp_path, legacy(), name="September, garage.json")
    put(tmp_path, legacy(), name=".half-written.json")
    put(tmp_path, legacy(), name="1693727530-0326fd891def.json.bak")
    (tmp_path / "2023/09/notes.txt").write_text("hello")
    (tmp_path / "archive/09").mkdir(parents=True)
    complaints: Complaints = []
    assert names(tmp_path, complaints) == ["2023/09/September, garage.json"]
    assert complaints == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32-be"])
def test_any_encoding(tmp_path: Path, encoding: str) -> None:
    """A record that somebody's editor has saved in another encoding of Unicode is the same record."""
    record = {**legacy(account="Höfe"), "reason": "\ud800"}
    put(tmp_path, record).write_bytes(json.dumps(record, ensure_ascii=False).encode(encoding, "surrogatepass"))
    (charge,) = record_reader.read(AccountingFolder(str(tmp_path)), lambda path, why: pytest.fail(f"{path}: {why}"))
    assert (charge.account, charge.reason) == ("Höfe", "\ud800")


def test_no_folder(tmp_path: Path) -> None:
    """A folder that is not there has no records and is no fault."""
    complaints: Complaints = []
    assert names(tmp_path / "none", complaints) == [] and complaints == []


STRANGERS = {
    "array.json": (b"[1, 2]", "not a record: no object"),
    "binary.json": (b"\xff\xfe\x00", "not JSON"),
    "deep.json": (b"[" * 100_000, "not JSON"),
    "digits.json": (b'{"unixtime": ' + b"9" * 5000 + b"}", "not JSON"),
    "empty.json": (b"", "empty"),
    "half.json": (b'{"localtime": "2023-09-0', "not JSON"),
    "huge.json": (b" " * (file_content.LARGEST_FILE + 1), "too large for a record"),
    "other.json": (b'{"name": "x"}', "localtime is missing"),
}


def test_strangers_are_named(tmp_path: Path) -> None:
    """Each file that is no record is named with the reason, and the records around it are read all the same."""
    put(tmp_path, legacy(), name="a.json")
    put(tmp_path, legacy(), name="z.json")
    month = tmp_path / "2023/09"
    for name, (data, _) in STRANGERS.items():
        (month / name).write_bytes(data)
    (month / "folder.json").mkdir()
    (month / "loop.json").symlink_to("loop.json")
    os.mkfifo(month / "pipe.json")
    complaints: Complaints = []
    assert names(tmp_path, complaints) == ["2023/09/a.json", "2023/09/z.json"]
    said = {path.removeprefix("2023/09/"): why for path, why in complaints}
    assert said.pop("loop.json").startswith("cannot be read: ")
    assert said == {name: why for name, (_, why) in STRANGERS.items()} | {
        "folder.json": "not a file",
        "pipe.json": "not a file",
    }


def test_month_that_is_a_file(tmp_path: Path) -> None:
    """A month that cannot be listed is named, and the other months are read."""
    put(tmp_path, legacy())
    (tmp_path / "2023/10").write_text("")
    complaints: Complaints = []
    assert len(names(tmp_path, complaints)) == 1
    assert complaints == [("2023/10", "cannot be read: Not a directory")]


@pytest.mark.parametrize("months", [("2026/09", "2026/10"), ("2026/09", "2027/02"), ("2026/08", "2026/09")])
def test_booked_by_two_machines(tmp_path: Path, months: tuple[str, str]) -> None:
    """A stop that two machines booked in different months counts in the earlier one, however much of it is read."""
    record = exact(local="2026-08-31 23:59:00")
    put(tmp_path, exact(local="2026-11-01 00:00:00"))
    for month in months:
        put(tmp_path, record, month=month)
    assert [name[:7] for name in names(tmp_path) if not name.startswith("2026/11")] == [months[0]]
    later = (int(months[1][:4]), int(months[1][5:]))
    assert names(tmp_path, first=later, last=later) == []


@pytest.mark.parametrize("months", [("2026/09", "2026/09"), ("2026/09", "2026/10"), ("2026/01", "2026/10")])
def test_booked_by_two_machines_without_a_clock(tmp_path: Path, months: tuple[str, str]) -> None:
    """Where the charge point's clock was no good the two names differ; the digest alone tells that it is one stop."""
    put(tmp_path, exact(local="2026-05-01 00:00:00"))
    for day, month in zip(("03", "04"), months, strict=True):
        local = f"{month.replace('/', '-')}-{day} 12:00:00"
        put(tmp_path, exact(local=local, clock_suspect=True, stopped="1970-01-01T00:00:00Z"), digest="0326fd891def")
    assert len(names(tmp_path)) == 2
    later = (int(months[1][:4]), int(months[1][5:]))
    assert len(names(tmp_path, first=later, last=later)) == (months[0] == months[1])


def test_same_name_other_charge(tmp_path: Path) -> None:
    """Files with names of people's own are counted each, even if they are called the same in two months."""
    put(tmp_path, legacy(local="2023-08-01 10:00:00"), name="garage.json")
    put(tmp_path, legacy(local="2023-09-01 10:00:00"), name="garage.json")
    assert len(names(tmp_path)) == 2


def test_late(tmp_path: Path) -> None:
    """A charge that ended in a month before the one it is booked in is late."""
    put(tmp_path, exact(local="2026-08-31 23:59:00"), month="2026/09")
    put(tmp_path, exact(local="2026-09-01 00:00:00"))
    found = record_reader.read(AccountingFolder(str(tmp_path)), lambda *_: None)
    assert [charge.is_late for charge in found] == [True, False]


def test_memory_does_not_grow(tmp_path: Path) -> None:
    """Twelve months take no more memory than two."""
    for month in range(1, 13):
        for number in range(150):
            put(tmp_path, exact(local=f"2026-{month:02}-03 09:52:10"), digest=f"{month:06}{number:06}")

    def peak(last: int) -> int:
        tracemalloc.start()
        for _ in record_reader.read(AccountingFolder(str(tmp_path)), lambda *_: None, (2026, 1), (2026, last)):
            pass
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(1)
    assert peak(12) < peak(2) * 1.1


@pytest.mark.parametrize(("first", "second"), [
    (("2026-09-03 09:52:10", "2026/09"), ("2026-09-03 09:52:11", "2026/09")),
    (("2026-09-30 23:59:59", "2026/09"), ("2026-10-01 00:00:01", "2026/10")),
    (("2026-09-03 09:52:10", "2026/10"), ("2026-09-03 10:00:00", "2027/02")),
    (("2026-09-03 10:00:00", "2026/09"), ("2026-09-03 09:00:01", "2026/10")),
])  # fmt: skip
def test_repeated(tmp_path: Path, first: tuple[str, str], second: tuple[str, str]) -> None:
    """What is reported once more bills nothing, months later, too, and however much of the folder is read."""
    billed = put(tmp_path, exact(local=first[0]), month=first[1])
    put(tmp_path, exact(local="2026-12-01 00:00:00", begin_wh=0))
    repeated = put(tmp_path, unseen(exact(local=second[0])), month=second[1])
    path = str(billed.relative_to(tmp_path))
    whole = {charge.name: charge for charge in record_reader.read(AccountingFolder(str(tmp_path)), print)}
    assert whole[repeated.name].repeats == path and whole[billed.name].repeats == ""
    assert whole[repeated.name].energy_wh == 0 and whole[billed.name].energy_wh == 32_400
    month = (int(second[1][:4]), int(second[1][5:]))
    alone = {
        charge.name: charge.repeats
        for charge in record_reader.read(AccountingFolder(str(tmp_path)), print, month, month)
    }
    assert alone[repeated.name] == path


@pytest.mark.parametrize("is_set", [False, True])
@pytest.mark.parametrize("claimed", [600, 1_930_000_600, 999_999_999_900])
def test_repeated_without_a_clock(tmp_path: Path, claimed: int, is_set: bool) -> None:
    """Where the clock was no good our time tells, also over the end of a month, and once the clock is set."""
    wrong: dict[str, Any] = {"clock_suspect": True, "stopped": "?"}
    first = put(tmp_path, exact(local="2026-09-30 23:50:00", **wrong), name=f"{claimed}-0326fd891def.json")
    again = unseen(exact(local="2026-10-01 00:10:00", **({} if is_set else wrong)))
    put(tmp_path, again, name=f"{again['unixtime'] if is_set else claimed + 60}-0326fd891dee.json")
    for month in (record_reader.FIRST, (2026, 10)):
        *_, charge = record_reader.read(AccountingFolder(str(tmp_path)), print, month)
        assert charge.repeats == str(first.relative_to(tmp_path))


def test_one_by_a_wrong_clock_is_met_in_its_turn(tmp_path: Path) -> None:
    """Whoever comes first may have nothing to do with it: what it repeats is what the next charge may repeat, too."""
    wrong: dict[str, Any] = {"clock_suspect": True, "stopped": "?"}
    first = put(tmp_path, exact(local="2026-09-30 22:50:00"))
    for month in ("2026/09", "2026/10"):  # another machine booked it later
        put(tmp_path, unseen(exact(local="2026-09-30 23:00:00", **wrong)), month, "600-0326fd891def.json")
    put(tmp_path, exact(local="2026-10-02 23:10:00"), month="2026/11")
    before = put(tmp_path, unseen(exact(local="2026-09-30 04:10:00")), month="2026/12")
    for since in (record_reader.FIRST, (2026, 11), (2026, 12)):
        *_, charge = record_reader.read(AccountingFolder(str(tmp_path)), print, since)
        assert (charge.name, charge.repeats) == (before.name, ""), f"the charge of {first.name} began after its end"


def test_the_richer_of_two_in_a_month(tmp_path: Path) -> None:
    """Of two records of one stop in a month the one that says more is read, whichever name comes first."""
    for poor, rich in (("1-0326fd891def.json", "2-0326fd891def.json"), ("2-8c1b2d3e4f50.json", "1-8c1b2d3e4f50.json")):
        folder = tmp_path / poor
        put(folder, unseen(exact()), name=poor)
        put(folder, exact(), name=rich)
        assert names(folder) == [f"2026/09/{rich}"]
