"""What the listener promises of its bookkeeper: with one that fails, or without, charges are booked all the same."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from shocpp.spool import bookkeeper
from shocpp.transports.embedded import booking_client
from shocpp.transports.embedded.booking_client import Bookkeeper
from tests.support.backend import whole_records
from tests.support.patience import PATIENCE_S
from tests.support.stops import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.spool.accounting import Outcome


async def book(folder: Path, said: list[str], count: int) -> list[Outcome]:
    """Book some stops, one after another, as the listener does."""
    desk = Bookkeeper(asyncio.get_running_loop(), str(folder), lambda level, text: said.append(f"{level} {text}"))
    await desk.start()
    outcomes = []
    for number in range(count):
        answered: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        desk.book(record(number), answered.set_result)
        outcomes.append(await asyncio.wait_for(answered, PATIENCE_S))
    await desk.close()
    assert desk._process is None or desk._process.returncode is not None, "it did not end with its input"
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
        await asyncio.sleep(0.1)
        answered: asyncio.Future[Outcome] = loop.create_future()
        desk.book(record(1), answered.set_result)
        assert isinstance(await asyncio.wait_for(answered, PATIENCE_S), tuple)
        assert desk._thread is None, "the process did not book"
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
        answered: asyncio.Future[Outcome] = loop.create_future()
        desk.book(record(1), answered.set_result)
        await asyncio.sleep(0.05)
        assert not answered.done()
        os.close(lock)
        assert isinstance(await asyncio.wait_for(answered, PATIENCE_S), tuple)
        await desk.close()

    asyncio.run(run())


def test_a_warning_reaches_the_log(tmp_path: Path) -> None:
    """What the process cannot look into is told in the listener's log, and the stop is booked."""
    (tmp_path / "2022").symlink_to("2022")
    said: list[str] = []
    outcomes = asyncio.run(book(tmp_path, said, 2))
    assert all(isinstance(outcome, tuple) for outcome in outcomes)
    assert len(said) == 1 and said[0].startswith("WARNING") and "2022 cannot be read" in said[0]
