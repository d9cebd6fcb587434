"""
What one charge point wants done, one thing at a time, in the order in which it came.

What may wait for the disk is done elsewhere: the bookkeeper books, a worker writes sightings and takes the mailbox
over. What comes meanwhile from the same charge point queues, all others go on.
"""

from __future__ import annotations

from collections import deque

from shocpp.errors import ShocppError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.backend.lines import Lines
    from shocpp.backend.steps import Steps
    from shocpp.spool.accounting import Outcome
    from shocpp.transports.embedded.connection import Session
    from shocpp.transports.embedded.server import Server
    from shocpp.transports.embedded.wire import Message

    Item = Message | Callable[[], object]

_MOST_QUEUED = 32  # messages that wait for the disk; beyond, no more is read
_MOST_UNSETTLED = 1 << 18  # bytes of messages that were answered, which a journal keeps until the backend is settled


class Turns:
    """
    Has a backend do what comes over one connection.

    Args:
        session: The connection; takes lines that answer.
        server: Has a bookkeeper and workers.
    """

    __slots__ = ("_is_due", "_is_over", "_leaving", "_queue", "_server", "_session", "_unsettled", "backend")

    def __init__(self, session: Session, server: Server) -> None:
        self._session = session
        self._server = server
        self._queue: deque[Item] | None = deque()  # what waits for the thing that is being done, or for the begin
        self._unsettled = 0  # bytes since the backend was settled
        self._is_due = self._is_over = False
        self._leaving: tuple[int, str] | None = None
        self.backend: Lines | None = None

    def begin(self, backend: Lines, is_new: bool) -> None:
        """Take the charge point's mailbox over and serve it; ``is_new`` says that folders must be made and synced."""
        self.backend = backend
        early, self._queue = self._queue or (), None
        if is_new:
            self.take(backend.open)
        else:
            backend.open()  # some system calls on files that are there: to hand it to a worker would take longer
            self._unsettle(0)
        for item in early:
            self.take(item)

    def take(self, item: Item) -> None:
        """Do something now, or after what is being done."""
        if self._queue is None:
            self._do(item)
            return
        self._queue.append(item)
        if len(self._queue) >= _MOST_QUEUED:
            self._session.hold_back()

    def request(self) -> None:
        """Look into the mailbox."""
        self.take(self._request)

    def settle(self) -> None:
        """Let the backend do what may be late."""
        self._is_due, self._unsettled = False, 0
        if not self._is_over:
            self.take(self._settle)

    def leave(self, code: int, reason: str) -> None:
        """Say goodbye after what came before."""
        if self._queue is None or self.backend is None:
            self._session.say_goodbye(code, reason)
        else:
            self._leaving = (code, reason)

    def end(self) -> None:
        """Serve what came before, then tidy up: the connection is closed."""
        if self.backend is not None and not self._is_over:
            self.take(self._end)

    # --- one thing at a time

    def _do(self, item: Item) -> bool:
        """Do something; True if it goes on elsewhere and all else on this connection must queue."""
        if not callable(item):
            return self._go_on(self._serve(item), len(item))
        self._wait()
        self._server.workers.submit(item, self._done)
        return True

    def _wait(self) -> None:
        if self._queue is None:
            self._queue = deque()

    def _serve(self, message: Message) -> Steps[list[str]]:
        """Answer a message: it is whole, so what is unfinished in it will not be finished by the next one."""
        backend = self.backend
        assert backend is not None  # noqa: S101 - messages come after the handshake
        if b"\n" in message:
            lines = []
            for line in message.split(b"\n"):
                lines += yield from backend.receive(line)  # type: ignore[arg-type]
        else:
            lines = yield from backend.receive(message)  # type: ignore[arg-type]
        return [*lines, *(yield from backend.finish())] if backend.unfinished else lines

    def _go_on(self, steps: Steps[list[str]], size: int, outcome: Outcome | None = None) -> bool:
        """Take steps up to the next record, or to the answers; True if a record is being booked."""
        try:
            record = steps.throw(outcome) if isinstance(outcome, ShocppError) else steps.send(outcome)  # type: ignore[arg-type]
            self._server.bookkeeper.book(record, lambda booked: self._booked(steps, size, booked))
        except StopIteration as end:
            self._session.send(end.value)
            self._check(size)
            return False
        except Exception as error:  # a fault of ours ends this connection; it still has to tidy up, and others go on
            self._server.failed(self._session, error)
            return False
        self._wait()
        return True

    def _booked(self, steps: Steps[list[str]], size: int, booked: Outcome) -> None:
        if not self._go_on(steps, size, booked):
            self._catch_up()

    def _done(self, result: object, error: BaseException | None) -> None:
        """Go on after a worker has done its part."""
        if error is not None:
            self._server.failed(self._session, error)
        elif isinstance(result, list):
            self._session.send(result)
            self._unsettle(0)
        elif isinstance(result, float):
            self._unsettle(0)
        self._catch_up()

    def _catch_up(self) -> None:
        """Do what came while something was done elsewhere."""
        queue = self._queue
        assert queue is not None  # noqa: S101 - it had to queue
        while queue:
            if self._do(queue.popleft()):
                return
        self._queue = None
        if self._is_over:
            self._server.ended(self._session)
        elif self._leaving is not None:
            self._session.say_goodbye(*self._leaving)
        else:
            self._session.go_on()

    # --- what a worker does

    def _request(self) -> list[str]:
        line = self.backend.request() if self.backend is not None else None
        return [] if line is None else [line]

    def _settle(self) -> float | None:
        return self.backend.do_deferred(is_idle=False) if self.backend is not None else None

    def _end(self) -> None:
        assert self.backend is not None  # noqa: S101 - it has begun
        self._is_over = True
        self.backend.close()

    # --- what may be late

    def _check(self, size: int) -> None:
        """Do at once what need not be late now that the answer has left: what is kept for later takes memory."""
        if self.backend is not None:
            self.backend.check()
        self._unsettle(size)

    def _unsettle(self, size: int) -> None:
        """See that the backend is settled in a while, or now if much is waiting for it."""
        self._unsettled += size
        if not self._is_due:
            self._is_due = True
            self._server.settle_later(self)
        elif self._unsettled > _MOST_UNSETTLED:
            self._unsettled = 0
            self.take(self._settle)
