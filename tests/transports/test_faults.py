"""
What the embedded listener promises while disks, processes and clocks fail, and when they are back.

No receipt without a record, no record twice, all others served meanwhile; the pipe's are in tests/spool/test_full_disk.
"""

from __future__ import annotations

import json
import shutil
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection

from shocpp.spool.run.mailbox import Mailbox
from tests.support.backend import RunningBackend, record_files, stop_payload, whole_records
from tests.support.clock import Clock
from tests.support.listening import Listener, is_served, listening
from tests.support.patience import PATIENCE_S
from tests.support.scratch import Scratch
from tests.support.troubles import Disk, FewFiles, Files, Limit, Modes, ReadOnly, Trouble, failing, made

RECEIPT: list[Any] = [3, "s", {}]


@pytest.fixture(params=[Disk, FewFiles, Files, Modes, ReadOnly], ids=lambda kind: str(kind.__name__))
def trouble(
    request: pytest.FixtureRequest, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Trouble]:
    yield from made(request.param, Modes if request.param is ReadOnly else Limit, tmp_path, tmp_path_factory)


def processes_of(listener: Listener) -> list[int]:
    """Give the ids of a listener and of the process that books for it."""
    pid = listener.process.pid
    return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]


def call(connection: ClientConnection, action: str, payload: object) -> list[Any]:
    """Send a CALL; give the answer."""
    connection.send(json.dumps([2, "s", action, payload]))
    answer: list[Any] = json.loads(connection.recv(PATIENCE_S))
    return answer


def stop(connection: ClientConnection, number: int = 1) -> list[Any]:
    """Stop the charge with a number; give the answer."""
    return call(connection, "StopTransaction", stop_payload(10_000_000 + number, (number + 33) * 1000))


def test_what_cannot_be_written_is_not_confirmed(tmp_path: Path, trouble: Trouble) -> None:
    """Stops get InternalError, each, while others are served and charges begin; afterwards each is booked once."""
    environ = {"SHOCPP_ACCOUNTINGDIR": str(trouble.folder)}
    with ExitStack() as stack:
        home = tmp_path / "home"
        home.mkdir()
        listener = Listener(Scratch(home, **environ), launcher=trouble.wrapper)
        stack.callback(listener.end)
        stopping, other = (stack.enter_context(listener.connect(f"/CP{number}")) for number in (1, 2))
        assert stop(stopping, 1) == RECEIPT and is_served(other)
        before = record_files(trouble.folder)
        trouble.begin(*processes_of(listener))
        for number in (2, 3):
            assert stop(stopping, number)[0:3:2] == [4, "InternalError"]
        assert is_served(stopping) and is_served(other)
        begun = {"connectorId": 1, "idTag": "1111", "meterStart": 5_000_000, "timestamp": "2023-09-03T08:00:00Z"}
        assert call(other, "StartTransaction", begun)[2]["idTagInfo"] == {"status": "Accepted"}
        assert record_files(trouble.folder) == before
        trouble.end(*processes_of(listener))
        assert [stop(stopping, number) for number in (2, 3, 2)] == [RECEIPT] * 3
        assert len(whole_records(trouble.folder)) == 3
    said = listener.said()
    assert "Traceback" not in said
    assert sum("ERROR CP1 StopTransaction" in line for line in said.splitlines()) == 2


@pytest.mark.parametrize("syscall", ["fsync", "linkat"])
def test_a_disk_that_fails_confirms_nothing(tmp_path: Path, syscall: str) -> None:
    """EIO in the process that books: InternalError, and that process goes on; the repetition is booked once."""
    home, trace = tmp_path / "home", tmp_path / "trace"
    with listening(home) as listener, listener.connect("/CP1") as stopping:  # so that all folders are there
        assert stop(stopping) == RECEIPT
    listener.process.wait(PATIENCE_S)
    listener._launcher = failing(syscall, 2, trace)
    listener.start()
    with ExitStack() as stack:
        stack.callback(listener.end)
        stopping, other = (stack.enter_context(listener.connect(f"/CP{number}")) for number in (1, 2))
        for _ in range(2):
            assert stop(stopping, 2)[0:3:2] == [4, "InternalError"]
        assert is_served(other)
        assert [stop(stopping, 2), stop(stopping, 2)] == [RECEIPT] * 2
    assert len(whole_records(home / "accounting")) == 2
    assert "died" not in listener.said() and "Traceback" not in listener.said()


def test_a_copy_that_is_made_meanwhile_is_whole(tmp_path: Path) -> None:
    """A backup of accounting/ while charges are booked has whole records alone, and the last one has all of them."""
    home = tmp_path / "home"
    with listening(home) as listener, listener.connect("/CP1") as stopping:
        for number in range(1, 31):
            assert stop(stopping, number) == RECEIPT
            stopping.send(json.dumps([2, "s", "StopTransaction", stop_payload(20_000_000 + number, number * 2000)]))
            copy = tmp_path / f"copy-{number}"
            shutil.copytree(home / "accounting", copy)
            assert number * 2 - 1 <= len(whole_records(copy)) <= number * 2
            assert json.loads(stopping.recv(PATIENCE_S)) == RECEIPT
    assert len(whole_records(home / "accounting")) == 60
    names = {path.name for path in (tmp_path / "copy-30").rglob("*") if path.is_file()}
    assert names <= {path.name for path in record_files(home / "accounting")} | {".lock"}


def commanded(home: Path, identity: str, connection: ClientConnection) -> bool:
    """Tell whether a command reaches a charge point over this connection, and its answer the one who asked."""
    answers: list[list[object]] = []
    mailbox, unique_id = Mailbox(str(home / "run"), identity), str(uuid.uuid4())
    frame = [2, unique_id, "ClearCache", {}]
    asking = threading.Thread(
        target=lambda: answers.append(mailbox.ask(unique_id, json.dumps(frame), PATIENCE_S)), daemon=True
    )
    asking.start()
    arrived = json.loads(connection.recv(PATIENCE_S))
    connection.send(json.dumps([3, unique_id, {"status": "Accepted"}]))
    asking.join(PATIENCE_S)
    return bool(arrived == frame and [answer[1] for answer in answers] == [unique_id])


DAYS = 40  # another month


def is_about(said: str, days: int) -> bool:
    """Tell whether a time is that of the machine, so many days ahead, to a quarter of an hour."""
    return abs(datetime.fromisoformat(said) - datetime.now(UTC) - timedelta(days)) < timedelta(minutes=15)


@pytest.mark.parametrize("days", [DAYS, -DAYS], ids=["ahead", "back"])
def test_a_clock_that_is_set(tmp_path: Path, days: int) -> None:
    """Set over months and back again: nothing is booked twice, nobody is hung up on, and commands arrive."""
    home, clock = tmp_path / "home", Clock(tmp_path)
    home.mkdir()
    listener = Listener(Scratch(home), launcher=clock.wrapper)
    with ExitStack() as stack:
        stack.callback(listener.end)
        connection = stack.enter_context(listener.connect("/CP1"))
        assert stop(connection, 1) == RECEIPT
        for number, ahead in ((2, days), (3, 0)):
            clock.set(ahead * 86_400)
            assert is_about(call(connection, "Heartbeat", {})[2]["currentTime"], ahead)
            assert [stop(connection, each) for each in range(1, number + 1)] == [RECEIPT] * number
            assert len(whole_records(home / "accounting")) == number
            assert commanded(home, "CP1", connection)
    received = {each["end_kwh"]: str(each["received"]) for each in whole_records(home / "accounting")}
    assert is_about(received["34"], 0) and is_about(received["35"], days) and is_about(received["36"], 0)


@pytest.mark.parametrize("days", [DAYS, -DAYS], ids=["ahead", "back"])
def test_a_clock_that_is_set_over_a_pipe(tmp_path: Path, days: int) -> None:
    """The same of a backend of its own."""
    home, clock = tmp_path / "home", Clock(tmp_path)
    home.mkdir()
    Scratch(home)
    with RunningBackend(home, wrapper=clock.wrapper) as backend:
        assert backend.stop(10_000_001, 34_000)[2] == {}
        for number, ahead in ((2, days), (3, 0)):
            clock.set(ahead * 86_400)
            assert is_about(backend.call("Heartbeat", {})[2]["currentTime"], ahead)
            for each in range(1, number + 1):
                assert backend.stop(10_000_000 + each, (each + 33) * 1000)[2] == {}
            assert len(whole_records(home / "accounting")) == number


def test_two_listeners_and_a_backend_on_one_home(tmp_path: Path) -> None:
    """One stop that reaches all three at once has one record; commands go to the newest, also when it has gone."""
    home = tmp_path / "home"
    with ExitStack() as stack:
        first = stack.enter_context(listening(home))
        second = Listener(first.scratch)
        stack.callback(second.end)
        at_first = stack.enter_context(first.connect("/CP1"))
        assert is_served(at_first)
        at_second = stack.enter_context(second.connect("/CP1"))
        backend = stack.enter_context(RunningBackend(home, "CP9"))
        for number in range(1, 11):
            frame = json.dumps([2, "s", "StopTransaction", stop_payload(10_000_000 + number, (number + 33) * 1000)])
            at_first.send(frame)
            at_second.send(frame)
            assert backend.stop(10_000_000 + number, (number + 33) * 1000)[2] == {}
            assert json.loads(at_first.recv(PATIENCE_S)) == json.loads(at_second.recv(PATIENCE_S)) == RECEIPT
        charges = [(each["charge_point"], each["end_kwh"]) for each in whole_records(home / "accounting")]
        assert sorted(charges) == sorted({(name, str(n + 33)) for name in ("CP1", "CP9") for n in range(1, 11)})
        assert commanded(home, "CP1", at_second)
        assert is_served(at_first) and backend.call("Heartbeat", {})[0] == 3
        at_second.close()
        with first.connect("/CP1") as again:
            assert is_served(again)
            assert commanded(home, "CP1", again)
