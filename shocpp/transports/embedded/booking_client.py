"""
The listener's end of its bookkeeper: records out to a process of their own, outcomes back, nobody waits for a disk.

Why a process and not threads: a booking is some fifteen system calls, and at each of them a thread and the loop would
hand Python's lock to and fro, which costs more than all of them. While there is none, a thread does its work.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
from collections import deque
from typing import cast

from shocpp.errors import WriteError
from shocpp.spool import bookkeeper
from shocpp.spool.accounting import Accounting, file_of
from shocpp.transports.embedded.workers import Workers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.ledger.record import Record
    from shocpp.spool.accounting import Outcome, RecordFile

    Done = Callable[[Outcome], None]

_PATIENCE_S, _LOOKS = 0.2, 20  # with a bookkeeper that shall end
_SOON_S, _LATEST_S = (
    0.5,
    60.0,
)  # until one that died is started again: the second time in a row twice as long, and so on


class Bookkeeper(asyncio.Protocol):
    """
    Books for all connections.

    Args:
        loop: Where outcomes are handed over.
        folder: The accounting folder.
        say: Takes a level and a line for the log.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, folder: str, say: Callable[[str, str], None]) -> None:
        self._loop = loop
        self._folder = folder
        self._say = say
        self._accounting = Accounting(folder, lambda text: say("WARNING", text))
        self._thread: Workers | None = None  # books while there is no process, from the first time on
        self._wait_s = _SOON_S
        self._pending: deque[tuple[RecordFile, Done]] = deque()
        self._requests: list[bytes] = []
        self._rest = b""
        self._has_closed = False
        self._process: subprocess.Popen[bytes] | None = None
        self._transport: asyncio.Transport | None = None

    async def start(self) -> None:
        """Start the process; where that is not possible, try again later."""
        ours, its = socket.socketpair()
        try:
            command = bookkeeper.command(self._folder)
            self._process = subprocess.Popen(command, stdin=its.fileno(), stdout=its.fileno())  # noqa: S603 - ours; takes 1 ms
            self._transport, _ = await self._loop.connect_accepted_socket(lambda: self, ours)
        except OSError as error:
            ours.close()
            self._fail(f"no process to book in: {error.strerror}")
        finally:
            its.close()

    def book(self, record: Record, done: Done) -> None:
        """Book a record; ``done`` is called with what ``Accounting.book_all`` says of it, never before this returns."""
        file = file_of(record)
        if self._transport is None:
            self._book_in_thread(file, done)
            return
        self._pending.append((file, done))
        self._requests.append(bookkeeper.request(file))
        if len(self._requests) == 1:  # what else comes in this turn of the loop goes with it
            self._loop.call_soon(self._send)

    async def close(self) -> None:
        """Let the process end once its work is done; nobody waits for it for long."""
        self._has_closed = True
        self._send()
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()
        for _ in range(_LOOKS):
            if self._process is None or self._process.poll() is not None:
                break
            await asyncio.sleep(_PATIENCE_S / _LOOKS)

    def _send(self) -> None:
        requests, self._requests = self._requests, []
        if self._transport is not None:
            self._transport.write(b"".join(requests))

    # --- what asyncio calls

    def data_received(self, data: bytes) -> None:
        """Take outcomes, in the order of the files, and warnings."""
        *lines, self._rest = (self._rest + data).split(b"\n")
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
        if self._transport is None:
            return
        self._transport, self._rest = None, b""
        self._requests.clear()  # they are all pending
        self._fail("the process that books has died")
        pending, self._pending = self._pending, deque()
        for file, done in pending:
            self._book_in_thread(file, done)

    # --- without a process

    def _fail(self, why: str) -> None:
        """Have a thread do the work, and start another process after a while, which grows each time."""
        self._say("ERROR", f"{why}; a thread books, and another process is tried in {self._wait_s:g} s")
        self._loop.call_later(self._wait_s, self._start_again)
        self._wait_s = min(2 * self._wait_s, _LATEST_S)

    def _start_again(self) -> None:
        if not self._has_closed:
            self._starting = self._loop.create_task(self.start())

    def _book_in_thread(self, file: RecordFile, done: Done) -> None:
        if self._thread is None:
            self._thread = Workers(self._loop, 1, "booking")
        self._thread.submit(
            lambda: self._accounting.book_all([file])[0],
            lambda outcome, error: done(cast("Outcome", outcome) if error is None else WriteError(str(error))),
        )
