"""
Threads that wait for the disk, so that the loop does not.

Knows functions to call and the loop to come back to; what a job is about is its sender's business. Far fewer
instructions a job than ``run_in_executor``: no futures, and many results come back with one wake-up.
"""

from __future__ import annotations

import threading
from queue import SimpleQueue

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    Job = Callable[[], object]
    Done = Callable[[object, BaseException | None], None]


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
        self._jobs: SimpleQueue[tuple[Job, Done] | None] = SimpleQueue()
        self._results: list[tuple[Done, object, BaseException | None]] = []
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._work, name=f"{name}-{n}", daemon=True) for n in range(count)]
        for thread in self._threads:
            thread.start()

    def submit(self, job: Job, done: Done) -> None:
        """Run ``job`` in a thread, then ``done`` with its result or what it raised in the loop."""
        self._jobs.put((job, done))

    def close(self) -> None:
        """Let the threads end once their jobs are done; nobody waits for them."""
        for _ in self._threads:
            self._jobs.put(None)

    def _work(self) -> None:
        while (item := self._jobs.get()) is not None:
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
