"""
What one charge point wants done, one task at a time, in the order in which it came.

A task is a message to answer, or something that the backend does in a thread. While one of them waits for the disk (the
bookkeeper books a record, a worker writes sightings or takes the mailbox over) those that follow it from the same
charge point queue, and all other charge points are served.
"""

from __future__ import annotations

from functools import partial

from shocpp.errors import ShocppError
from shocpp.transports.connections.noting import Noting
from shocpp.transports.connections.waiting_tasks import WaitingTasks, size_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from shocpp.backend.lines import Lines
    from shocpp.backend.steps import Step
    from shocpp.stores.bookkeeper import Done
    from shocpp.transports.connections.noting import Note
    from shocpp.transports.connections.served_connection import ServedConnection
    from shocpp.transports.connections.services import Services
    from shocpp.transports.connections.waiting_tasks import Task
    from shocpp.transports.wires.wire import Message

    Job = Callable[[], object]
    # yields each step that the bookkeeper takes and wants its outcome; what a worker shall do; None between two frames
    Work = Generator[Step | Job | None, Done | None, list[str]]

_KNOWN_S = 5.0  # seconds that a charge point is served before what it wants of the disk goes before what new ones want
_LONG = 1 << 16  # bytes of a message whose check takes too long for the loop
_MOST_ANSWERED = 1 << 18  # bytes of messages that were answered, which a journal keeps until housekeeping


class TaskQueue:
    """
    Has a backend do what comes over one connection.

    Args:
        connection: The one that is served.
        services: What it shares with others.
        begin: Has a backend begin to serve the charge point: calls ``start``.

    Attributes:
        backend: Serves the charge point; None until ``start``.
    """

    __slots__ = (
        "_answered",
        "_begin",
        "_close",
        "_connection",
        "_has_closed",
        "_is_new",
        "_is_planned",
        "_services",
        "_started",
        "_waiting",
        "backend",
    )

    def __init__(self, connection: ServedConnection, services: Services, begin: Callable[[TaskQueue], object]) -> None:
        self._connection = connection
        self._services = services
        self._begin = begin
        self._waiting: WaitingTasks | None = WaitingTasks(services.held)  # None: a task that comes is done at once
        self._started = 0.0  # by the loop's time; when the backend began to serve
        self._answered = 0  # bytes since the last housekeeping
        self._is_new = False  # nothing was kept of the charge point before, and nothing is before it is served
        self._is_planned = self._has_closed = False
        self._close: tuple[int, str] | None = None  # code and reason, once all is done
        self.backend: Lines | None = None

    def serve(self) -> None:
        """Have a backend begin to serve the charge point."""
        self._begin(self)

    def start(self, backend: Lines, is_listed: bool = True, is_known: bool = False) -> None:
        """
        Serve the charge point from now on, first what has come already.

        Args:
            backend: What serves it; takes the mailbox over, which may have to wait for a lock or the disk.
            is_listed: Somebody has listed it. Of another one that was never here nothing is kept before it was served.
            is_known: What it wants of the disk goes first from the begin.
        """
        self.backend = backend
        self._started = self._services.now() - (_KNOWN_S if is_known else 0.0)
        early = self._waiting.take_all() if self._waiting is not None else ()
        self._waiting = None
        self.add(backend.open if is_listed else self._open_if_known)
        self._plan_housekeeping()
        for task in early:
            self.add(task)

    @property
    def is_started(self) -> bool:
        """Tell whether there is a backend, which stays until it has closed."""
        return self.backend is not None

    @property
    def unfinished(self) -> int:
        """Count what is held of a frame that has begun and not ended."""
        return self.backend.unfinished if self.backend is not None else 0

    @property
    def is_known(self) -> bool:
        """Tell whether it goes first to the disk: strangers that come by the hundred are not served for long."""
        return self._services.now() - self._started >= _KNOWN_S

    def add(self, task: Task) -> None:
        """Do a task now, or after those that are under way."""
        if self._waiting is None:
            self._do(task)
            return
        self._waiting.add(task)
        if self._waiting.are_too_many:
            self._connection.pause_reading()

    def note(self, note: Note, size: int) -> None:
        """Have the backend note, in a thread, what goes with the messages before it; its bytes are held until then."""
        self.add(Noting(lambda: self.backend, note, size))

    def fetch_command(self) -> None:
        """Look into the mailbox; a command that is there is sent."""
        self.add(self._fetch_command)

    def do_housekeeping(self) -> None:
        """Let the backend do what may be late, once it is due: for most of what comes nothing is."""
        self._is_planned, self._answered = False, 0
        if self.backend is None or self._has_closed:
            return
        due_in = self.backend.due_in()
        if due_in == 0:
            self.add(self._do_housekeeping)
        elif due_in is not None:
            self._plan_housekeeping()

    def close(self, code: int, reason: str) -> None:
        """Close the WebSocket after what is under way."""
        if self._waiting is None or self.backend is None:
            self._connection.send_close(code, reason)
        else:
            self._close = (code, reason)

    def end(self) -> None:
        """Do what has come, then close the backend: the connection is lost. Without a backend nothing is done."""
        if self.backend is None and self._waiting is not None:
            self._waiting.take_all()
        elif not self._has_closed:
            self.add(self._close_backend)

    # --- one task at a time

    def _do(self, task: Task) -> bool:
        """Begin a task; True if it goes on elsewhere, so that all that follows must queue."""
        if callable(task):
            size = size_of(task)
            self._let_wait()
            self._services.held.add_waiting(size)
            self._services.workers.submit(task, partial(self._worked, size), self.is_known)
            return True
        assert self.backend is not None  # noqa: S101 - messages come after the handshake
        size = len(task)
        answer = None if self._is_new else self.backend.answer(task)  # type: ignore[arg-type]
        if isinstance(answer, list):
            self._connection.send(answer)
            self._answered_one(size)
            return False
        if goes_on := self._advance(answer or self._answer(task), size):
            self._services.held.add_waiting(size)
        return goes_on

    def _let_wait(self) -> None:
        """Have what comes wait from now on."""
        if self._waiting is None:
            self._waiting = WaitingTasks(self._services.held)

    def _answer(self, message: Message) -> Work:
        """Answer a message, which may hold several frames: between two of them it is somebody else's turn."""
        assert self.backend is not None  # noqa: S101 - messages come after the handshake
        lines: list[str] = []
        for number, steps in enumerate(self.backend.receive_message(message)):  # type: ignore[arg-type]
            if number:
                yield None
            lines += yield from steps
        if self._is_new and self.backend.has_served:
            self._is_new = False
            yield self.backend.open  # whoever was answered can be sent commands
        return lines

    def _advance(self, work: Work, size: int, outcome: Done | None = None) -> bool:
        """
        Go on up to the next step, the next frame, or the answers.

        Args:
            work: What remains of answering a message.
            size: The message's size in bytes.
            outcome: What became of the step before.

        Returns:
            Whether the bookkeeper takes a step or another frame follows: the work goes on after that.
        """
        try:
            step = work.throw(outcome) if isinstance(outcome, ShocppError) else work.send(outcome)
            if step is None:
                self._services.soon(self._go_on, work, size)
            elif callable(step):
                self._services.workers.submit(step, partial(self._opened, work, size), self.is_known)
            else:
                self._services.bookkeeper.take(step, lambda done: self._go_on(work, size, done))
        except StopIteration as end:
            self._connection.send(end.value)
            self._answered_one(size)
            return False
        except Exception as error:  # a fault of ours ends this connection; its backend still has to close, others go on
            self._connection.failed(error)
            return False
        self._let_wait()
        return True

    def _go_on(self, work: Work, size: int, outcome: Done | None = None) -> None:
        if not self._advance(work, size, outcome):
            self._services.held.add_waiting(-size)
            self._do_queued()

    def _opened(self, work: Work, size: int, _: object, error: BaseException | None) -> None:
        """Go on with a message after the charge point's folder has been made."""
        if error is not None:
            self._connection.failed(error)
        self._go_on(work, size)

    def _worked(self, size: int, result: object, error: BaseException | None) -> None:
        """Go on after a worker has done its part, which held some bytes."""
        self._services.held.add_waiting(-size)
        if error is not None:
            self._connection.failed(error)
        elif isinstance(result, list):
            self._connection.send(result)
            self._plan_housekeeping()
        elif isinstance(result, float):
            self._plan_housekeeping()
        self._do_queued()

    def _do_queued(self) -> None:
        """Do the tasks that came while one was under way, until one of them is under way itself."""
        waiting = self._waiting
        assert waiting is not None  # noqa: S101 - they had to wait
        while (task := waiting.take()) is not None:
            if self._do(task):
                return
        self._waiting = None
        if self._has_closed:
            self._connection.released()
        elif self._close is not None:
            self._connection.send_close(*self._close)
        else:
            self._connection.continue_reading()

    # --- what a worker does

    def _open_if_known(self) -> None:
        self._is_new = self.backend is not None and not self.backend.open_if_known()

    def _fetch_command(self) -> list[str]:
        line = self.backend.request() if self.backend is not None else None
        return [] if line is None else [line]

    def _do_housekeeping(self) -> float | None:
        return self.backend.do_deferred(is_idle=False) if self.backend is not None else None

    def _close_backend(self) -> None:
        assert self.backend is not None  # noqa: S101 - it has been opened
        self._has_closed = True
        self.backend.close(self._services.is_hasty)

    # --- what may be late

    def _answered_one(self, size: int) -> None:
        """Check a message now that its answer has left: what is kept for later takes memory; a long one takes time."""
        if size > _LONG:
            self.add(self._do_housekeeping)
        elif self.backend is not None:
            self.backend.check()
        self._answered += size
        if not self._is_planned or self._answered > _MOST_ANSWERED:
            self._plan_housekeeping()

    def _plan_housekeeping(self) -> None:
        """See that the backend does what may be late: in a while, or now if much is waiting for it."""
        if not self._is_planned:
            self._is_planned = True
            self._services.housekeeping.plan(self.do_housekeeping)
        elif self._answered > _MOST_ANSWERED:
            self._answered = 0
            self.add(self._do_housekeeping)
