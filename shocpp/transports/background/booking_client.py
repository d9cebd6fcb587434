"""
The listener's end of its bookkeeper: records out to a process of their own, outcomes back, nobody waits for a disk.

Why a process and not threads: a booking is some fifteen system calls, and at each of them a thread and the loop would
hand Python's lock to and fro, which costs more than all of them. While there is none, a thread does its work: when it
died, and when it gave no sign of life for too long and was killed. What it had in hand is booked once all the same.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
from collections import deque

from shocpp.spool.accounting.accounting import Starts, file_of
from shocpp.stores import bookkeeper
from shocpp.transports.background.booking_thread import BookingThread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.backend.steps import Step
    from shocpp.stores.bookkeeper import Done, Task

    TellDone = Callable[[Done], None]

_PATIENCE_S, _LOOKS = 0.2, 20  # with a bookkeeper that shall end
# Until one that died is started again: the second time in a row twice as long, and so on.
_SOON_S, _LATEST_S = 0.5, 60.0
# For any outcome at all, while some are due. The folder's lock may take half of it; a charge point gives its central
# system some thirty seconds.
_LONGEST_SILENCE_S, _LOOK_S = 10.0, 1.0
_CHUNK = 1 << 14  # bytes of outcomes that are read at a time


class Bookkeeper(asyncio.BufferedProtocol):
    """
    Books for all connections.

    Args:
        loop: Where outcomes are handed over.
        where: An accounting folder, or the address of a store.
        say: Takes a level and a line for the log.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, where: str, say: Callable[[str, str], None]) -> None:
        self._loop = loop
        self._where = where
        self._say = say
        self._thread = BookingThread(loop, where, say)  # books while there is no process
        self._wait_s = _SOON_S
        self._heard = 0.0  # the loop's time of the last outcome, or when the first of those that are due was asked for
        self._is_watched = False
        self._pending: deque[tuple[Task, TellDone]] = deque()
        self._requests: list[bytes] = []
        self._buffer = memoryview(bytearray(_CHUNK))  # kept: asyncio would have a quarter of a MiB mapped for each read
        self._rest = b""
        self._has_closed = False
        self._process: subprocess.Popen[bytes] | None = None
        self._transport: asyncio.Transport | None = None

    async def start(self) -> None:
        """Start the process; where that is not possible, try again later."""
        ours, its = socket.socketpair()
        try:
            command = bookkeeper.command(self._where)
            self._process = subprocess.Popen(command, stdin=its.fileno(), stdout=its.fileno())  # noqa: S603 - ours; takes 1 ms
            self._transport, _ = await self._loop.connect_accepted_socket(lambda: self, ours)
        except OSError as error:
            ours.close()
            self._fail(f"no process to book in: {error.strerror}")
        finally:
            its.close()

    def take(self, step: Step, done: TellDone) -> None:
        """
        Book a record, or have open charges kept.

        Args:
            step: Which.
            done: Is called with what ``bookkeeper.perform`` says of it, never before this returns.
        """
        task = step if isinstance(step, Starts) else file_of(step)
        self._watch()
        if self._transport is None:
            self._thread.take(task, done)
            return
        if not self._pending:
            self._heard = self._loop.time()
        self._pending.append((task, done))
        self._requests.append(bookkeeper.request(task))
        if len(self._requests) == 1:  # what else comes in this turn of the loop goes with it
            self._loop.call_soon(self._send)

    async def close(self) -> None:
        """Let the process end once its work is done; nobody waits for it for long."""
        self._has_closed = True
        self._send()
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)  # one that is stopped would never see the end of its input
        for _ in range(_LOOKS):
            if self._process is None or self._process.poll() is not None:
                break
            await asyncio.sleep(_PATIENCE_S / _LOOKS)

    def _send(self) -> None:
        requests, self._requests = self._requests, []
        if self._transport is not None:
            self._transport.write(b"".join(requests))

    # --- what asyncio calls

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002
        """Give where outcomes are read to."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Take outcomes, in the order of the tasks, and warnings."""
        self._heard = self._loop.time()
        *lines, self._rest = (self._rest + self._buffer[:nbytes]).split(b"\n")
        for line in lines:
            said = bookkeeper.response(line)
            if isinstance(said, str):
                self._say("WARNING", said)
            else:
                self._wait_s = _SOON_S
                _, done = self._pending.popleft()
                done(said)

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002
        """Do the work of a process that died, and start another one."""
        if self._transport is not None:
            self._do_without("the process that books has died")

    # --- without a process

    def _watch(self) -> None:
        """Look after what is due in a second, unless that is planned."""
        if not self._is_watched:
            self._is_watched = True
            self._loop.call_later(_LOOK_S, self._look)

    def _look(self) -> None:
        """Kill a process that gives no outcome, whatever holds it; let nobody wait for a thread that gives none."""
        self._is_watched = False
        since = self._loop.time() - _LONGEST_SILENCE_S
        if self._pending and self._heard <= since and self._process is not None and self._transport is not None:
            self._process.kill()  # with it the folder's lock is let go
            self._transport.abort()
            self._do_without(f"the process that books gave no answer for {_LONGEST_SILENCE_S:g} s and is killed")
        self._thread.give_up(since)
        if self._pending or self._thread.is_busy:
            self._watch()

    def _do_without(self, why: str) -> None:
        """Have the thread do what a process had in hand, and start another one."""
        self._transport, self._rest = None, b""
        self._requests.clear()  # they are all pending
        self._fail(why)
        pending, self._pending = self._pending, deque()
        for task, done in pending:
            self._thread.take(task, done)

    def _fail(self, why: str) -> None:
        """Have a thread do the work, and start another process after a while, which grows each time."""
        self._say("ERROR", f"{why}; a thread books, and another process is tried in {self._wait_s:g} s")
        self._loop.call_later(self._wait_s, self._start_again)
        self._wait_s = min(2 * self._wait_s, _LATEST_S)

    def _start_again(self) -> None:
        """Start another process once the last one has ended: a disk that does not answer holds one that was killed."""
        if self._has_closed:
            return
        if self._process is not None and self._process.poll() is None:
            self._loop.call_later(self._wait_s, self._start_again)
        else:
            self._starting = self._loop.create_task(self.start())
