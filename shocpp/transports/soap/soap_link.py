"""
What lies between a charge point that speaks SOAP and its connection: in the place of a socket, since there is none.

Requests come over connections of their own, each with its answer; what a command asks goes out over another. Between
them the charge point counts as connected, as long as it is heard. To the connection this is a transport of lines.
"""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING, Any, cast

from shocpp.ocpp import frames
from shocpp.ocpp.frames import NOT_SENT, Call, CallError
from shocpp.ocpp.soap.write_envelope import INTERNAL_ERROR
from shocpp.spool.journal.journal_entry import IN, OUT
from shocpp.transports.soap import soap_asking
from shocpp.transports.soap.soap_address import destination

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from shocpp.ocpp.soap.dialects import Dialect
    from shocpp.ocpp.soap.soap_call import Response, SoapCall
    from shocpp.transports.connections.services import Services
    from shocpp.transports.soap.soap_connection import SoapConnection

    Respond = Callable[[int, bytes], None]

_END = "\n"


class SoapLink:
    """
    One charge point's link.

    Args:
        loop: Where commands are asked.
        services: What it shares with others.
        connection: What serves it.
        may_be_elsewhere: An address is believed wherever it is.
        ended: Is told that it is closed.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        services: Services,
        connection: SoapConnection,
        may_be_elsewhere: bool,
        ended: Callable[[SoapLink], None],
    ) -> None:
        self._loop = loop
        self._services = services
        self._may_be_elsewhere = may_be_elsewhere
        self._ended = ended
        self._waiting: deque[tuple[SoapCall, Respond]] = deque()  # requests without an answer, in their order
        self._asking: set[asyncio.Task[None]] = set()  # a loop alone does not keep its tasks
        self._dialect: Dialect | None = None
        self._said = self._came_from = ""
        self._is_paused = self._has_closed = False
        self.connection = connection

    # --- what brings requests calls

    def begin(self, came_from: str) -> None:
        """Begin: the charge point is admitted."""
        self._came_from = came_from
        self.connection.connection_made(cast("asyncio.BaseTransport", self))

    def serve(self, soap_call: SoapCall, came_from: str, respond: Respond) -> None:
        """
        Have a request served.

        Args:
            soap_call: The request.
            came_from: The address that it came from.
            respond: Takes status and body of the response.
        """
        if self._is_paused or self._has_closed:
            respond(*soap_call.refuse(INTERNAL_ERROR, "too much at once: try again"))
            return
        envelope = soap_call.envelope
        self._dialect, self._came_from = soap_call.dialect, came_from
        if envelope.from_address:
            self._said = envelope.from_address
        self._waiting.append((soap_call, respond))
        self.connection.note_envelope(IN, soap_call.data)
        self._receive(soap_call.call.encode())

    # --- what the connection calls

    def is_closing(self) -> bool:
        """Tell whether it is closed."""
        return self._has_closed

    def get_extra_info(self, name: str) -> Any:
        """Give the peer's address."""
        return (self._came_from, 0) if name == "peername" else None

    def pause_reading(self) -> None:
        """Take no requests, for a while."""
        self._is_paused = True

    def resume_reading(self) -> None:
        """Take requests again."""
        self._is_paused = False

    def write(self, data: bytes) -> None:
        """Take a line: the answer to the request that waits for the longest time, or a command."""
        frame = frames.parse(json.loads(data))
        if isinstance(frame, Call):
            task = self._loop.create_task(self._ask(frame))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)
            return
        while self._waiting:
            soap_call, respond = self._waiting.popleft()
            if soap_call.call.unique_id == frame.unique_id:
                self._respond(respond, soap_call.answer(frame))
                return
            self._respond(respond, soap_call.refuse(INTERNAL_ERROR, "it could not be read"))  # it was too long

    def close(self) -> None:
        """End: what waits for an answer gets none that says anything."""
        if self._has_closed:
            return
        self._has_closed = True
        for soap_call, respond in self._waiting:
            respond(*soap_call.refuse(INTERNAL_ERROR, "try again"))
        self._waiting.clear()
        for task in self._asking:
            task.cancel()
        self._ended(self)
        self._services.soon(self.connection.connection_lost, None)

    def abort(self) -> None:
        """End."""
        self.close()

    def _respond(self, respond: Respond, response: Response) -> None:
        self.connection.note_envelope(OUT, response[1])
        respond(*response)

    # --- commands

    async def _ask(self, call: Call) -> None:
        where = destination(self._said, self._came_from, self._may_be_elsewhere)
        frame: frames.CallResult | CallError
        if isinstance(where, str) or self._dialect is None:
            frame = CallError(call.unique_id, NOT_SENT, str(where))
        else:
            limit = self._services.message_limit
            note = self.connection.note_envelope
            frame = await soap_asking.ask(where, self._dialect, self.connection.identity, call, limit, note)
        if not self._has_closed:
            self._receive(frame.encode())

    def _receive(self, line: str) -> None:
        self.connection.data_received(memoryview(f"{line}{_END}".encode()))
