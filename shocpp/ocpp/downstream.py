"""What was put on a charge point's topic for it, read as a frame of OCPP-J: the way back of ``upstream``."""

from __future__ import annotations

from shocpp.ocpp import emqx, frames
from shocpp.ocpp.assembler import decode
from shocpp.ocpp.frames import FrameError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.ocpp.assembler import Decode
    from shocpp.ocpp.frames import Frame


def read(message: bytes, decode: Decode = decode) -> Frame:
    """
    Read a message.

    Args:
        message: An object of EMQX's, or an array of OCPP-J's.
        decode: Reads a document.

    Raises:
        FrameError: It is neither; says why, and carries the unique id if there is one.

    >>> read(b'{"MessageTypeId": 2, "UniqueId": "1", "Action": "Reset", "Payload": {"type": "Soft"}}').encode()
    '[2,"1","Reset",{"type":"Soft"}]'
    """
    try:
        value = decode(message)
    except (ValueError, RecursionError):
        raise FrameError("not JSON") from None
    array = emqx.array_of(value)
    try:
        return frames.parse(array)
    except FrameError as error:
        unique_id = array[1] if isinstance(array, list) and len(array) > 1 else None
        raise FrameError(str(error), unique_id if frames.is_unique_id(unique_id) else None) from None
