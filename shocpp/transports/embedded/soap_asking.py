"""A command over SOAP: a POST to where a charge point serves, and what it answers, as frames; waits in the loop."""

from __future__ import annotations

import asyncio

from shocpp.errors import ShocppError
from shocpp.http import writing
from shocpp.http.message import HttpError
from shocpp.http.reader import HttpReader
from shocpp.ocpp.frames import GENERIC_ERROR, NOT_SENT, CallError, CallResult
from shocpp.ocpp.soap import write_envelope
from shocpp.ocpp.soap.dialects import CHARGE_POINT
from shocpp.ocpp.soap.read_envelope import EnvelopeError, is_answer, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.http.message import HttpMessage
    from shocpp.ocpp.frames import Call
    from shocpp.ocpp.soap.dialects import Dialect
    from shocpp.transports.embedded.soap_address import Destination

_CONNECT_S = 10.0
_ANSWER_S = 60.0  # a charge point may take its time to unlock a connector
_AT_ONCE = 65_536  # bytes


async def ask(where: Destination, dialect: Dialect, identity: str, call: Call, limit: int) -> CallResult | CallError:
    """
    Ask a charge point; whatever fails on the way becomes a refusal that says so.

    Args:
        where: Where it serves.
        dialect: The version that it speaks.
        identity: Its name.
        call: What is asked.
        limit: How many bytes its answer may have.
    """
    try:
        data = write_envelope.request(
            dialect, CHARGE_POINT, call.action, call.payload, identity, f"uuid:{call.unique_id}", where.url
        )
    except ShocppError as error:
        return CallError(call.unique_id, NOT_SENT, str(error))
    try:
        message = await _post(where, data, limit)
    except TimeoutError:
        return CallError(call.unique_id, NOT_SENT, f"{where.host} does not answer")
    except (OSError, HttpError) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return CallError(call.unique_id, NOT_SENT, f"{where.host}: {reason}")
    return _frame_of(call, message)


async def _post(where: Destination, data: bytes, limit: int) -> HttpMessage:
    """
    Post, and read the response.

    Raises:
        OSError: Nobody is there, or nobody answers in time.
        HttpError: What answers is no HTTP.
    """
    async with asyncio.timeout(_CONNECT_S):
        tls = await asyncio.to_thread(_trusting) if where.server_name is not None else None
        reader, writer = await asyncio.open_connection(
            where.connect_to, where.port, ssl=tls, server_hostname=where.server_name
        )
    try:
        writer.write(
            writing.request(where.target, where.host, write_envelope.CONTENT_TYPE, data, {"Connection": "close"})
        )
        async with asyncio.timeout(_ANSWER_S):
            return await _response(reader, limit)
    finally:
        writer.transport.abort()


async def _response(reader: asyncio.StreamReader, limit: int) -> HttpMessage:
    answers = HttpReader(limit, is_client=True)
    while data := await reader.read(_AT_ONCE):
        found = answers.receive(data)
        if found:
            return found[0]
    last = answers.finish()
    if last is None:
        raise HttpError(502, "the connection ended without an answer")
    return last


def _trusting() -> object:
    """Make what checks a charge point's certificate: authorities are read, which takes tens of milliseconds."""
    import ssl

    return ssl.create_default_context()


def _frame_of(call: Call, message: HttpMessage) -> CallResult | CallError:
    """Read a response: it answers what was asked over this connection, whatever its headers relate to."""
    try:
        envelope = read(message.body)
    except EnvelopeError as error:
        status = "" if message.status == 200 else f"HTTP {message.status}: "
        return CallError(call.unique_id, GENERIC_ERROR, f"{status}{error}")
    if envelope.fault is not None:
        code, reason = envelope.fault
        return CallError(call.unique_id, write_envelope.CODES.get(code, code), reason)
    if not is_answer(envelope) or envelope.action != call.action:
        return CallError(call.unique_id, GENERIC_ERROR, f"it answers with {envelope.action} {envelope.kind}")
    return CallResult(call.unique_id, envelope.payload)
