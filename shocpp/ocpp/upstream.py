"""
What came up from a charge point on a broker's topic, as a line that OCPP-J would have.

Puts together what the message says and what its topic says. A message that is no object of EMQX's stays as it is: it
may be an array, and whoever reads lines knows what to do with what is none.
"""

from __future__ import annotations

from shocpp.compact_json import encode
from shocpp.ocpp import emqx
from shocpp.ocpp.assembler import decode
from shocpp.ocpp.frames import CALL_ERROR, CALL_RESULT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.ocpp.assembler import Decode
    from shocpp.ocpp.topics import Layout


class Upstream:
    """
    A message of a charge point.

    Attributes:
        identity: The charge point's.
        action: Of a CALL; empty for all else, and where it is not known.
        line: The frame of OCPP-J, or what came instead of one.
        answered_id: Of an answer: the unique id of the CALL that it is for; None for all else.
    """

    __slots__ = ("action", "answered_id", "identity", "line")

    def __init__(self, identity: str, action: str, line: bytes, answered_id: object = None) -> None:
        self.identity = identity
        self.action = action
        self.line = line
        self.answered_id = answered_id


def read(layout: Layout, topic: str, message: bytes, decode: Decode = decode) -> Upstream | None:
    """
    Read a message.

    Args:
        layout: The topics of the gateway.
        topic: The one that it came on.
        message: What came.
        decode: Reads a document.

    Returns:
        What it is; None if the topic is not of this layout.
    """
    value = _value_of(message, decode)
    is_call = value.get(emqx.TYPE) in (2, "2") if isinstance(value, dict) else emqx.is_call(value)
    said = layout.read(topic, is_call)
    if said is None:
        return None
    identity, topics_action = said
    array = emqx.array_of(value, topics_action)
    line = message if array is value else _line_of(array, message)
    return Upstream(identity, _action_of(array) if is_call else "", line, _answered_by(array))


def _action_of(array: object) -> str:
    """Give the action of a CALL; empty if that is no text."""
    action = array[2] if isinstance(array, list) and len(array) > 2 else None
    return action if isinstance(action, str) else ""


def _answered_by(array: object) -> object:
    """Give the unique id of an answer; None for what is none."""
    if isinstance(array, list) and len(array) > 1 and array[0] in (CALL_RESULT, CALL_ERROR, "3", "4"):
        return array[1]
    return None


def _value_of(message: bytes, decode: Decode) -> object:
    try:
        return decode(message)
    except (ValueError, RecursionError):
        return None


def _line_of(array: object, message: bytes) -> bytes:
    """Write an array as a line; one that nests too deeply is left as what it came as, which is no better."""
    try:
        return encode(array).encode()
    except RecursionError:
        return message
