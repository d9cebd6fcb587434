"""
Envelopes as they are sent: requests, responses and faults; the headers that all known peers take.

Source: SOAP 1.2 part 1 §5.4, part 2 §7.5.2.2 (the statuses of HTTP); WS-Addressing 1.0 §3; OCPP 1.5 §4 and §7.2
"""

from __future__ import annotations

from shocpp.ocpp import frames
from shocpp.ocpp.soap.dialects import REQUEST, RESPONSE, element_name
from shocpp.ocpp.soap.elements import NotExpressibleError
from shocpp.ocpp.soap.write_payload import elements_of, escaped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.ocpp.frames import Payload
    from shocpp.ocpp.soap.dialects import Dialect

CONTENT_TYPE = "application/soap+xml; charset=utf-8"
ENVELOPE = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://www.w3.org/2005/08/addressing"
ANONYMOUS = f"{ADDRESSING}/anonymous"

SECURITY_ERROR, IDENTITY_MISMATCH = "SecurityError", "IdentityMismatch"
PROTOCOL_ERROR, INTERNAL_ERROR, NOT_SUPPORTED = "ProtocolError", "InternalError", "NotSupported"
_RECEIVER = (INTERNAL_ERROR, NOT_SUPPORTED)

# for each code of OCPP-J the subcode of a fault
_SUBCODES = {
    frames.NOT_IMPLEMENTED: NOT_SUPPORTED,
    frames.NOT_SUPPORTED: NOT_SUPPORTED,
    frames.INTERNAL_ERROR: INTERNAL_ERROR,
    frames.GENERIC_ERROR: INTERNAL_ERROR,
    frames.SECURITY_ERROR: SECURITY_ERROR,
}
# and back, for what a charge point answers
CODES = {
    SECURITY_ERROR: frames.SECURITY_ERROR,
    PROTOCOL_ERROR: frames.PROTOCOL_ERROR,
    NOT_SUPPORTED: frames.NOT_SUPPORTED,
    "ActionNotSupported": frames.NOT_SUPPORTED,
}


def subcode_of(code: str) -> str:
    """
    Give the subcode of a fault for a code of a CALLERROR.

    >>> subcode_of("InternalError"), subcode_of("TypeConstraintViolation")
    ('InternalError', 'ProtocolError')
    """
    return _SUBCODES.get(code, PROTOCOL_ERROR)


def request(
    dialect: Dialect,
    side: str,
    action: str,
    payload: Payload,
    identity: str,
    message_id: str,
    to: str,
    sender: str = "",
) -> bytes:
    """
    Write a request.

    Args:
        dialect: The version.
        side: Whose service is asked.
        action: What for.
        payload: What it says, in the words of OCPP 1.6.
        identity: The charge point's.
        message_id: A URI that no other message has.
        to: The URL that is asked.
        sender: The URL where the sender serves; empty if it does not.

    Raises:
        NotExpressibleError: This version cannot say it.
    """
    come_from = f"<a:From><a:Address>{escaped(sender)}</a:Address></a:From>" if sender else ""
    headers = (
        f"{come_from}<a:ReplyTo><a:Address>{ANONYMOUS}</a:Address></a:ReplyTo><a:To>{escaped(to)}</a:To>"
        f"<a:MessageID>{escaped(message_id)}</a:MessageID><a:Action>/{action}</a:Action>"
    )
    return _envelope(dialect, side, identity, headers, _message(dialect, side, action, REQUEST, payload))


def response(
    dialect: Dialect, side: str, action: str, payload: Payload, identity: str, message_id: str, relates_to: str
) -> bytes:
    """
    Write what answers a request.

    Args:
        dialect: The version.
        side: Whose service was asked.
        action: What for.
        payload: What is said, in the words of OCPP 1.6.
        identity: The charge point's.
        message_id: A URI that no other message has.
        relates_to: The request's MessageID; empty if it had none.

    Raises:
        NotExpressibleError: This version cannot say it.
    """
    headers = _answering(f"/{action}{RESPONSE}", message_id, relates_to)
    return _envelope(dialect, side, identity, headers, _message(dialect, side, action, RESPONSE, payload))


def fault(
    dialect: Dialect | None, side: str, subcode: str, reason: str, identity: str, message_id: str, relates_to: str
) -> bytes:
    """
    Write what refuses a request.

    Args:
        dialect: The version; None if it is not known.
        side: Whose service was asked.
        subcode: What is wrong, in a word of OCPP's.
        reason: What is wrong, for people.
        identity: The charge point's.
        message_id: A URI that no other message has.
        relates_to: The request's MessageID; empty if it had none.
    """
    code = "Receiver" if subcode in _RECEIVER else "Sender"
    prefix = "m:" if dialect is not None else "s:"
    body = (
        f"<s:Fault><s:Code><s:Value>s:{code}</s:Value><s:Subcode><s:Value>{prefix}{subcode}</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="en">{escaped(reason)}</s:Text></s:Reason></s:Fault>'
    )
    return _envelope(dialect, side, identity, _answering(f"{ADDRESSING}/fault", message_id, relates_to), body)


def status_of(subcode: str) -> int:
    """
    Give the status of HTTP that a fault is sent with: 400 where the sender is wrong, else 500.

    >>> status_of("ProtocolError"), status_of("InternalError")
    (400, 500)
    """
    return 500 if subcode in _RECEIVER else 400


def _answering(action: str, message_id: str, relates_to: str) -> str:
    related = f"<a:RelatesTo>{escaped(relates_to)}</a:RelatesTo>" if relates_to else ""
    own = f"<a:Action>{action}</a:Action><a:MessageID>{escaped(message_id)}</a:MessageID>"
    return f"{own}{related}<a:To>{ANONYMOUS}</a:To>"


def _message(dialect: Dialect, side: str, action: str, kind: str, payload: Payload) -> str:
    fields = dialect.message(side, action, kind)
    if fields is None:
        raise NotExpressibleError(f"OCPP {dialect.version} over SOAP has no {action}")
    try:
        inner = elements_of(payload, fields)
    except NotExpressibleError as error:
        raise NotExpressibleError(f"OCPP {dialect.version} over SOAP, {action}: {error}") from None
    name = element_name(action, kind)
    return f'<{name} xmlns="{dialect.namespace(side)}">{inner}</{name}>'


def _envelope(dialect: Dialect | None, side: str, identity: str, headers: str, body: str) -> bytes:
    """Put an envelope together; the identity stands in the namespace of the body, where some look for it alone."""
    declared = f' xmlns:m="{dialect.namespace(side)}"' if dialect is not None else ""
    named = (
        f"<m:chargeBoxIdentity>{escaped(identity)}</m:chargeBoxIdentity>" if dialect is not None and identity else ""
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<s:Envelope xmlns:s="{ENVELOPE}" xmlns:a="{ADDRESSING}"{declared}>'
        f"<s:Header>{named}{headers}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()
