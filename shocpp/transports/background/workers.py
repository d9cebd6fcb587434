"""
Threads that wait for the disk, so that the loop does not.

Knows functions to call and the loop to come back to; what a job is about is its sender's business. Far fewer
instructions a job than ``run_in_executor``: no futures, and many results come back with one wake-up.
"""

from __future__ import annotations

import threading
from collections import deque
from itertools import cycle
from queue import SimpleQueue

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    Job = Callable[[], object]
    Done = Callable[[object, BaseException | None], None]

_FIRST_IN_A_ROW = 3  # jobs that go first, before one of the others has its turn


class Workers:
    """
    Some threads and the jobs that wait for them.

    Args:
        loop: Where results are handed over.
        count: How many jobs may wait for the disk at the same time.
        name: What the threads are called.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, count: int, name: str) -> None:
        self._loop = loop
        self._first: deque[tuple[Job, Done]] = deque()
        self._others: deque[tuple[Job, Done]] = deque()
        self._waiting: SimpleQueue[bool] = SimpleQueue()  # one for each job; False is the end
        self._results: list[tuple[Done, object, BaseException | None]] = []
        self._held: int | None = None  # jobs that have come while none is begun; None while they are
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._work, name=f"{name}-{n}", daemon=True) for n in range(count)]
        for thread in self._threads:
            thread.start()

    def submit(self, job: Job, done: Done, is_first: bool = False) -> None:
        """
        Run ``job`` in a thread, then ``done`` with its result or what it raised in the loop.

        Args:
            job: What waits for the disk.
            done: Takes what came of it.
            is_first: It goes before those that do not, however many wait; one of these has its turn now and then.
        """
        (self._first if is_first else self._others).append((job, done))
        if self._held is None:
            self._waiting.put(True)
        else:
            self._held += 1

    def hold(self) -> None:
        """Begin none of the jobs that come now: while the loop is busy, threads wait for Python's lock at each step."""
        self._held = 0

    def go_on(self) -> None:
        """Do the jobs that have come since ``hold``, too."""
        count, self._held = self._held or 0, None
        for _ in range(count):
            self._waiting.put(True)

    def close(self) -> None:
        """Let the threads end once their jobs are done; nobody waits for them."""
        for _ in self._threads:
            self._waiting.put(False)

    def _work(self) -> None:
        turns = cycle([(self._first, self._others)] * _FIRST_IN_A_ROW + [(self._others, self._first)])
        while self._waiting.get():
            preferred, other = next(turns)
            item = None
            while item is None:  # there is one, though the other threads may just have taken those that were seen
                item = _popped(preferred) or _popped(other)
            job, done = item
            result, error = None, None
            try:
                result = job()
            except BaseException as raised:
                error = raised
            self._hand_over(done, result, error)

    def _hand_over(self, done: Done, result: object, error: BaseException | None) -> None:
        with self._lock:
            self._results.append((done, result, error))
            if len(self._results) > 1:
                return  # the loop has been woken already
        try:
            self._loop.call_soon_threadsafe(self._deliver)
        except RuntimeError:
            pass  # the loop has ended: nobody is there to be told

    def _deliver(self) -> None:
        with self._lock:
            results, self._results = self._results, []
        left = iter(results)
        try:
            for done, result, error in left:
                done(result, error)
        finally:
            for done, result, error in left:  # one that raised keeps nobody else from what they wait for
                self._loop.call_soon(done, result, error)


def _popped(jobs: deque[tuple[Job, Done]]) -> tuple[Job, Done] | None:
    """Take the oldest job; None if there is none."""
    try:
        return jobs.popleft()
    except IndexError:
        return None
