"""What the listener promises of its bookkeeper: with one that fails, or without, charges are booked all the same."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from shocpp.errors import BusyError
from shocpp.spool.accounting.accounting_folder import AccountingFolder
from shocpp.stores import bookkeeper
from shocpp.transports.background import booking_client
from shocpp.transports.background.booking_client import Bookkeeper
from tests.support.backend import whole_records
from tests.support.patience import PATIENCE_S
from tests.support.stops import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.stores.bookkeeper import Done


async def book(folder: Path, said: list[str], count: int) -> list[Done]:
    """Book some stops, one after another, as the listener does."""
    desk = Bookkeeper(asyncio.get_running_loop(), str(folder), lambda level, text: said.append(f"{level} {text}"))
    await desk.start()
    outcomes = []
    for number in range(count):
        answered: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
        desk.take(record(number), answered.set_result)
        outcomes.append(await asyncio.wait_for(answered, PATIENCE_S))
    await desk.close()
    if desk._process is not None:
        desk._process.wait(PATIENCE_S)  # it ends with its input
    return outcomes


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (bookkeeper.command, ""),
        (lambda _: ["/nonexistent"], "no process to book in"),
        (lambda _: ["/bin/false"], "has died"),
        (lambda _: ["/bin/sh", "-c", "read entry; exit 1"], "has died"),
    ],
    ids=["works", "cannot start", "ends at once", "dies over its first entry"],
)
def test_every_stop_is_booked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Callable[[str], list[str]], words: str
) -> None:
    """Whatever becomes of the process: each stop has its record, new, and the log says once what is wrong."""
    monkeypatch.setattr(booking_client, "_SOON_S", 2 * PATIENCE_S)  # one that is started again has more to say
    monkeypatch.setattr(bookkeeper, "command", command)
    said: list[str] = []
    outcomes = asyncio.run(book(tmp_path, said, 3))
    assert all(isinstance(outcome, tuple) and outcome[1] for outcome in outcomes), outcomes
    assert len(whole_records(tmp_path)) == 3
    assert len(said) == bool(words) and all(words in line and line.startswith("ERROR") for line in said)


def test_it_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that dies before it booked anything is started again, each time a little later, until one does its work."""
    monkeypatch.setattr(booking_client, "_SOON_S", 0.01)
    marks, works = tmp_path / "starts", bookkeeper.command(str(tmp_path / "accounting"))
    script = f'echo >> {marks}; test $(wc -l < {marks}) -gt 3 && exec "$@"'
    monkeypatch.setattr(bookkeeper, "command", lambda _: ["/bin/sh", "-c", script, "-", *works])
    said: list[str] = []

    async def run() -> None:
        loop = asyncio.get_running_loop()
        desk = Bookkeeper(loop, str(tmp_path / "accounting"), lambda _, text: said.append(text))
        await desk.start()
        deadline = loop.time() + PATIENCE_S
        while loop.time() < deadline and len(said) < 3:
            await asyncio.sleep(0.01)
        while loop.time() < deadline and desk._transport is None:
            await asyncio.sleep(0.01)
        answered: asyncio.Future[Done] = loop.create_future()
        desk.take(record(1), answered.set_result)
        assert isinstance(await asyncio.wait_for(answered, PATIENCE_S), tuple)
        assert desk._thread._workers is None, "the process did not book"
        await desk.close()

    asyncio.run(run())
    assert [line.split(" in ")[-1] for line in said] == ["0.01 s", "0.02 s", "0.04 s"]


def test_a_slow_disk_holds_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While there is no process and the folder's lock is held, the loop goes on; the stop is booked afterwards."""
    monkeypatch.setattr(bookkeeper, "command", lambda _: ["/nonexistent"])
    lock = os.open(tmp_path / ".lock", os.O_WRONLY | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)

    async def run() -> None:
        loop = asyncio.get_running_loop()
        desk = Bookkeeper(loop, str(tmp_path), lambda *_: None)
        await desk.start()
        answered: asyncio.Future[Done] = loop.create_future()
        desk.take(record(1), answered.set_result)
        await asyncio.sleep(0.05)
        assert not answered.done()
        os.close(lock)
        assert isinstance(await asyncio.wait_for(answered, PATIENCE_S), tuple)
        await desk.close()

    asyncio.run(run())


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up soon."""
    monkeypatch.setattr(booking_client, "_LONGEST_SILENCE_S", 0.05)
    monkeypatch.setattr(booking_client, "_LOOK_S", 0.01)


def be_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have what comes after the fault take as long as it must."""
    monkeypatch.setattr(booking_client, "_LONGEST_SILENCE_S", PATIENCE_S)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("has_lock", [False, True], ids=["idle", "with the folder's lock"])
def test_a_process_that_is_stopped_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_lock: bool) -> None:
    """One that gives no answer is killed, and its lock let go; what it had is booked once, and another one serves."""
    monkeypatch.setattr(booking_client, "_SOON_S", 0.01)
    if has_lock:  # it is stopped while nobody else can book
        holding = "import fcntl, os; fcntl.flock(os.open(os.sys.argv[1], os.O_RDWR | os.O_CREAT), fcntl.LOCK_EX)"
        works, marks = bookkeeper.command(str(tmp_path)), tmp_path / "starts"
        script = f"[ -e {marks} ] && exec \"$@\"; touch {marks}; exec $1 -c '{holding}; input()' {tmp_path}/.lock"
        monkeypatch.setattr(bookkeeper, "command", lambda _: ["/bin/sh", "-c", script, "-", *works])
    said: list[str] = []

    def say(_: str, text: str) -> None:
        said.append(text)
        be_patient(monkeypatch)

    async def run() -> list[Done]:
        loop = asyncio.get_running_loop()
        desk = Bookkeeper(loop, str(tmp_path), say)
        await desk.start()
        first = desk._process
        assert first is not None
        if has_lock:
            while not (tmp_path / ".lock").exists():
                await asyncio.sleep(0.01)
        os.kill(first.pid, signal.SIGSTOP)
        answered: list[asyncio.Future[Done]] = [loop.create_future() for _ in range(4)]
        for number, each in enumerate(answered[:3]):
            desk.take(record(number), each.set_result)
        await asyncio.wait_for(asyncio.gather(*answered[:3]), PATIENCE_S)
        deadline = loop.time() + PATIENCE_S
        while desk._transport is None and loop.time() < deadline:
            await asyncio.sleep(0.01)
        assert first.returncode == -signal.SIGKILL
        desk.take(record(3), answered[3].set_result)
        await asyncio.wait_for(answered[3], PATIENCE_S)
        await desk.close()
        return [each.result() for each in answered]

    outcomes = asyncio.run(run())
    assert all(isinstance(outcome, tuple) and outcome[1] for outcome in outcomes), outcomes
    assert len(whole_records(tmp_path)) == 4
    assert len(said) == 1 and "gave no answer for 0.05 s and is killed" in said[0]


@pytest.mark.usefixtures("impatient")
def test_a_disk_that_hangs_keeps_nobody_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With no process and a disk that does not answer stops are refused, soon at once, until it does."""
    monkeypatch.setattr(bookkeeper, "command", lambda _: ["/nonexistent"])
    is_back, book_all = threading.Event(), AccountingFolder.book_all
    monkeypatch.setattr(AccountingFolder, "book_all", lambda *given: is_back.wait(PATIENCE_S) and book_all(*given))

    async def run() -> list[Done]:
        loop = asyncio.get_running_loop()
        desk = Bookkeeper(loop, str(tmp_path), lambda *_: None)
        await desk.start()

        async def booked(number: int) -> Done:
            answered: asyncio.Future[Done] = loop.create_future()
            desk.take(record(number), answered.set_result)
            assert not answered.done()
            return await asyncio.wait_for(answered, PATIENCE_S)

        late, at_once = await booked(1), await booked(2)
        assert isinstance(late, BusyError) and isinstance(at_once, BusyError) and "does not answer" in str(late)
        assert whole_records(tmp_path) == []
        be_patient(monkeypatch)
        is_back.set()
        while desk._thread._hangs:
            await asyncio.sleep(0.01)
        outcomes = [await booked(1), await booked(2)]
        await desk.close()
        return outcomes

    outcomes = asyncio.run(run())
    assert [isinstance(outcome, tuple) and outcome[1] for outcome in outcomes] == [False, True]
    assert len(whole_records(tmp_path)) == 2, "the late one was booked after all, and its repetition found it"


def test_one_that_is_stopped_ends_with_the_listener(tmp_path: Path) -> None:
    """What is stopped goes on for long enough to see that its input has ended: no lock is left behind."""

    async def run() -> None:
        desk = Bookkeeper(asyncio.get_running_loop(), str(tmp_path), lambda *_: None)
        await desk.start()
        assert desk._process is not None
        os.kill(desk._process.pid, signal.SIGSTOP)
        await desk.close()
        assert desk._process.wait(PATIENCE_S) == 0

    asyncio.run(run())


def test_a_warning_reaches_the_log(tmp_path: Path) -> None:
    """What the process cannot look into is told in the listener's log, and the stop is booked."""
    (tmp_path / "2022").symlink_to("2022")
    said: list[str] = []
    outcomes = asyncio.run(book(tmp_path, said, 2))
    assert all(isinstance(outcome, tuple) for outcome in outcomes)
    assert len(said) == 1 and said[0].startswith("WARNING") and "2022 cannot be read" in said[0]
