"""Threads that wait for the disk: what they bring back reaches everybody who waits for it."""

from __future__ import annotations

import asyncio
import threading

from shocpp.transports.background.workers import Workers
from tests.support.patience import PATIENCE_S


def test_a_result_that_nobody_can_take_keeps_no_other_from_its_taker() -> None:
    """Results that come back with one wake-up are all handed over, also behind a taker that raises."""
    assert asyncio.run(_handed_over()) == ["second", "third"]


async def _handed_over() -> list[object]:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda *_: None)  # the taker's fault is meant
    workers = Workers(loop, 1, "disk")
    taken: list[object] = []
    end, done = threading.Event(), asyncio.Event()

    def fail(_: object, error: BaseException | None) -> None:  # noqa: ARG001
        raise ValueError

    def take(result: object, error: BaseException | None) -> None:
        assert error is None
        taken.append(result)

    workers.submit(lambda: None, fail)
    workers.submit(lambda: "second", take)
    workers.submit(lambda: "third", take)
    workers.submit(end.set, lambda *_: done.set())
    end.wait(PATIENCE_S)  # the loop takes none of them before all are there
    workers.close()
    await asyncio.wait_for(done.wait(), PATIENCE_S)
    return taken


def test_what_goes_first_does_not_wait_for_all_others() -> None:
    """However many jobs wait, one that goes first is next; of those that go first, not all go before the others."""
    assert asyncio.run(_done_in_order()) == [
        "first 0",
        "first 1",
        "other 0",
        "first 2",
        "first 3",
        "other 1",
        "other 2",
    ]


async def _done_in_order() -> list[object]:
    workers = Workers(asyncio.get_running_loop(), 1, "disk")
    order: list[object] = []
    is_begun, may_end, done = threading.Event(), threading.Event(), asyncio.Event()

    def wait() -> None:
        is_begun.set()
        may_end.wait(PATIENCE_S)

    workers.submit(wait, lambda *_: None)
    is_begun.wait(PATIENCE_S)
    for number in range(3):
        workers.submit(lambda number=number: order.append(f"other {number}"), lambda *_: None)  # type: ignore[misc]
    for number in range(4):
        workers.submit(lambda number=number: order.append(f"first {number}"), lambda *_: None, is_first=True)  # type: ignore[misc]
    workers.submit(lambda: None, lambda *_: done.set())
    may_end.set()
    await asyncio.wait_for(done.wait(), PATIENCE_S)
    workers.close()
    return order


def test_what_is_held_back_is_done_later() -> None:
    """While jobs are held back none of those that come is begun; afterwards all of them are, in order."""
    assert asyncio.run(_held_back()) == ["before", "first", "second", "later"]


async def _held_back() -> list[object]:
    workers = Workers(asyncio.get_running_loop(), 1, "disk")
    order: list[object] = []
    is_begun, done = threading.Event(), asyncio.Event()
    workers.submit(is_begun.set, lambda *_: None)
    is_begun.wait(PATIENCE_S)
    workers.hold()
    for name in ("first", "second"):
        workers.submit(lambda name=name: order.append(name), lambda *_: None)  # type: ignore[misc]
    order.append("before")
    workers.go_on()
    workers.submit(lambda: order.append("later"), lambda *_: done.set())
    await asyncio.wait_for(done.wait(), PATIENCE_S)
    workers.close()
    return order
