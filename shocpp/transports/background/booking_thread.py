"""
Booking without a process of its own: a thread of the listener's, while the bookkeeper cannot be had.

Knows that a disk may not answer at all (a network file system, a disk that fails): nobody waits for it for ever, and
while it hangs nobody waits at all. A charge point that was told so comes back; its record is booked once, whenever.
"""

from __future__ import annotations

from typing import cast

from shocpp.errors import BusyError, WriteError
from shocpp.store_address import shown
from shocpp.stores.accounting_at import accounting_at
from shocpp.stores.bookkeeper import perform
from shocpp.transports.background.workers import Workers

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from shocpp.spool.accounting.accounting import Accounting
    from shocpp.stores.bookkeeper import Done, Task

    TellDone = Callable[[Done], None]


class BookingThread:
    """
    Does one task after another; the thread is there from the first one on.

    Args:
        loop: Where outcomes are handed over.
        where: An accounting folder, or the address of a store.
        say: Takes a level and a line for the log.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, where: str, say: Callable[[str, str], None]) -> None:
        self._loop = loop
        self._where = where
        self._say = say
        self._accounting: Accounting | None = None
        self._workers: Workers | None = None
        self._waiting: dict[int, tuple[float, TellDone]] = {}  # since when, by number: who began first comes first
        self._count = 0
        self._hangs = False

    @property
    def is_busy(self) -> bool:
        """Tell whether anybody waits for an outcome."""
        return bool(self._waiting)

    def take(self, task: Task, done: TellDone) -> None:
        """Do a task; ``done`` is called with what becomes of it, never before this returns."""
        if self._hangs:
            self._loop.call_soon(done, self._late())
            return
        if self._workers is None:
            self._workers = Workers(self._loop, 1, "booking")
        self._count += 1
        number = self._count
        self._waiting[number] = (self._loop.time(), done)
        self._workers.submit(
            lambda: self._perform(task),
            lambda outcome, error: self._finish(
                number, cast("Done", outcome) if error is None else WriteError(str(error))
            ),
        )

    def give_up(self, began: float) -> None:
        """
        Answer those that have waited since a time or longer: the disk hangs. Their outcome, should it come, is dropped.

        Args:
            began: The loop's time.
        """
        late = [number for number, (since, _) in self._waiting.items() if since <= began]
        self._hangs = self._hangs or bool(late)
        for number in late:
            _, done = self._waiting.pop(number)
            done(self._late())

    def _perform(self, task: Task) -> Done:
        if self._accounting is None:
            self._accounting = accounting_at(self._where, lambda text: self._say("WARNING", text))
        return perform(self._accounting, [task])[0]

    def _finish(self, number: int, outcome: Done) -> None:
        self._hangs = False
        if number in self._waiting:
            _, done = self._waiting.pop(number)
            done(outcome)

    def _late(self) -> BusyError:
        return BusyError(f"{shown(self._where)} does not answer for longer than a charge point can be kept waiting")
