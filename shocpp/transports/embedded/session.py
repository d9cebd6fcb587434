"""
One connection: bytes from a socket through WebSocket frames to messages, and answers the same way back.

Serves one thing at a time, in the order in which it came. What may wait for the disk is done elsewhere: the bookkeeper
books, a worker writes sightings and takes the mailbox over. What comes meanwhile on the same connection queues, all
other connections go on.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque

from shocpp.errors import ShocppError
from shocpp.transports.embedded.handshake import Handshake
from shocpp.transports.embedded.wire import Wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from websockets.http11 import Request

    from shocpp.backend import Backend, Steps
    from shocpp.ledger.charge_points import ChargePoint
    from shocpp.spool.accounting import Outcome
    from shocpp.transports.embedded.server import Server
    from shocpp.transports.embedded.wire import Message

    Item = Message | Callable[[], object]

GOING_AWAY, PROTOCOL_ERROR, POLICY_VIOLATION = 1001, 1002, 1008

_MOST_QUEUED = 32  # messages that wait for the disk; beyond, no more is read
_MOST_UNSETTLED = 1 << 18  # bytes of messages that were answered and are not validated yet


class Session(asyncio.BufferedProtocol):
    """
    One connection.

    Args:
        server: The one that accepted it.
    """

    __slots__ = (
        "_handshake",
        "_is_due",
        "_is_over",
        "_leaving",
        "_queue",
        "_server",
        "_unsettled",
        "_wire",
        "address",
        "backend",
        "charge_point",
        "heard",
        "identity",
        "mailbox",
        "pinged",
        "stalled",
        "transport",
    )

    def __init__(self, server: Server) -> None:
        self._server = server
        self._handshake: Handshake | None = Handshake(server.silence)
        self._wire = Wire(server.message_limit, server.silence)
        self._queue: deque[Item] | None = deque()  # what waits for the thing that is being done, or for the begin
        self._unsettled = 0  # bytes since the backend was settled
        self._is_due = self._is_over = False
        self._leaving: tuple[int, str] | None = None
        self.transport: asyncio.Transport | None = None
        self.address = ""
        self.identity = ""
        self.backend: Backend | None = None
        self.charge_point: ChargePoint | None = None
        self.mailbox = ""
        self.heard = self.pinged = self.stalled = 0.0

    # --- what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin: the clock of the handshake runs."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a stream
        self.transport = transport
        peer = transport.get_extra_info("peername")
        self.address = str(peer[0]) if isinstance(peer, tuple) else ""
        self._server.arrived(self)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002
        """Give all connections the same buffer: each takes out what is its own before the next one comes."""
        return self._server.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Take what came; at most a buffer full, so that nobody can make the others wait for long."""
        self.heard = self._server.now()
        data = self._server.buffer[:nbytes]
        if self._handshake is not None:
            self._shake_hands(self._handshake, data)
        else:
            for message in self._wire.receive(data):
                self._push(message)
            self._flush()

    def eof_received(self) -> bool:
        """Let the transport close: a half-closed WebSocket is none."""
        return False

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002
        """Serve what came before, then tidy up."""
        self.transport = None
        self._server.left(self)
        if self.backend is not None and not self._is_over:
            self._push(self._end)

    def pause_writing(self) -> None:
        """Read nothing more from a peer that does not read its answers."""
        self.stalled = self._server.now()
        if self.transport is not None:
            self.transport.pause_reading()

    def resume_writing(self) -> None:
        """Go on when it has read them."""
        self.stalled = 0.0
        self._resume()

    # --- what the server calls

    def hold_back(self) -> None:
        """Read nothing more while it is being found out whether the peer may connect."""
        if self.transport is not None:
            self.transport.pause_reading()

    def accept(self, request: Request, subprotocol: str | None) -> bool:
        """Complete the handshake; False if it was no valid one and the refusal is on its way."""
        handshake = self._handshake
        assert handshake is not None  # noqa: S101 - until now
        is_valid = handshake.accept(request, subprotocol)
        self._flush()
        if is_valid:
            self._handshake = None
            for message in self._wire.receive(memoryview(handshake.rest)) if handshake.rest else ():
                self._push(message)
        self._resume()
        return is_valid

    def refuse(self, status: int, text: str, headers: dict[str, str]) -> None:
        """Answer the handshake with an HTTP error and hang up."""
        assert self._handshake is not None  # noqa: S101 - until now
        self._handshake.refuse(status, text, headers)
        self._flush()
        self.hang_up()

    def begin(self, backend: Backend) -> None:
        """Take the charge point's mailbox over and serve it."""
        self.backend = backend
        early, self._queue = self._queue or (), None
        if os.path.isdir(os.path.dirname(self.mailbox)):
            backend.open()  # some system calls on files that are there: to hand it to a worker would take longer
            self._unsettle(0)
        else:
            self._push(backend.open)  # new folders are synced
        for item in early:
            self._push(item)

    def request(self) -> None:
        """Look into the mailbox."""
        self._push(self._request)

    def settle(self) -> None:
        """Let the backend do what may be late."""
        self._is_due, self._unsettled = False, 0
        if not self._is_over:
            self._push(self._settle)

    def ping(self) -> None:
        """Find out whether the peer is still there; keep what lies between us from forgetting it."""
        self._wire.ping()
        self._flush()

    def leave(self, code: int, reason: str = "") -> None:
        """Serve what came, then say goodbye and hang up."""
        if self._queue is None or self.backend is None:
            self._say_goodbye(code, reason)
        else:
            self._leaving = (code, reason)

    def hang_up(self) -> None:
        """Close the connection once what was written has left."""
        if self.transport is not None:
            self.stalled = self.stalled or self._server.now()
            # not at once: asyncio's TLS loses what was written if it is closed while it hands data over
            self._server.soon(self.transport.close)

    def abort(self) -> None:
        """Close the connection at once."""
        if self.transport is not None:
            self.transport.abort()

    # --- messages

    def _shake_hands(self, handshake: Handshake, data: memoryview) -> None:
        request = handshake.receive(data)
        if handshake.is_too_long:
            self.abort()
            return
        if request is not None:
            self._server.asked(self, request)
        self._flush()

    def _push(self, item: Item) -> None:
        """Do something now, or after what is being done."""
        if self._queue is None:
            self._do(item)
            return
        self._queue.append(item)
        if len(self._queue) >= _MOST_QUEUED and self.transport is not None:
            self.transport.pause_reading()

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
                lines += yield from backend.serve(line)  # type: ignore[arg-type]
        else:
            lines = yield from backend.serve(message)  # type: ignore[arg-type]
        return [*lines, *(yield from backend.serve_rest())] if backend.unfinished else lines

    def _go_on(self, steps: Steps[list[str]], size: int, outcome: Outcome | None = None) -> bool:
        """Take steps up to the next record, or to the answers; True if a record is being booked."""
        try:
            record = steps.throw(outcome) if isinstance(outcome, ShocppError) else steps.send(outcome)  # type: ignore[arg-type]
        except StopIteration as end:
            self._send(end.value)
            self._check(size)
            return False
        self._wait()
        self._server.bookkeeper.book(record, lambda booked: self._booked(steps, size, booked))
        return True

    def _booked(self, steps: Steps[list[str]], size: int, booked: Outcome) -> None:
        try:
            if not self._go_on(steps, size, booked):
                self._catch_up()
        except Exception as error:  # whoever calls this has the outcomes of others in hand, too
            self._server.failed(self, error)

    def _done(self, result: object, error: BaseException | None) -> None:
        """Go on after a worker has done its part."""
        if error is not None:
            self._server.failed(self, error)
        elif isinstance(result, list):
            self._send(result)
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
            self._server.ended(self)
        elif self._leaving is not None:
            self._say_goodbye(*self._leaving)
        elif not self.stalled:
            self._resume()

    def _request(self) -> list[str]:
        line = self.backend.request() if self.backend is not None else None
        return [] if line is None else [line]

    def _settle(self) -> float | None:
        return self.backend.settle(is_idle=False) if self.backend is not None else None

    def _end(self) -> None:
        assert self.backend is not None  # noqa: S101 - it has begun
        self._is_over = True
        self.backend.close()

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
            self._push(self._settle)

    def _send(self, lines: list[str]) -> None:
        if self.transport is not None and self._wire.is_open:
            for line in lines:
                self.transport.write(self._wire.frame(line))

    def _say_goodbye(self, code: int, reason: str) -> None:
        self._wire.close(code, reason)
        self._flush()
        self.hang_up()

    def _flush(self) -> None:
        """Write what is to be written besides messages; hang up where that is due."""
        data, is_end = (self._handshake or self._wire).outgoing()
        if self.transport is not None:
            if data:
                self.transport.write(data)
            if is_end:
                self.hang_up()

    def _resume(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.resume_reading()
