"""The server of a charge point that speaks SOAP: the central system posts commands, and waits for their answers."""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING

from shocpp.http import writing
from shocpp.http.message import HttpError
from shocpp.http.reader import HttpReader
from shocpp.ocpp.soap import write_envelope
from shocpp.ocpp.soap.dialects import CHARGE_POINT
from shocpp.ocpp.soap.soap_call import SoapRefusal, read_call

if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.charge_point.quirks.envelopes import Envelopes
    from shocpp.ocpp.frames import CallError, CallResult

_LONGEST = 1 << 20
_AT_ONCE = 65_536  # bytes
_PATIENCE_S = 30.0  # with a charge point that does not answer


class SoapServer:
    """
    Takes commands.

    Args:
        take: Is given each command as the line of a CALL; its answer comes by ``answer``.
        envelopes: Gets the answers wrong as its quirks want it.
    """

    def __init__(self, take: Callable[[bytes], None], envelopes: Envelopes) -> None:
        self._take = take
        self._envelopes = envelopes
        self._waiting: dict[str, asyncio.Future[CallResult | CallError]] = {}
        self._server: asyncio.Server | None = None
        self.port = 0

    async def start(self, host: str) -> None:
        """
        Listen on a port that is free.

        Raises:
            OSError: The address is not ours.
        """
        self._server = await asyncio.start_server(self._serve, host, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Take no more."""
        if self._server is not None:
            self._server.close()

    def answer(self, frame: CallResult | CallError) -> None:
        """Answer a command; one that nobody waits for any more is passed over."""
        waiting = self._waiting.get(str(frame.unique_id))
        if waiting is not None and not waiting.done():
            waiting.set_result(frame)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests = HttpReader(_LONGEST)
        try:
            while data := await reader.read(_AT_ONCE):
                for request in requests.receive(data):
                    status, body = await self._answer(request.body)
                    writer.write(writing.response(status, write_envelope.CONTENT_TYPE, body, {}, request.is_last))
                    if request.is_last:
                        return
        except (OSError, HttpError):
            pass  # whoever asks has gone, or does not speak HTTP
        finally:
            writer.close()

    async def _answer(self, data: bytes) -> tuple[int, bytes]:
        soap_call = read_call(data, CHARGE_POINT, f"urn:uuid:{uuid.uuid4()}")
        if isinstance(soap_call, SoapRefusal):
            return soap_call.response
        call = soap_call.call
        waiting = self._waiting[str(call.unique_id)] = asyncio.get_running_loop().create_future()
        try:
            self._take(call.encode().encode())
            async with asyncio.timeout(_PATIENCE_S):
                status, body = soap_call.answer(await waiting)
        except TimeoutError:
            status, body = soap_call.refuse(write_envelope.INTERNAL_ERROR, "no answer")
        finally:
            del self._waiting[str(call.unique_id)]
        return status, self._envelopes.answer(body)
