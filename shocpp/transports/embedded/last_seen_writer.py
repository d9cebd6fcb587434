"""
What the listener writes of when each charge point was heard of: every few seconds, if anybody was.

Who disconnects is written down in its own status.json then; what is here tells of those whose listener was killed.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from functools import partial

from shocpp.errors import ShocppError
from shocpp.spool.run import last_seen
from shocpp.spool.run.held_mailbox import folder_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shocpp.transports.background.workers import Workers
    from shocpp.transports.connections.connection import Connection

_EVERY_S = 5.0


class LastSeen:
    """
    Keeps the file.

    Args:
        run_dir: The folder run/.
        workers: Wait for the disk.
        now: Gives the loop's time in seconds, by which connections note when they were heard of.
        clock: Gives seconds since the epoch.
    """

    def __init__(
        self, run_dir: str, workers: Workers, now: Callable[[], float], clock: Callable[[], float] = time.time
    ) -> None:
        self._run_dir = run_dir
        self._workers = workers
        self._now = now
        self._clock = clock
        self._looked = -_EVERY_S
        self._heard: dict[str, float] = {}
        # of listeners before this one; whoever has come back is no longer among them, nor who was forgotten
        self._before = {
            identity: at
            for identity, at in last_seen.read(run_dir).items()
            if os.path.isdir(folder_of(run_dir, identity))
        }

    def look(self, served: Mapping[str, Connection]) -> None:
        """Have written what is new; call this once a second."""
        if self._now() - self._looked < _EVERY_S:
            return
        self._looked = self._now()
        heard = _heard(served)
        if heard != self._heard:
            self._heard = heard
            self._workers.submit(partial(self._write, self._times()), lambda _, __: None)

    def close(self, served: Mapping[str, Connection]) -> None:
        """Write it a last time, now: the listener ends."""
        self._heard = _heard(served)
        self._write(self._times())

    def _times(self) -> dict[str, int]:
        ahead = self._clock() - self._now()
        for identity in self._heard:
            self._before.pop(identity, None)
        return {**self._before, **{identity: int(at + ahead) for identity, at in self._heard.items()}}

    def _write(self, times: dict[str, int]) -> None:
        with suppress(ShocppError):  # it is done without
            last_seen.write(self._run_dir, times)


def _heard(served: Mapping[str, Connection]) -> dict[str, float]:
    """Give when each was heard of; behind websocketd a connection may have said nothing yet, and is left out."""
    return {identity: connection.heard for identity, connection in served.items() if connection.heard}
