"""
The listener's end of its bookkeeper: records out to a process of their own, outcomes back, nobody waits for a disk.

Why a process and not threads: a booking is some fifteen system calls, and at each of them a thread and the loop would
hand Python's lock to and fro, which costs more than all of them. Should the process die, its work is done here.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
from collections import deque

from shocpp.spool import bookkeeper
from shocpp.spool.accounting import Accounting, file_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.ledger.record import Record
    from shocpp.spool.accounting import Outcome, RecordFile

    Done = Callable[[Outcome], None]

_PATIENCE_S, _LOOKS = 0.2, 20  # with a bookkeeper that shall end


class Bookkeeper(asyncio.Protocol):
    """
    Books for all connections.

    Args:
        accounting: Where the records go.
        folder: Its folder.
        say: Takes a level and a line for the log.
    """

    def __init__(self, accounting: Accounting, folder: str, say: Callable[[str, str], None]) -> None:
        self._accounting = accounting
        self._folder = folder
        self._say = say
        self._pending: deque[tuple[RecordFile, Done]] = deque()
        self._requests: list[bytes] = []
        self._rest = b""
        self._is_proven = False
        self._process: subprocess.Popen[bytes] | None = None
        self._transport: asyncio.Transport | None = None

    async def start(self) -> None:
        """Start the process, if that is possible."""
        ours, its = socket.socketpair()
        try:
            command = bookkeeper.command(self._folder)
            self._process = subprocess.Popen(command, stdin=its.fileno(), stdout=its.fileno())  # noqa: S603 - ours; takes 1 ms
            self._transport, _ = await asyncio.get_running_loop().connect_accepted_socket(lambda: self, ours)
        except OSError as error:
            ours.close()
            self._say("ERROR", f"no process to book in: {error.strerror}; while the disk is slow, all have to wait")
        finally:
            its.close()

    def book(self, record: Record, done: Done) -> None:
        """Book a record; ``done`` is called with what ``Accounting.book_all`` says of it, never before this returns."""
        file = file_of(record)
        if self._transport is None:
            (outcome,) = self._accounting.book_all([file])
            asyncio.get_running_loop().call_soon(done, outcome)
            return
        self._pending.append((file, done))
        self._requests.append(bookkeeper.request(file))
        if len(self._requests) == 1:  # what else comes in this turn of the loop goes with it
            asyncio.get_running_loop().call_soon(self._send)

    async def close(self) -> None:
        """Let the process end once its work is done; nobody waits for it for long."""
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
        """Take outcomes, in the order of the files."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._is_proven = True
            _, done = self._pending.popleft()
            done(bookkeeper.response(line))

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002
        """Do the work of a process that died, and start another one unless it never did any."""
        if self._transport is None:
            return
        self._transport, self._rest = None, b""
        self._requests.clear()  # they are all pending
        self._say("ERROR", "the process that books has died: what it had in hand is booked without it")
        pending, self._pending = self._pending, deque()
        outcomes = self._accounting.book_all([file for file, _ in pending])
        for (_, done), outcome in zip(pending, outcomes, strict=True):
            done(outcome)
        if self._is_proven:
            self._is_proven = False
            self._starting = asyncio.ensure_future(self.start())
