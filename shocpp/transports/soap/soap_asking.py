"""A command over SOAP: a POST to where a charge point serves, and what it answers, as frames; waits in the loop."""

from __future__ import annotations

from shocpp import http_client
from shocpp.errors import ShocppError
from shocpp.http.message import HttpError
from shocpp.ocpp.frames import GENERIC_ERROR, NOT_SENT, CallError, CallResult
from shocpp.ocpp.soap import write_envelope
from shocpp.ocpp.soap.dialects import CHARGE_POINT
from shocpp.ocpp.soap.read_envelope import EnvelopeError, is_answer, read
from shocpp.spool.journal.journal_entry import IN, OUT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.http.message import HttpMessage
    from shocpp.ocpp.frames import Call
    from shocpp.ocpp.soap.dialects import Dialect
    from shocpp.transports.soap.soap_address import Destination


async def ask(
    where: Destination,
    dialect: Dialect,
    identity: str,
    call: Call,
    limit: int,
    note: Callable[[str, bytes], None],
) -> CallResult | CallError:
    """
    Ask a charge point; whatever fails on the way becomes a refusal that says so.

    Args:
        where: Where it serves.
        dialect: The version that it speaks.
        identity: Its name.
        call: What is asked.
        limit: How many bytes its answer may have.
        note: Is told of each envelope: direction and bytes.
    """
    try:
        data = write_envelope.request(
            dialect, CHARGE_POINT, call.action, call.payload, identity, f"uuid:{call.unique_id}", where.url
        )
    except ShocppError as error:
        return CallError(call.unique_id, NOT_SENT, str(error))
    note(OUT, data)
    try:
        message = await http_client.post(
            where.connect_to,
            where.port,
            where.server_name,
            where.target,
            where.host,
            write_envelope.CONTENT_TYPE,
            data,
            limit,
        )
    except TimeoutError:
        return CallError(call.unique_id, NOT_SENT, f"{where.host} does not answer")
    except (OSError, HttpError) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return CallError(call.unique_id, NOT_SENT, f"{where.host}: {reason}")
    note(IN, message.body)
    return _frame_of(call, message)


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
