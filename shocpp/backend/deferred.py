"""
What one connection does once its answers have left: validation of what was lenient, the journal, sightings.

Knows what is due and when; a transport decides when it has time for it. What fails here by our own fault is told to the
log and ends nothing.
"""

from __future__ import annotations

from shocpp.backend import own_faults

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.backend.connection_journal import Journal
    from shocpp.backend.observer import Observer
    from shocpp.backend.own_faults import Result
    from shocpp.backend.serving import Backend
    from shocpp.spool.run.held_mailbox import HeldMailbox


class Deferred:
    """
    Does what may be late for one connection.

    Args:
        backend: Serves its messages; looks at the accounts again after each time.
        observer: Has what was seen.
        journal: Keeps its frames; None where no journal is kept.
        say: Writes a line of the charge point's log: level and text.
        connection: Tells whether somebody else serves the charge point by now.
        monotonic: Gives seconds that go on whatever is done to the clock.

    Attributes:
        check: Holds what was answered leniently against the schemas.
    """

    __slots__ = ("_backend", "_connection", "_journal", "_monotonic", "_observer", "_say", "check")

    def __init__(
        self,
        backend: Backend,
        observer: Observer,
        journal: Journal | None,
        say: Callable[[str, str], None],
        connection: HeldMailbox,
        monotonic: Callable[[], float],
    ) -> None:
        self._backend = backend
        self._observer = observer
        self._journal = journal
        self._connection = connection
        self._monotonic = monotonic
        self._say = say
        self.check = observer.payloads.check

    def do(self, is_idle: bool) -> float | None:
        """
        Do what may be late, once the answers have left.

        Args:
            is_idle: No more input is waiting.

        Returns:
            Seconds after which this wants to be called again, None if there is no need.
        """
        self.check()
        waits = []
        if self._journal is not None:
            waits.append(self._attempt("keeping the journal", self._journal.write))
        self._backend.look_again()
        now = self._monotonic()
        if self._observer.is_due(now, is_idle):
            self._attempt("writing sightings", self._observer.flush, now)
        waits.append(self._observer.wait(now))
        return min((wait for wait in waits if wait is not None), default=None)

    def due_in(self) -> float | None:
        """Give the seconds after which there is something to do, 0 for now; None for nothing."""
        now = self._monotonic()
        is_due = self._journal is not None or self._observer.is_due(now, is_idle=False)
        return 0.0 if is_due else self._observer.wait(now)

    def finish(self, is_hasty: bool) -> None:
        """Do all that is left, at the end of the connection; what was seen lately only if there is time for that."""
        self.check()
        if self._journal is not None:
            self._attempt("keeping the journal", self._journal.end, self._connection.is_taken_over)
        if not is_hasty:
            self._attempt("noting what was seen", self._observer.read_kept)
            self._attempt("writing sightings", self._observer.flush, self._monotonic())

    def _attempt(self, what: str, do: Callable[..., Result], *values: object) -> Result | None:
        return own_faults.attempt(self._say, what, do, *values)
