"""What one connection's task queue promises when our own code fails: it ends, and its charge point can come back."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest

from shocpp.transports.connections.task_queue import TaskQueue


def nobody_begins(_: TaskQueue) -> None:
    """Stand for whoever makes a backend: tests have one."""


class Surroundings:
    """Connection, bookkeeper, workers and the rest in one: does at once what they do later, keeps what it is told."""

    def __init__(self, can_book: bool) -> None:
        self.bookkeeper = self.workers = self.housekeeping = self.held = self
        self.can_book = can_book
        self.failures: list[str] = []
        self.sent: list[str] = []
        self.later: list[Callable[[], None]] = []
        self.is_released = self.is_paused = self.is_full = self.is_hasty = False
        self.waiting = 0
        self.time_s = 100.0
        self.first: list[bool] = []
        self.done: Callable[[Any], None] | None = None

    def take(self, record: object, done: Callable[[Any], None]) -> None:
        if not self.can_book:
            raise RuntimeError(f"cannot book {record}")
        self.done = done

    def now(self) -> float:
        return self.time_s

    def submit(
        self, job: Callable[[], object], done: Callable[[object, BaseException | None], None], is_first: bool = False
    ) -> None:
        self.first.append(is_first)
        done(job(), None)

    def soon(self, do: Callable[..., None], *values: object) -> None:
        self.later.append(lambda: do(*values))

    def send(self, lines: list[str]) -> None:
        self.sent += lines

    def failed(self, error: BaseException) -> None:
        self.failures.append(str(error))

    def released(self) -> None:
        self.is_released = True

    def pause_reading(self) -> None:
        self.is_paused = True

    def continue_reading(self) -> None:
        self.is_paused = False

    def add_waiting(self, size: int) -> None:
        self.waiting += size

    def plan(self, _: object) -> None:
        pass


class Backend:
    """Has one stop to book and fails when it is booked."""

    unfinished = False

    def open(self) -> None:
        pass

    def answer(self, _: bytes) -> None:
        pass

    def receive_message(self, _: bytes) -> Iterator[Generator[str, object, list[str]]]:
        yield self._fail()

    def _fail(self) -> Generator[str, object, list[str]]:
        yield "a record"
        raise RuntimeError("our own fault")

    def due_in(self) -> float | None:
        return 0.0

    def close(self, is_hasty: bool) -> None:
        pass


@pytest.mark.parametrize("can_book", [True, False])
def test_a_fault_of_ours_ends_one_connection(can_book: bool) -> None:
    """Whether booking fails or what follows it: it is said, and the backend tidies up, so that another may follow."""
    around: Any = Surroundings(can_book)
    tasks = TaskQueue(around, around, nobody_begins)
    tasks.start(Backend())  # type: ignore[arg-type]
    tasks.add(b"stop")
    tasks.end()
    if around.done:
        assert not around.is_released
        around.done(("path", True))
    assert around.failures == ["our own fault" if can_book else "cannot book a record"]
    assert around.is_released


class Chatty(Backend):
    """Has two frames in each message, and nothing to book."""

    def do_deferred(self, is_idle: bool) -> None:
        pass

    def receive_message(self, _: bytes) -> Iterator[Generator[str, object, list[str]]]:
        yield self._answer("first")
        yield self._answer("second")

    def check(self) -> None:
        pass

    def _answer(self, line: str) -> Generator[str, object, list[str]]:
        return [line]
        yield ""


def test_between_two_frames_it_is_somebody_elses_turn() -> None:
    """A message's second frame is served in the next turn of the loop; what comes after the message waits for it."""
    around: Any = Surroundings(can_book=True)
    tasks = TaskQueue(around, around, nobody_begins)
    tasks.start(Chatty())  # type: ignore[arg-type]
    tasks.add(b"two frames")
    tasks.add(b"two more")
    assert around.sent == [] and len(around.later) == 1
    while around.later:
        around.later.pop(0)()
    assert around.sent == ["first", "second"] * 2


def test_the_mailbox_is_taken_over_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever holds a lock on a charge point's folder makes nobody wait but that one (found: all, for six seconds)."""
    around: Any = Surroundings(can_book=True)
    jobs: list[Callable[[], object]] = []
    backend = Chatty()
    monkeypatch.setattr(around, "submit", lambda job, *_: jobs.append(job))
    tasks = TaskQueue(around, around, nobody_begins)
    tasks.start(backend)  # type: ignore[arg-type]
    tasks.add(b"two frames")
    assert jobs == [backend.open] and not around.later and not around.sent


def test_what_is_noted_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """An envelope for the journal counts among what is held for all until it is noted, also while a disk hangs."""
    around: Any = Surroundings(can_book=True)
    tasks = TaskQueue(around, around, nobody_begins)
    tasks.start(Chatty())  # type: ignore[arg-type]
    jobs: list[Callable[[], None]] = []
    monkeypatch.setattr(around, "submit", lambda job, done, _: jobs.append(lambda: done(job(), None)))
    noted: list[object] = []
    for _ in range(2):
        tasks.note(noted.append, 1000)
    assert (len(jobs), around.waiting) == (1, 2000)
    jobs.pop()()
    assert (len(jobs), around.waiting) == (1, 1000)
    jobs.pop()()
    assert noted == [tasks.backend] * 2 and around.waiting == 0


def test_who_is_served_for_long_goes_first() -> None:
    """Strangers that come by the hundred keep the disk from nobody who was there before (found: 1 643 in the way)."""
    around: Any = Surroundings(can_book=True)
    tasks = TaskQueue(around, around, nobody_begins)
    tasks.start(Chatty())  # type: ignore[arg-type]
    tasks.do_housekeeping()
    around.time_s += 5
    tasks.do_housekeeping()
    tasks.end()
    assert around.first == [False, False, True, True]


def test_who_was_served_lately_goes_first_at_once() -> None:
    """One that comes back has its mailbox taken over before those of strangers."""
    around: Any = Surroundings(can_book=True)
    TaskQueue(around, around, nobody_begins).start(Chatty(), is_known=True)  # type: ignore[arg-type]
    assert around.first == [True]


def test_what_waits_for_the_disk_is_bounded_in_bytes() -> None:
    """Behind a stop that is being booked, 256 KiB may wait (found: 32 messages of a MiB each), then no more is read."""
    around: Any = Surroundings(can_book=True)
    tasks = TaskQueue(around, around, nobody_begins)
    tasks.start(Backend())  # type: ignore[arg-type]
    for size, is_paused in ((1000, False), (200_000, False), (62_000, False), (200, True)):
        tasks.add(bytes(size))
        assert around.is_paused == is_paused
    assert around.waiting == 263_200


@pytest.mark.parametrize("is_lost", [False, True])
def test_where_all_together_hold_too_much_one_waits_at_most(is_lost: bool) -> None:
    """No second message is read while others hold as much as may be; what is done or lost is counted no longer."""
    around: Any = Surroundings(can_book=True)
    around.is_full = True
    tasks = TaskQueue(around, around, nobody_begins)
    tasks.add(b"early")
    assert around.is_paused and around.waiting == 5
    if not is_lost:
        tasks.start(Chatty())  # type: ignore[arg-type]
        assert around.waiting == 5
        while around.later:
            around.later.pop(0)()
        assert not around.is_paused
    tasks.end()
    assert around.waiting == 0


class Unknown(Chatty):
    """Serves a charge point that was never here: each message that says so is a request."""

    def __init__(self) -> None:
        self.has_served = False
        self.opened = 0

    def open_if_known(self) -> bool:
        return False

    def open(self) -> None:
        self.opened += 1

    def receive_message(self, message: bytes) -> Iterator[Generator[str, object, list[str]]]:
        self.has_served |= message == b"request"
        yield self._answer("an answer")


def test_of_a_stranger_nothing_is_kept_before_its_first_request() -> None:
    """Garbage makes no folder; the first request does, once, before it is answered: who was answered has a mailbox."""
    around: Any = Surroundings(can_book=True)
    backend = Unknown()
    tasks = TaskQueue(around, around, nobody_begins)
    tasks.start(backend, is_listed=False)  # type: ignore[arg-type]
    tasks.add(b"garbage")
    assert backend.opened == 0 and len(around.sent) == 1
    jobs: list[Callable[[], None]] = []
    around.submit = lambda job, done, _: jobs.append(lambda: done(job(), None))
    tasks.add(b"request")
    tasks.add(b"request")
    assert backend.opened == 0 and len(around.sent) == 1
    jobs.pop(0)()
    assert backend.opened == 1 and len(around.sent) == 3 and not jobs
    assert not around.failures


@pytest.mark.parametrize(("due_in", "jobs", "plans"), [(0.0, 1, 1), (7.0, 0, 2), (None, 0, 1)])
def test_nobody_works_before_it_is_due(due_in: float | None, jobs: int, plans: int) -> None:
    """What is due soon is looked at again in a while, in the loop; a thread has only what is due."""
    around: Any = Surroundings(can_book=True)
    backend = Chatty()
    planned: list[object] = []
    worked: list[object] = []
    around.plan = planned.append
    tasks = TaskQueue(around, around, nobody_begins)
    tasks.start(backend)  # type: ignore[arg-type]
    around.submit = lambda job, *_: worked.append(job)
    backend.due_in = lambda: due_in  # type: ignore[method-assign]
    tasks.do_housekeeping()
    assert (len(worked), len(planned)) == (jobs, plans)
