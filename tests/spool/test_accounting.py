"""What the accounting folder promises: the same stop is booked once, whoever brings it, when and how often."""

from __future__ import annotations

import fcntl
import itertools
import json
import os
import stat
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from shocpp.errors import BusyError
from shocpp.ledger.record import Record
from shocpp.spool.accounting import accounting_lock
from shocpp.spool.accounting.accounting import digest_of
from shocpp.spool.accounting.accounting_folder import AccountingFolder
from shocpp.spool.accounting.earlier_stops import EarlierStops
from shocpp.spool.accounting.months import booked_months, month_files
from shocpp.spool.files.new_file import OpenFolder
from tests.support.backend import ROOT, whole_records
from tests.support.patience import PATIENCE_S
from tests.support.stops import RECEIVED, at, names, record

AUGUST, SEPTEMBER = at("2026-08-31T23:59:59.900000+00:00"), at("2026-09-01T00:00:00.100000+00:00")
LATE = at("2026-12-24T18:00:00+00:00")
AHEAD = "2026-09-02T06:00:00Z"  # more than a day ahead of both, so that our time counts


def test_a_record_is_one_file_of_its_month(tmp_path: Path) -> None:
    """It is accounting/YYYY/MM/unixtime-digest.json, with 2 spaces of indent, and nothing else."""
    made = record()
    path, is_new = AccountingFolder(str(tmp_path)).book(made)
    digest = digest_of(made.digest_source)
    assert is_new and path == str(tmp_path / "2023" / "09" / f"1693727530-{digest}.json")
    assert len(digest) == 12 and set(digest) <= set("0123456789abcdef")
    assert names(tmp_path) == [f"2023/09/1693727530-{digest}.json"]
    text = Path(path).read_text()
    assert text == json.dumps(made.fields, indent=2) + "\n"


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_records_are_for_owner_and_group(tmp_path: Path, mask: int) -> None:
    """Whatever the umask: records 0640, folders 0750, and the lock the owner's alone."""
    before = os.umask(mask)
    try:
        path, _ = AccountingFolder(str(tmp_path / "accounting")).book(record())
    finally:
        os.umask(before)
    above = [tmp_path / "accounting" / below for below in ("", "2023", "2023/09")]
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in above] == [0o750] * 3
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "accounting/.lock").stat().st_mode) == 0o600


def test_a_lock_that_is_never_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever holds the folder's lock for ever does not hold the charge point: it is told to come again."""
    monkeypatch.setattr(accounting_lock, "_PATIENCE_S", 0.05)
    accounting = AccountingFolder(str(tmp_path))
    accounting.book(record())
    with (tmp_path / ".lock").open() as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(BusyError, match=r"\.lock is held by another process since 0\.05 s"):
            accounting.book(record(1))
    assert len(names(tmp_path)) == 1, "not booked without the lock"
    assert accounting.book(record(1))[1]


def test_the_same_stop_again_is_found(tmp_path: Path) -> None:
    """A stop that comes again is not new, names the file of the first time and leaves it untouched."""
    accounting = AccountingFolder(str(tmp_path))
    first, _ = accounting.book(record())
    before = Path(first).read_bytes()
    assert accounting.book(record(received=at("2023-09-03T08:00:00+00:00"))) == (first, False)
    assert Path(first).read_bytes() == before
    assert len(names(tmp_path)) == 1


@pytest.mark.parametrize(
    "stopped", ["2026-08-31T23:59:50Z", "2025-12-31T23:59:59Z", "2026-09-01T00:00:00Z", AHEAD, None]
)
@pytest.mark.parametrize("order", list(itertools.permutations([AUGUST, SEPTEMBER, LATE])))
def test_the_same_stop_over_months_is_booked_once(
    stopped: str | None, order: tuple[datetime, ...], tmp_path: Path
) -> None:
    """Received before, at and long after a month's end, in any order, also by a clock that went back: one file."""
    accounting = AccountingFolder(str(tmp_path))
    booked = [accounting.book(record(received=received, stopped=stopped)) for received in order]
    assert [is_new for _, is_new in booked] == [True, False, False]
    assert len({path for path, _ in booked}) == 1
    assert len(names(tmp_path)) == 1
    assert names(tmp_path)[0].startswith(f"{order[0]:%Y/%m}/")


@pytest.mark.parametrize("order", [(True, False), (False, True)])
def test_a_clock_of_ours_that_is_set_right_books_nothing_twice(order: tuple[bool, bool], tmp_path: Path) -> None:
    """A Raspberry Pi boots days behind, takes the claim for wrong, then learns the time: the stop is still the same."""
    times = {True: at("2026-09-03T08:00:00+00:00"), False: at("2026-08-01T00:00:00+00:00")}
    accounting = AccountingFolder(str(tmp_path))
    booked = [accounting.book(record(received=times[is_right], stopped="2026-09-03T07:52:10Z")) for is_right in order]
    assert [is_new for _, is_new in booked] == [True, False]
    assert len(names(tmp_path)) == 1


@pytest.mark.parametrize("month", ["2023/09", "2023/08"])
def test_a_stop_that_an_older_version_booked_is_not_booked_again(month: str, tmp_path: Path) -> None:
    """A record under the name that versions before 0.2 gave the same stop counts, in its own month and in any other."""
    made = record()
    old = tmp_path / month / made.name(digest_of(made.legacy_digest_source))
    assert old.name != made.name(digest_of(made.digest_source))
    old.parent.mkdir(parents=True)
    old.write_text("{}")
    assert AccountingFolder(str(tmp_path)).book(made) == (str(old), False)
    assert len(names(tmp_path)) == 1


def test_other_stops_are_booked(tmp_path: Path) -> None:
    """Another charge point, transaction, reading or time is another charge, with a clock that is wrong, too."""
    accounting = AccountingFolder(str(tmp_path))
    for stopped in ("2023-09-03T07:52:10Z", "2023-09-03T07:52:11Z", "1970-01-01T00:00:00Z", None):
        for number, identity in itertools.product((0, 1), ("CP001", "CP002", "")):
            assert accounting.book(record(number, stopped=stopped, identity=identity))[1]
    assert len(names(tmp_path)) == 24


BOOKER = """
import sys; sys.path.insert(0, sys.argv[1])
from shocpp.spool.accounting.accounting_folder import AccountingFolder
from tests.support.stops import at, record
accounting, stopped = AccountingFolder(sys.argv[2]), None if sys.argv[4] == "None" else sys.argv[4]
records = [record(number, at(sys.argv[3]), stopped) for number in range(int(sys.argv[5]))]
if sys.argv[6] == "down": records.reverse()
print("ready", flush=True)
sys.stdin.readline()
print(sum(accounting.book(each)[1] for each in records), flush=True)
"""


@pytest.mark.parametrize("stopped", ["2026-08-31T23:59:50Z", AHEAD, None])
def test_the_same_stops_from_processes_at_once_are_booked_once(stopped: str | None, tmp_path: Path) -> None:
    """Four processes book the same stops at once, on both sides of a month's end and from both ends: one file each."""
    count = 60
    booker = [sys.executable, "-c", BOOKER, str(ROOT), str(tmp_path)]
    runs = list(itertools.product((AUGUST, SEPTEMBER), ("up", "down")))
    processes = [
        subprocess.Popen(
            [*booker, received.isoformat(), str(stopped), str(count), order],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for received, order in runs
    ]
    for process in processes:
        assert process.stdout and process.stdout.readline() == "ready\n"
    for process in processes:  # the barrier: all have read everything and wait for a line
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    new = [int(process.communicate(timeout=PATIENCE_S)[0]) for process in processes]
    assert sum(new) == count
    ids = [each["transaction_id"] for each in whole_records(tmp_path)]
    assert sorted(ids) == list(range(10_000_000, 10_000_000 + count))


def test_a_record_linked_meanwhile_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If another process links the name between our look and our link, its record stays and ours is not new."""
    monkeypatch.setattr(EarlierStops, "find", lambda *_: None)
    accounting = AccountingFolder(str(tmp_path))
    first, _ = accounting.book(record())
    before = Path(first).read_bytes()
    assert accounting.book(record(received=at("2023-09-03T08:00:00+00:00"))) == (first, False)
    assert Path(first).read_bytes() == before


def test_a_stop_that_is_found_is_as_durable_as_a_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who linked the record may not have synced its folder yet, so the second one to confirm it does so, too."""
    path, _ = AccountingFolder(str(tmp_path)).book(record())
    synced: list[str] = []
    monkeypatch.setattr(OpenFolder, "sync", lambda folder: synced.append(folder.path))
    AccountingFolder(str(tmp_path)).book(record())
    assert os.path.dirname(path) in synced


def test_readers_see_records_and_nothing_else(tmp_path: Path) -> None:
    """Whatever ends in .json below YYYY/MM is read, in order; dot-files, other endings and other folders are not."""
    there = ["2023/09/b.json", "2023/09/a.json", "2023/12/1.json", "2022/01/z.json"]
    besides = ["2023/09/.a.json.7.new", "2023/09/.c.json", "2023/09/notes.txt", "2023/9/x.json", "x/09/x.json"]
    besides += ["2023/x.json", "20235/09/x.json", "2023/09/deeper/x.json", "٢٠٢٣/09/x.json"]
    for name in (*there, *besides):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    expected = ["2022/01/z.json", "2023/09/a.json", "2023/09/b.json", "2023/12/1.json"]
    found = [path for month in booked_months(str(tmp_path)) for path in month_files(str(tmp_path), *month)]
    assert [os.path.relpath(path, tmp_path) for path in found] == expected
    assert list(month_files(str(tmp_path), 2024, 1)) == []
    assert booked_months(str(tmp_path / "nowhere")) == []


def test_a_foreign_record_of_the_same_month_is_left_alone(tmp_path: Path) -> None:
    """Records of another machine that were merged in are neither read nor changed nor taken for ours."""
    made: Record = record(received=RECEIVED)
    month = tmp_path / "2023" / "09"
    month.mkdir(parents=True)
    foreign = month / f"{made.unixtime}-000000000000.json"
    foreign.write_text("{}")
    assert AccountingFolder(str(tmp_path)).book(made)[1]
    assert foreign.read_text() == "{}" and len(names(tmp_path)) == 2


@pytest.mark.parametrize("year", ["2023", "2024"])
def test_months_are_remembered_until_there_is_another(tmp_path: Path, year: str) -> None:
    """A month that another process makes is seen at once, in whatever year, though what was there is remembered."""
    (tmp_path / "2023/01").mkdir(parents=True)
    for folder in (tmp_path, tmp_path / "2023"):
        os.utime(folder, (1_000_000_000, 1_000_000_000))
    earlier = EarlierStops(str(tmp_path), pytest.fail)
    before = earlier.months()
    assert before == [f"{tmp_path}/2023/01"] and earlier.months() is before
    (tmp_path / year / "02").mkdir(parents=True)
    assert earlier.months() == sorted([*before, f"{tmp_path}/{year}/02"], reverse=True)
    (tmp_path / year / "03").mkdir()
    assert earlier.months() == sorted([*before, f"{tmp_path}/{year}/02", f"{tmp_path}/{year}/03"], reverse=True)
