"""
The events of connections that are refused, on their way into the journal: written by a worker, never in the loop.

How many are written, and what is in them, is decided by ``admission``.
"""

from __future__ import annotations

import time
from functools import partial

from shocpp.admission import refused_connections
from shocpp.admission.refused_connections import Allowance
from shocpp.texts import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.transports.background.workers import Workers


class RefusalEvents:
    """
    Keeps the events of one listener.

    Args:
        folder: The journal's; empty where none is kept.
        workers: Write them.
        say: Takes a level and a line for the log.
        clock: Gives seconds since the epoch.
    """

    def __init__(
        self, folder: str, workers: Workers, say: Callable[[str, str], None], clock: Callable[[], float] = time.time
    ) -> None:
        self._folder = folder
        self._workers = workers
        self._say = say
        self._clock = clock
        self._allowance = Allowance()
        self._is_losing = False

    def note(self, identity: str, user: str | None, address: str, status: int, reason: str) -> None:
        """Have an event written if as many are allowed; the values are those of ``refused_connections.data_of``."""
        now = self._clock()
        left_out = self._allowance.take(now) if self._folder else None
        if left_out is not None:
            data = refused_connections.data_of(identity, user, address, status, reason)
            self._workers.submit(partial(refused_connections.write, self._folder, now, data, left_out), self._written)

    def _written(self, _result: object, error: BaseException | None) -> None:
        """Say once that events are lost, until one is written again."""
        if error is not None and not self._is_losing:
            self._say("WARNING", f"refused connections are missing from the journal: {clean(error)}")
        self._is_losing = error is not None
