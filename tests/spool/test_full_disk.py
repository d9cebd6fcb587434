"""What a real backend promises on a disk that is full or read-only: no receipt without a record, and no charge lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.backend import RunningBackend, make_home, record_files, whole_records
from tests.support.patience import until_the_month_stays
from tests.support.troubles import Disk, FewFiles, Files, Limit, Modes, ReadOnly, Trouble, failing, made


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return make_home(tmp_path / "home")


Request = pytest.FixtureRequest
Factory = pytest.TempPathFactory


@pytest.fixture(params=[Limit, Modes, Disk, FewFiles, ReadOnly], ids=lambda kind: str(kind.__name__))
def trouble(request: Request, tmp_path: Path, tmp_path_factory: Factory) -> Iterator[Trouble]:
    yield from made(request.param, Modes if request.param is ReadOnly else Limit, tmp_path, tmp_path_factory)


@pytest.fixture(params=[Limit, Modes, Files, Disk, FewFiles, ReadOnly], ids=lambda kind: str(kind.__name__))
def trouble_of_any_kind(request: Request, tmp_path: Path, tmp_path_factory: Factory) -> Iterator[Trouble]:
    yield from made(request.param, Modes if request.param is ReadOnly else Limit, tmp_path, tmp_path_factory)


@pytest.fixture(params=[Modes, Disk, FewFiles, ReadOnly], ids=lambda kind: str(kind.__name__))
def trouble_in_a_folder(request: Request, tmp_path: Path, tmp_path_factory: Factory) -> Iterator[Trouble]:
    yield from made(request.param, Modes, tmp_path, tmp_path_factory)


def settings_of(trouble: Trouble) -> dict[str, str]:
    return {"SHOCPP_ACCOUNTINGDIR": str(trouble.folder)}


@pytest.mark.parametrize("is_new_month", [True, False], ids=["first of its month", "with others"])
def test_what_cannot_be_written_is_not_confirmed(home: Path, trouble_of_any_kind: Trouble, is_new_month: bool) -> None:
    """A stop that cannot be recorded is answered InternalError each time; when it can, the repeat makes one record."""
    trouble = trouble_of_any_kind
    with RunningBackend(home, settings=settings_of(trouble), wrapper=trouble.wrapper) as backend:
        if not is_new_month:
            assert backend.stop(backend.start("2222", 5_000_000), 6_000_000)[0] == 3
        before = record_files(trouble.folder)
        transaction_id = backend.start()
        trouble.begin(backend.process.pid)
        for _ in range(3):
            assert backend.stop(transaction_id)[0:3:2] == [4, "InternalError"]
            assert record_files(trouble.folder) == before
        assert backend.call("Heartbeat", {})[0] == 3, "it serves on"
        trouble.end(backend.process.pid)
        for _ in range(2):
            assert backend.stop(transaction_id)[2] == {}
            records = whole_records(trouble.folder)
            assert [each["consumed_kwh"] for each in records if each["account"] == "family-y"] == ["33"]
            assert len(records) == len(before) + 1
    log = backend.log.read_text()
    if not trouble.takes_the_log:
        said = [line for line in log.splitlines() if "ERROR CP001 StopTransaction" in line]
        assert len(said) == 3 and (str(trouble.folder) in log or isinstance(trouble, Files))
    assert "Traceback" not in log


def test_a_stop_that_is_booked_is_confirmed_without_room(home: Path, trouble: Trouble) -> None:
    """A repetition needs no byte of room: its record is there, so it gets its receipt."""
    until_the_month_stays()
    with RunningBackend(home, settings=settings_of(trouble), wrapper=trouble.wrapper) as backend:
        transaction_id = backend.start()
        assert backend.stop(transaction_id)[2] == {}
        trouble.begin(backend.process.pid)
        assert backend.stop(transaction_id)[2] == {}
        trouble.end(backend.process.pid)
        assert len(whole_records(trouble.folder)) == 1


def test_a_run_folder_that_cannot_be_written_costs_no_record(home: Path, trouble_in_a_folder: Trouble) -> None:
    """With run/ full or read-only there are no commands and no sightings, and every charge is booked all the same."""
    trouble = trouble_in_a_folder
    settings = {"SHOCPP_RUNDIR": str(trouble.folder)}
    with RunningBackend(home, "CP001", settings, trouble.wrapper) as first:
        assert first.stop(first.start())[2] == {}
    trouble.begin()
    with RunningBackend(home, "CP002", settings, trouble.wrapper) as second:
        assert second.stop(second.start("2222", 1_000_000), 1_300_000)[2] == {}
    trouble.end()
    assert first.process.returncode == second.process.returncode == 0
    assert "Traceback" not in second.log.read_text()
    assert sorted(each["consumed_kwh"] for each in whole_records(home / "accounting")) == ["300", "33"]


def test_a_run_folder_that_fills_up_costs_no_record(home: Path, trouble_in_a_folder: Trouble) -> None:
    """When the sightings of a start and of readings can no longer be written the stop is still booked and confirmed."""
    trouble = trouble_in_a_folder
    with RunningBackend(home, "CP001", {"SHOCPP_RUNDIR": str(trouble.folder / "run")}, trouble.wrapper) as backend:
        assert backend.call("Heartbeat", {})[0] == 3
        if not isinstance(trouble, ReadOnly):  # no disk with an open file is made read-only
            trouble.begin(backend.process.pid)
        transaction_id = backend.start()
        assert backend.call("MeterValues", {"connectorId": 1, "meterValue": []})[2] == {}
        assert backend.stop(transaction_id)[2] == {}
    assert backend.process.returncode == 0
    assert "Traceback" not in backend.log.read_text()
    assert [each["consumed_wh"] for each in whole_records(home / "accounting")] == [32_400]


@pytest.mark.parametrize("call", ["fsync", "linkat", "fsync of the folder"])
def test_a_disk_that_fails_confirms_nothing(home: Path, tmp_path: Path, call: str) -> None:
    """EIO, wherever it comes: InternalError, a word in the log, and one record when the disk answers again."""
    until_the_month_stays()
    with RunningBackend(home) as backend:  # so that all folders are there
        assert backend.stop(backend.start("2222", 1_000_000), 1_500_000)[2] == {}
    (month,) = {path.parent for path in record_files(home / "accounting")}
    name, _, of_folder = call.partition(" ")
    wrapper = failing(name, 3, tmp_path / "trace", month if of_folder else None)
    with RunningBackend(home, wrapper=wrapper) as backend:
        transaction_id = backend.start()
        for _ in range(3):
            assert backend.stop(transaction_id)[0:3:2] == [4, "InternalError"]
        assert backend.call("Heartbeat", {})[0] == 3, "it serves on"
        for _ in range(2):
            assert backend.stop(transaction_id)[2] == {}
    assert sorted(each["consumed_kwh"] for each in whole_records(home / "accounting")) == ["33", "500"]
    log = backend.log.read_text()
    assert log.count("Input/output error") == 3 and "Traceback" not in log
    assert (tmp_path / "trace").read_text().count("INJECTED") == 3
