"""What a message costs the one who serves it: processor time at one go in the loop, and in all."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from shocpp.backend.lines import Lines
from shocpp.ledger.accounts import Accounts
from tests.support.scratch import Scratch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.backend.steps import Steps
    from shocpp.ledger.record import Record

KEY = "0a1b2c3d4e5f60718293"  # was sent to the charge point: all that comes is searched for it

Result = TypeVar("Result")


class Cost(NamedTuple):
    """Seconds of processor time: the longest at one go in the loop, all in the loop, and all, what is late included."""

    longest_s: float
    loop_s: float
    total_s: float


class Cpu:
    """Adds up what parts of a piece of work cost."""

    def __init__(self) -> None:
        self.parts: list[float] = []

    @contextmanager
    def part(self) -> Iterator[None]:
        """Measure a part."""
        began = time.thread_time()
        try:
            yield
        finally:
            self.parts.append(time.thread_time() - began)


def connected(home: Path) -> Lines:
    """Connect a charge point in a new home that has a journal; a key is sent to it."""
    scratch = Scratch(home, SHOCPP_JOURNALDIR=str(home / "journal"))
    lines = Lines("CP001", scratch.settings, Accounts, lambda _level, _text: None)
    lines.open()
    request = [2, "k", "ChangeConfiguration", {"key": "AuthorizationKey", "value": KEY}]
    (scratch.folder("CP001") / "request.json").write_text(json.dumps(request))
    assert lines.request()
    lines.do_deferred(is_idle=True)
    return lines


def cost_of(lines: Lines, message: bytes, book: Callable[[Record], tuple[str, bool]]) -> Cost:
    """Have a message served, as the embedded listener has it; give what it cost."""
    cpu = Cpu()
    frames = lines.receive_message(message)
    while True:
        with cpu.part():
            steps = next(frames, None)
        if steps is None:
            break
        _take(steps, cpu, book)
    del frames
    in_loop = len(cpu.parts)
    with cpu.part():
        lines.do_deferred(is_idle=True)
    return Cost(max(cpu.parts[:in_loop]), sum(cpu.parts[:in_loop]), sum(cpu.parts))


def _take(steps: Steps[list[str]], cpu: Cpu, book: Callable[[Record], tuple[str, bool]]) -> None:
    """Run the steps of one frame, each measured as a part of its own; what is done to book is not measured."""
    go_on = partial(next, steps)
    while True:
        with cpu.part():
            try:
                record = go_on()
            except StopIteration:
                return
        go_on = partial(steps.send, book(record))


def collected(work: Callable[[], Result]) -> Result:
    """Do a piece of work while the garbage collector passes over all objects of before, which may be many."""
    gc.collect()
    gc.freeze()
    return work()
