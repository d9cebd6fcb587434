"""A connection's lines without a transport: records are booked in place, the log is written when all else is."""

from __future__ import annotations

import time
from collections.abc import Callable

from shocpp.backend.lines import Lines
from shocpp.backend.steps import book_in_place
from shocpp.log import Log
from shocpp.ocpp.rpc import PLAIN
from shocpp.settings import Settings
from shocpp.spool.conf.configuration import watched_tags
from shocpp.stores.accounting_at import accounting_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.ocpp.rpc import FrameReading


class InPlace:
    """
    Serves lines as the pipe does, without a pipe.

    Args:
        identity: The charge point's.
        settings: The settings in force.
        log: Takes the log's lines.
        clock: Gives seconds since the epoch.
        monotonic: Gives the seconds by which sightings are due; the clock's if there is none.
        is_at_once: Messages that ``Lines.answer`` can answer at once are answered by it, as transports have it.
        reading: How frames are read.
    """

    def __init__(
        self,
        identity: str,
        settings: Settings,
        log: Log,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] | None = None,
        is_at_once: bool = True,
        reading: FrameReading = PLAIN,
    ) -> None:
        self.identity = identity
        self._log = log
        say = log.about(identity)
        accounts = watched_tags(settings.tags_file, say)
        self._lines = Lines(identity, settings, accounts, say, clock, monotonic=monotonic or clock, reading=reading)
        self._accounting = accounting_at(settings.accounting)
        self._is_at_once = is_at_once
        self.open, self.request = self._lines.open, self._lines.request

    def receive(self, line: bytes) -> list[str]:
        """Take a line; the lines that answer it."""
        answer = self._lines.answer(line) if self._is_at_once else None
        if isinstance(answer, list):
            return answer
        return book_in_place(answer or self._lines.receive(line), self._accounting)

    def receive_message(self, message: bytes) -> list[str]:
        """Take a whole message; the lines that answer it."""
        answer = self._lines.answer(message) if self._is_at_once else None
        if isinstance(answer, list):
            return answer
        waiting = self._lines.receive_message(message) if answer is None else [answer]
        return [line for steps in waiting for line in book_in_place(steps, self._accounting)]

    def finish(self) -> list[str]:
        """Give up waiting for the rest of a frame; the lines that answer it."""
        return book_in_place(self._lines.finish(), self._accounting)

    def do_deferred(self, is_idle: bool) -> float | None:
        """Do what may be late, and write the log."""
        again = self._lines.do_deferred(is_idle)
        self._log.flush()
        return again

    def close(self) -> None:
        """Tidy up, and write the log."""
        self._lines.close()
        self._log.flush()
