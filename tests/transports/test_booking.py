"""What the listener promises of its bookkeeper: with one that fails, or without, charges are booked all the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from shocpp.spool import bookkeeper
from shocpp.spool.accounting import Accounting
from shocpp.transports.embedded.booking_client import Bookkeeper
from tests.support.backend import whole_records
from tests.support.patience import PATIENCE_S
from tests.support.stops import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.spool.accounting import Outcome


async def book(folder: Path, said: list[str], count: int) -> list[Outcome]:
    """Book some stops, one after another, as the listener does."""
    desk = Bookkeeper(Accounting(str(folder)), str(folder), lambda level, text: said.append(f"{level} {text}"))
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
    monkeypatch.setattr(bookkeeper, "command", command)
    said: list[str] = []
    outcomes = asyncio.run(book(tmp_path, said, 3))
    assert all(isinstance(outcome, tuple) and outcome[1] for outcome in outcomes), outcomes
    assert len(whole_records(tmp_path)) == 3
    assert len(said) == bool(words) and all(words in line and line.startswith("ERROR") for line in said)
