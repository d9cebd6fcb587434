"""
Frames read by msgspec, where it is installed: three quarters of the standard library's time, a third for short ones.

What msgspec refuses is read the general way, so that only what it accepts could mean something else; it does not, but
for a document nested so deeply that Python's stack has room for one or two more levels. To import it takes 20 ms: that
is for a process that serves many connections.
"""

from __future__ import annotations

from shocpp.ocpp import assembler
from shocpp.ocpp.frames import Call
from shocpp.ocpp.lenient_json import LONG
from shocpp.ocpp.rpc import PLAIN, FrameReading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from shocpp.ocpp.assembler import Decode

_METER_VALUES = b'"MeterValues"'
_FRONT = 64  # bytes in which an action begins, unless the id before it is longer than any may be


def quick_reading() -> FrameReading:
    """Give how a backend reads frames: the general way where msgspec cannot be had."""
    decode = quick_decode()
    return PLAIN if decode is assembler.decode else FrameReading(decode, _meter_values(decode))


def _meter_values(decode: Decode) -> Callable[[bytes], Call | None]:
    """
    Give what reads a MeterValues that fits its schema, but nothing in it: to hold it against that takes half the time.

    Args:
        decode: Reads it for who wants to know what is in it.
    """
    from typing import Literal

    from msgspec import MsgspecError, defstruct
    from msgspec.json import Decoder

    from shocpp.ocpp.unread import UnreadMeterValues
    from shocpp.ocpp.v16.structs import request_type

    fields = [("kind", Literal[2]), ("unique_id", str), ("action", Literal["MeterValues"])]
    frame = defstruct("Frame", [*fields, ("payload", request_type("MeterValues"))], array_like=True, gc=False,
                      forbid_unknown_fields=True)  # fmt: skip
    read = Decoder(frame).decode

    def read_call(data: bytes) -> Call | None:
        """Read a line or message that is such a MeterValues; None for all else."""
        if data.find(_METER_VALUES, 0, _FRONT) < 0:
            return None
        try:
            found: Any = read(data)
        except (MsgspecError, ValueError, RecursionError):
            return None
        payload: Any = UnreadMeterValues(found.payload.connectorId, bytes(data), decode)
        return Call(found.unique_id, found.action, payload)

    return read_call


def quick_decode() -> Decode:
    """Give what reads a frame's document; the general way where msgspec cannot be had."""
    try:
        from msgspec import MsgspecError
        from msgspec.json import Decoder
    except ImportError:
        return assembler.decode
    read = Decoder().decode

    def decode(data: bytes) -> object:
        """Read a frame's document."""
        # blanks in front are no frame as it stands; a long one is read without the search for garbage
        if data.startswith(b"[") and len(data) < LONG:
            try:
                return read(data)
            except (MsgspecError, ValueError, RecursionError):
                pass
        return assembler.decode(data)

    return decode
