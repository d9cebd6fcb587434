"""What the turns of one connection promise when our own code fails: it ends, and its charge point can come back."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import pytest

from shocpp.transports.embedded.turns import Turns


class House:
    """Server, session, bookkeeper and workers in one: does at once what they do later, and keeps what it is told."""

    def __init__(self, can_book: bool) -> None:
        self.bookkeeper = self.workers = self
        self.can_book = can_book
        self.failures: list[str] = []
        self.has_ended = False
        self.done: Callable[[Any], None] | None = None

    def book(self, record: object, done: Callable[[Any], None]) -> None:
        if not self.can_book:
            raise RuntimeError(f"cannot book {record}")
        self.done = done

    def submit(self, job: Callable[[], object], done: Callable[[object, BaseException | None], None]) -> None:
        done(job(), None)

    def failed(self, _: object, error: BaseException) -> None:
        self.failures.append(str(error))

    def ended(self, _: object) -> None:
        self.has_ended = True

    def go_on(self) -> None:
        pass

    def settle_later(self, _: object) -> None:
        pass


class Backend:
    """Has one stop to book and fails when it is booked."""

    unfinished = False

    def open(self) -> None:
        pass

    def serve(self, _: bytes) -> Generator[str, object, list[str]]:
        yield "a record"
        raise RuntimeError("our own fault")

    def close(self) -> None:
        pass


@pytest.mark.parametrize("can_book", [True, False])
def test_a_fault_of_ours_ends_one_connection(can_book: bool) -> None:
    """Whether booking fails or what follows it: it is said, and the backend tidies up, so that another may follow."""
    house: Any = House(can_book)
    turns = Turns(house, house)
    turns.begin(Backend(), is_new=False)  # type: ignore[arg-type]
    turns.take(b"stop")
    turns.end()
    if house.done:
        assert not house.has_ended
        house.done(("path", True))
    assert house.failures == ["our own fault" if can_book else "cannot book a record"]
    assert house.has_ended
