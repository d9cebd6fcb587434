"""
Frames read by msgspec, where it is installed: three quarters of the standard library's time, a third for short ones.

What msgspec refuses is read the general way, so that only what it accepts could mean something else; it does not, but
for a document nested so deeply that Python's stack has room for one or two more levels. To import it takes 20 ms: that
is for a process that serves many connections.
"""

from __future__ import annotations

from shocpp.json_reading import LONG
from shocpp.ocpp import assembler
from shocpp.ocpp.frames import CALL
from shocpp.ocpp.rpc import PLAIN, FrameReading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from shocpp.ocpp.assembler import Decode
    from shocpp.ocpp.frames import Call

_METER_VALUES = b'"MeterValues"'
_FRONT = 64  # bytes in which an action begins, unless the id before it is longer than any may be


def quick_reading() -> FrameReading:
    """Give how a backend reads frames: the general way where msgspec cannot be had."""
    decode = quick_decode()
    return PLAIN if decode is assembler.decode else FrameReading(decode, _quick_calls(decode))


def _quick_calls(decode: Decode) -> Callable[[bytes], Call | None]:
    """
    Give what reads a CALL as it should be.

    Nothing in a MeterValues that fits its schema is read: to hold it against that takes half the time.

    Args:
        decode: Reads such a MeterValues for who wants to know what is in it.
    """
    from typing import Literal

    from msgspec import MsgspecError

    from shocpp.ocpp.unread import UnreadMeterValues
    from shocpp.ocpp.v16.structs import request_type

    read = _decoder_of_calls(str, dict)
    read_meter_values = _decoder_of_calls(Literal["MeterValues"], request_type("MeterValues"))

    def read_call(data: bytes) -> Any:  # a ``Call``, or what has its fields
        """Read a line or message that is one CALL as it should be; None for all else."""
        if data.find(_METER_VALUES, 0, _FRONT) > 0:
            try:
                call = read_meter_values(data)
                call.payload = UnreadMeterValues(call.payload.connectorId, bytes(data), decode)
                return call
            except (MsgspecError, ValueError, RecursionError):
                pass
        try:
            return read(data)
        except (MsgspecError, ValueError, RecursionError):
            return None

    return read_call


def _decoder_of_calls(action: Any, payload: Any) -> Callable[[bytes], Any]:
    """
    Give what reads CALLs of these types, and raises for all else.

    What it gives has the fields of a ``Call``.
    """
    from msgspec import defstruct
    from msgspec.json import Decoder

    fields = [("unique_id", str), ("action", action), ("payload", payload)]
    return Decoder(
        defstruct("Call", fields, tag=CALL, array_like=True, forbid_unknown_fields=True, gc=False)  # no cycle in JSON
    ).decode


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
