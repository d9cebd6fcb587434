"""What the process promises that books for another one: outcomes in order, and an end with its input."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.errors import WriteError
from shocpp.readable_json import document
from shocpp.spool.accounting.accounting import RecordFile, file_of
from shocpp.stores import bookkeeper
from tests.support.backend import whole_records
from tests.support.patience import PATIENCE_S
from tests.support.stops import record


class Bookkeeper:
    """A real process."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            bookkeeper.command(str(folder)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        assert self.process.stdin and self.process.stdout
        self.stdin, self.stdout = self.process.stdin, self.process.stdout

    def send(self, *numbers: int) -> None:
        self.stdin.write(b"".join(bookkeeper.request(file_of(record(number))) for number in numbers))

    def outcome(self) -> object:
        return bookkeeper.response(self.stdout.readline())


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Bookkeeper]:
    """Run one; see that it ends with its input."""
    made = Bookkeeper(tmp_path)
    yield made
    with suppress(BrokenPipeError):
        made.stdin.close()
    assert made.process.wait(PATIENCE_S) == 0
    made.stdout.close()


def test_outcomes_come_in_order(running: Bookkeeper, tmp_path: Path) -> None:
    """New, booked before, new: as ``Accounting.book`` says."""
    running.send(1)
    first = running.outcome()
    running.send(2, 1, 3)
    outcomes = [running.outcome() for _ in range(3)]
    assert isinstance(first, tuple) and first[1]
    assert [isinstance(outcome, tuple) and outcome[1] for outcome in outcomes] == [True, False, True]
    assert outcomes[1] == (first[0], False)
    assert len(whole_records(tmp_path)) == 3


def test_an_entry_may_come_in_pieces(running: Bookkeeper, tmp_path: Path) -> None:
    """A request is taken when it is whole."""
    data = bookkeeper.request(file_of(record()))
    running.stdin.write(data[:50])
    running.stdin.write(data[50:])
    assert isinstance(running.outcome(), tuple)
    assert len(whole_records(tmp_path)) == 1


def test_what_cannot_be_written_is_said(running: Bookkeeper, tmp_path: Path) -> None:
    """An outcome can be a sentence; the next entry is booked."""
    (tmp_path / "2023").write_text("in the way")
    running.send(1)
    outcome = running.outcome()
    assert isinstance(outcome, WriteError) and "2023" in str(outcome)
    (tmp_path / "2023").unlink()
    running.send(1)
    assert isinstance(running.outcome(), tuple)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1])
def test_signals_are_its_owners_business(running: Bookkeeper, number: signal.Signals) -> None:
    """systemd signals the whole group: what is in hand is booked all the same."""
    running.send(1)
    assert isinstance(running.outcome(), tuple)
    running.process.send_signal(number)
    running.send(2)
    assert isinstance(running.outcome(), tuple)


def test_nobody_waits_any_more(running: Bookkeeper, tmp_path: Path) -> None:
    """When its owner dies, what was begun is booked, and it ends without a word."""
    lock = os.open(tmp_path / ".lock", os.O_WRONLY | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    running.send(1)
    running.stdin.close()
    running.stdout.close()
    os.close(lock)
    assert running.process.wait(PATIENCE_S) == 0
    assert len(whole_records(tmp_path)) == 1


def test_an_owner_that_is_killed(tmp_path: Path) -> None:
    """A connection that is reset, with outcomes that nobody read, is an end like any other: no traceback."""
    ours, its = socket.socketpair()
    command = bookkeeper.command(str(tmp_path))
    process = subprocess.Popen(command, stdin=its.fileno(), stdout=its.fileno(), stderr=subprocess.PIPE)
    its.close()
    ours.send(bookkeeper.request(file_of(record(1))))
    select.select([ours], [], [], PATIENCE_S)  # the outcome is there, and is not read
    ours.close()
    _, said = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, said) == (0, b"")


@pytest.mark.parametrize("legacy_name", ["", "1693735200-0123456789ab.json"])
@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none() | st.dictionaries(st.text(), st.text())))
def test_a_request_is_read_as_it_was_meant(legacy_name: str, fields: dict[str, object]) -> None:
    """Whatever texts are in a record, NULs and line ends among them: the bytes of its file come out as they went in."""
    meant = RecordFile("2023/09", "1693735200-ba9876543210.json", document(fields), legacy_name)
    *requests, rest = (2 * bookkeeper.request(meant)).split(bookkeeper._END)
    read = [bookkeeper._task(each) for each in requests]
    assert rest == b"" and len(read) == 2
    for file in read:
        assert all(getattr(file, name) == getattr(meant, name) for name in RecordFile.__slots__)
