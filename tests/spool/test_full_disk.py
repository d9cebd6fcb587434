"""What a real backend promises on a disk that is full or read-only: no receipt without a record, and no charge lost."""

from __future__ import annotations

import os
import resource
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.backend import RunningBackend, make_home, record_files, whole_records
from tests.support.disks import SmallDisk, can_mount, without_override


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return make_home(tmp_path / "home")


class Trouble:
    """A way in which a folder cannot be written: ``begin`` it for a running backend, ``end`` it."""

    wrapper: list[str] = []  # noqa: RUF012 - read only
    takes_the_log = False

    def __init__(self, tmp_path: Path) -> None:
        self.folder = tmp_path / "accounting"
        self.folder.mkdir()

    def begin(self, backend: RunningBackend | None) -> None:
        raise NotImplementedError

    def end(self, backend: RunningBackend | None) -> None:
        raise NotImplementedError

    def close(self) -> None:
        """Tidy up."""


class Limit(Trouble):
    """No file may grow by a byte: what any user can do to any process of theirs, without a mount."""

    takes_the_log = True

    def begin(self, backend: RunningBackend | None) -> None:
        self._limit(backend, 0)

    def end(self, backend: RunningBackend | None) -> None:
        self._limit(backend, resource.RLIM_INFINITY)

    def _limit(self, backend: RunningBackend | None, size: int) -> None:
        assert backend
        hard = resource.prlimit(backend.process.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(backend.process.pid, resource.RLIMIT_FSIZE, (size if size == 0 else hard, hard))


class Modes(Trouble):
    """The folder belongs to somebody who took the right to write away."""

    wrapper = without_override()

    def begin(self, backend: RunningBackend | None) -> None:  # noqa: ARG002
        self._set(0o555)

    def end(self, backend: RunningBackend | None) -> None:  # noqa: ARG002
        self._set(0o755)

    def _set(self, mode: int) -> None:
        for folder, _, _ in os.walk(self.folder):
            os.chmod(folder, mode)

    def close(self) -> None:
        self.end(None)


class Disk(Trouble):
    """A tmpfs."""

    options = "size=256k"

    def __init__(self, tmp_path: Path) -> None:
        place = tmp_path / "disk"
        place.mkdir()
        self.disk = SmallDisk(place, self.options)
        self.folder = self.disk.path / "accounting"

    def begin(self, backend: RunningBackend | None) -> None:  # noqa: ARG002
        self.disk.fill()

    def end(self, backend: RunningBackend | None) -> None:  # noqa: ARG002
        self.disk.clear()

    def close(self) -> None:
        self.disk.close()


class FewFiles(Disk):
    """A tmpfs with room for bytes but not for one more file."""

    options = "size=1m,nr_inodes=12"


class ReadOnly(Disk):
    """A tmpfs that was mounted read-only, as a kernel does with a disk that fails."""

    def begin(self, backend: RunningBackend | None) -> None:  # noqa: ARG002
        self.disk.remount("ro")

    def end(self, backend: RunningBackend | None) -> None:  # noqa: ARG002
        self.disk.remount("rw")


Request = pytest.FixtureRequest
Factory = pytest.TempPathFactory


def made(kind: type[Trouble], stand_in: type[Trouble], tmp_path: Path, factory: Factory) -> Iterator[Trouble]:
    """Make a trouble; where nothing can be mounted another one stands in for it, loudly."""
    if issubclass(kind, Disk):
        reason = can_mount(factory.mktemp("probe"))
        if reason:
            warnings.warn(f"{reason}; {stand_in.__name__} stands in for {kind.__name__}", stacklevel=1)
            kind = stand_in
    trouble = kind(tmp_path)
    yield trouble
    trouble.close()


@pytest.fixture(params=[Limit, Modes, Disk, FewFiles, ReadOnly], ids=lambda kind: str(kind.__name__))
def trouble(request: Request, tmp_path: Path, tmp_path_factory: Factory) -> Iterator[Trouble]:
    yield from made(request.param, Modes if request.param is ReadOnly else Limit, tmp_path, tmp_path_factory)


@pytest.fixture(params=[Modes, Disk, FewFiles, ReadOnly], ids=lambda kind: str(kind.__name__))
def trouble_in_a_folder(request: Request, tmp_path: Path, tmp_path_factory: Factory) -> Iterator[Trouble]:
    yield from made(request.param, Modes, tmp_path, tmp_path_factory)


def settings_of(trouble: Trouble) -> dict[str, str]:
    return {"SHOCPP_ACCOUNTINGDIR": str(trouble.folder)}


@pytest.mark.parametrize("is_new_month", [True, False], ids=["first of its month", "with others"])
def test_what_cannot_be_written_is_not_confirmed(home: Path, trouble: Trouble, is_new_month: bool) -> None:
    """A stop that cannot be recorded is answered InternalError each time; when it can, the repeat makes one record."""
    with RunningBackend(home, settings=settings_of(trouble), wrapper=trouble.wrapper) as backend:
        if not is_new_month:
            assert backend.stop(backend.start("2222", 5_000_000), 6_000_000)[0] == 3
        before = record_files(trouble.folder)
        transaction_id = backend.start()
        trouble.begin(backend)
        for _ in range(3):
            assert backend.stop(transaction_id)[0:3:2] == [4, "InternalError"]
            assert record_files(trouble.folder) == before
        assert backend.call("Heartbeat", {})[0] == 3, "it serves on"
        trouble.end(backend)
        for _ in range(2):
            assert backend.stop(transaction_id)[2] == {}
            records = whole_records(trouble.folder)
            assert [each["consumed_kwh"] for each in records if each["account"] == "family-y"] == ["33"]
            assert len(records) == len(before) + 1
    log = backend.log.read_text()
    if not trouble.takes_the_log:
        assert log.count("ERROR") == 3 and str(trouble.folder) in log
    assert "Traceback" not in log


def test_a_stop_that_is_booked_is_confirmed_without_room(home: Path, trouble: Trouble) -> None:
    """A repetition needs no byte of room: its record is there, so it gets its receipt."""
    with RunningBackend(home, settings=settings_of(trouble), wrapper=trouble.wrapper) as backend:
        transaction_id = backend.start()
        assert backend.stop(transaction_id)[2] == {}
        trouble.begin(backend)
        assert backend.stop(transaction_id)[2] == {}
        trouble.end(backend)
        assert len(whole_records(trouble.folder)) == 1


def test_a_run_folder_that_cannot_be_written_costs_no_record(home: Path, trouble_in_a_folder: Trouble) -> None:
    """With run/ full or read-only there are no commands and no sightings, and every charge is booked all the same."""
    trouble = trouble_in_a_folder
    settings = {"SHOCPP_RUNDIR": str(trouble.folder)}
    with RunningBackend(home, "CP001", settings, trouble.wrapper) as first:
        assert first.stop(first.start())[2] == {}
    trouble.begin(None)
    with RunningBackend(home, "CP002", settings, trouble.wrapper) as second:
        assert second.stop(second.start("2222", 1_000_000), 1_300_000)[2] == {}
    trouble.end(None)
    assert first.process.returncode == second.process.returncode == 0
    assert "Traceback" not in second.log.read_text()
    assert sorted(each["consumed_kwh"] for each in whole_records(home / "accounting")) == ["300", "33"]


def test_a_run_folder_that_fills_up_costs_no_record(home: Path, trouble_in_a_folder: Trouble) -> None:
    """When the sightings of a start and of readings can no longer be written the stop is still booked and confirmed."""
    trouble = trouble_in_a_folder
    with RunningBackend(home, "CP001", {"SHOCPP_RUNDIR": str(trouble.folder / "run")}, trouble.wrapper) as backend:
        assert backend.call("Heartbeat", {})[0] == 3
        if not isinstance(trouble, ReadOnly):  # no disk with an open file is made read-only
            trouble.begin(backend)
        transaction_id = backend.start()
        assert backend.call("MeterValues", {"connectorId": 1, "meterValue": []})[2] == {}
        assert backend.stop(transaction_id)[2] == {}
    assert backend.process.returncode == 0
    assert "Traceback" not in backend.log.read_text()
    assert [each["consumed_wh"] for each in whole_records(home / "accounting")] == [32_400]
