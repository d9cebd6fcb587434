"""What one connection's task queue promises when our own code fails: it ends, and its charge point can come back."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import pytest

from shocpp.transports.embedded.task_queue import TaskQueue


class Surroundings:
    """Connection, bookkeeper, workers and the rest in one: does at once what they do later, keeps what it is told."""

    def __init__(self, can_book: bool) -> None:
        self.bookkeeper = self.workers = self.housekeeping = self
        self.can_book = can_book
        self.failures: list[str] = []
        self.is_released = False
        self.done: Callable[[Any], None] | None = None

    def book(self, record: object, done: Callable[[Any], None]) -> None:
        if not self.can_book:
            raise RuntimeError(f"cannot book {record}")
        self.done = done

    def submit(self, job: Callable[[], object], done: Callable[[object, BaseException | None], None]) -> None:
        done(job(), None)

    def failed(self, error: BaseException) -> None:
        self.failures.append(str(error))

    def released(self) -> None:
        self.is_released = True

    def continue_reading(self) -> None:
        pass

    def plan(self, _: object) -> None:
        pass


class Backend:
    """Has one stop to book and fails when it is booked."""

    unfinished = False

    def open(self) -> None:
        pass

    def receive(self, _: bytes) -> Generator[str, object, list[str]]:
        yield "a record"
        raise RuntimeError("our own fault")

    def close(self) -> None:
        pass


@pytest.mark.parametrize("can_book", [True, False])
def test_a_fault_of_ours_ends_one_connection(can_book: bool) -> None:
    """Whether booking fails or what follows it: it is said, and the backend tidies up, so that another may follow."""
    around: Any = Surroundings(can_book)
    tasks = TaskQueue(around, around)
    tasks.start(Backend(), is_new=False)  # type: ignore[arg-type]
    tasks.add(b"stop")
    tasks.end()
    if around.done:
        assert not around.is_released
        around.done(("path", True))
    assert around.failures == ["our own fault" if can_book else "cannot book a record"]
    assert around.is_released
