"""
The messages of OCPP as EMQX's gateway puts them to a broker: JSON objects, where OCPP-J has arrays.

Knows which key of an object is which element of the array, both ways; whether that array is a frame is judged where
arrays are (``frames``). Topics are not known here (``topics``).

Source: EMQX, OCPP gateway (4.4 and 5): message formats
"""

from __future__ import annotations

from shocpp.compact_json import encode
from shocpp.ocpp.frames import CALL, CALL_ERROR, CALL_RESULT, Call, CallError, CallResult

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.ocpp.frames import Frame

TYPE, UNIQUE_ID, ACTION, PAYLOAD = "MessageTypeId", "UniqueId", "Action", "Payload"
CODE, DESCRIPTION = "ErrorCode", "ErrorDescription"
DETAILS = "ErrorDetails"  # ours: EMQX drops what a CALLERROR says besides, and passes over keys that it does not know

_RESULT_KEYS, _ERROR_KEYS = (PAYLOAD,), (CODE, DESCRIPTION, DETAILS)


def array_of(value: object, action: str = "") -> object:
    """
    Make the array that OCPP-J has for an object; what is none stays as it is.

    Nothing is judged: what is missing is null in the array, and whoever reads that says what is wrong with it.

    Args:
        value: A parsed message.
        action: What the topic says that a CALL is; counts where the object has none.

    >>> array_of({"MessageTypeId": 2, "UniqueId": "1", "Payload": {}}, "Heartbeat")
    [2, '1', 'Heartbeat', {}]
    """
    if not isinstance(value, dict):
        return value
    kind = value.get(TYPE)
    if kind in (CALL, str(CALL)):
        said = value.get(ACTION)
        rest = [said or action or said, value.get(PAYLOAD)]
    elif kind in (CALL_RESULT, str(CALL_RESULT)):
        rest = [value.get(key) for key in _RESULT_KEYS]
    else:
        rest = [value.get(key) for key in _ERROR_KEYS]
    return [kind, value.get(UNIQUE_ID), *rest]


def is_call(array: object) -> bool:
    """Tell whether an array says that it is a CALL."""
    return isinstance(array, list) and bool(array) and array[0] in (CALL, str(CALL))


def encode_frame(frame: Frame) -> str:
    """
    Write a frame as one line of ASCII JSON.

    >>> encode_frame(CallResult("1", {}))
    '{"MessageTypeId":3,"UniqueId":"1","Payload":{}}'
    """
    if isinstance(frame, Call):
        made: dict[str, object] = {TYPE: CALL, UNIQUE_ID: frame.unique_id, ACTION: frame.action, PAYLOAD: frame.payload}
    elif isinstance(frame, CallResult):
        made = {TYPE: CALL_RESULT, UNIQUE_ID: frame.unique_id, PAYLOAD: frame.payload}
    else:
        made = {TYPE: CALL_ERROR, UNIQUE_ID: frame.unique_id, **_error(frame)}
    return encode(made)


def _error(frame: CallError) -> dict[str, object]:
    """Give the keys of a CALLERROR; the description is cut to the 255 characters it may have."""
    said: dict[str, object] = {CODE: frame.code, DESCRIPTION: frame.description[:255]}
    return said | {DETAILS: frame.details} if frame.details else said
