"""
The three messages of OCPP-J as values, and how they look on the wire; what came and is none is ``Garbage``.

Knows what an array of JSON must hold to be a CALL, CALLRESULT or CALLERROR. Does not know lines
(``assembler``), who waits for which answer (``rpc``), nor what a payload means (``payloads``).
"""

from __future__ import annotations

from shocpp.compact_json import encode, quote
from shocpp.errors import ShocppError
from shocpp.ocpp.reading import text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

Payload = dict[str, object]
UniqueId = str | int | float

CALL, CALL_RESULT, CALL_ERROR = 2, 3, 4

# OCPP-J 1.6 table 7, spelled as there
NOT_IMPLEMENTED = "NotImplemented"
NOT_SUPPORTED = "NotSupported"
INTERNAL_ERROR = "InternalError"
PROTOCOL_ERROR = "ProtocolError"
SECURITY_ERROR = "SecurityError"
FORMATION_VIOLATION = "FormationViolation"
PROPERTY_CONSTRAINT_VIOLATION = "PropertyConstraintViolation"
OCCURRENCE_CONSTRAINT_VIOLATION = "OccurenceConstraintViolation"
TYPE_CONSTRAINT_VIOLATION = "TypeConstraintViolation"
GENERIC_ERROR = "GenericError"
# ours, and on no wire: the answers in a mailbox to a command that did not reach the charge point, and to one that may
# do so if it is sent again
NOT_SENT, TRY_AGAIN = "NotSent", "TryAgain"

MOST_GARBAGE = 4096  # characters that are kept of what is no frame


class FrameError(ShocppError):
    """
    JSON that is no OCPP-J frame.

    Attributes:
        unique_id: The id of the CALL that this was meant to be, so that it can be refused; else None.
    """

    def __init__(self, reason: str, unique_id: UniqueId | None = None) -> None:
        super().__init__(reason)
        self.unique_id = unique_id


class Call:
    """A request: ``[2, uniqueId, action, payload]``."""

    __slots__ = ("action", "payload", "unique_id")

    def __init__(self, unique_id: UniqueId, action: str, payload: Payload) -> None:
        self.unique_id = unique_id
        self.action = action
        self.payload = payload

    def encode(self) -> str:
        """
        Write the frame as one line of ASCII JSON.

        >>> Call("19", "Heartbeat", {}).encode()
        '[2,"19","Heartbeat",{}]'
        """
        return encode([CALL, self.unique_id, self.action, self.payload])


class CallResult:
    """A confirmation: ``[3, uniqueId, payload]``."""

    __slots__ = ("payload", "unique_id")

    def __init__(self, unique_id: UniqueId, payload: Payload) -> None:
        self.unique_id = unique_id
        self.payload = payload

    def encode(self) -> str:
        """Write the frame as one line of ASCII JSON."""
        return result_line(self.unique_id, self.payload)


def result_line(unique_id: UniqueId, payload: Payload) -> str:
    """
    Write a CALLRESULT as one line of ASCII JSON: nearly all that is answered.

    >>> result_line("19", {})
    '[3,"19",{}]'
    """
    written_id = quote(unique_id) if isinstance(unique_id, str) else encode(unique_id)
    return f"[3,{written_id},{encode(payload) if payload else '{}'}]"


class CallError:
    """A refusal: ``[4, uniqueId, errorCode, errorDescription, errorDetails]``."""

    __slots__ = ("code", "description", "details", "unique_id")

    def __init__(self, unique_id: UniqueId, code: str, description: str = "", details: Payload | None = None) -> None:
        self.unique_id = unique_id
        self.code = code
        self.description = description
        self.details = details or {}

    def encode(self) -> str:
        """Write the frame as one line of ASCII JSON; the description is cut to the 255 characters it may have."""
        return encode([CALL_ERROR, self.unique_id, self.code, self.description[:255], self.details])


Frame = Call | CallResult | CallError


class Garbage:
    """
    Input that is no frame.

    Attributes:
        reason: Why, in words.
        unique_id: The id of the CALL that it was meant to be, so that it can be refused; else None.
        text: What came, cut where it is long.
    """

    __slots__ = ("reason", "text", "unique_id")

    def __init__(self, reason: str, unique_id: UniqueId | None = None, text: str = "") -> None:
        self.reason = reason
        self.unique_id = unique_id
        self.text = text[:MOST_GARBAGE]


Piece = Frame | Garbage


def parse(value: object) -> Frame:
    """
    Read a parsed JSON value as a frame, leniently.

    A message type in quotes, a missing or null payload, a CALLERROR without details are accepted
    (quirks 6 and 18); the unique id keeps its type, so that it can be echoed as it came.

    Raises:
        FrameError: It is none; carries the unique id where a CALL can still be refused.

    Source: OCPP-J 1.6 §4.2
    """
    if not isinstance(value, list) or len(value) < 2:
        raise FrameError("not an array of a message type and an id")
    kind, unique_id = value[0], value[1]
    if kind == CALL and len(value) == 4 and unique_id.__class__ is str and value[2].__class__ is str:
        payload = value[3]
        if payload.__class__ is dict:  # a CALL as it should be: nearly all that comes
            return Call(unique_id, value[2], payload)
    if kind.__class__ not in (int, str, float) or kind not in _READERS:
        raise FrameError("unknown message type")
    if not is_unique_id(unique_id):
        raise FrameError("the unique id is neither text nor number")
    return _READERS[kind](unique_id, value[2:])


def is_unique_id(value: object) -> bool:
    """
    Tell whether a value can be echoed as a unique id: text or a finite number.

    >>> is_unique_id("19"), is_unique_id(19), is_unique_id(None), is_unique_id(True), is_unique_id(float("inf"))
    (True, True, False, False, False)
    """
    kind = value.__class__
    return kind is str or kind is int or (kind is float and value - value == 0)  # type: ignore[operator]


def _call(unique_id: UniqueId, rest: list[object]) -> Call:
    if not rest or not isinstance(rest[0], str):
        raise FrameError("a CALL without an action", unique_id)
    payload = rest[1] if len(rest) > 1 else None
    if payload is None:
        payload = {}
    if not isinstance(payload, dict):
        raise FrameError("the payload is no JSON object", unique_id)
    return Call(unique_id, rest[0], payload)


def _call_result(unique_id: UniqueId, rest: list[object]) -> CallResult:
    payload = rest[0] if rest else None
    if payload is None:
        payload = {}
    if not isinstance(payload, dict):
        raise FrameError("the payload of a CALLRESULT is no JSON object")
    return CallResult(unique_id, payload)


def _call_error(unique_id: UniqueId, rest: list[object]) -> CallError:
    code = text(rest[0]) or GENERIC_ERROR if rest else GENERIC_ERROR
    description = text(rest[1]) or "" if len(rest) > 1 else ""
    details = rest[2] if len(rest) > 2 and isinstance(rest[2], dict) else {}
    return CallError(unique_id, code, description, details)


_READERS: dict[object, Callable[[UniqueId, list[object]], Frame]] = {
    CALL: _call,
    CALL_RESULT: _call_result,
    CALL_ERROR: _call_error,
    "2": _call,
    "3": _call_result,
    "4": _call_error,
}
