"""
Frames read by msgspec, where it is installed: three quarters of the standard library's time, a third for short ones.

What msgspec refuses is read the general way, so that only what it accepts could mean something else; it does not, but
for a document nested so deeply that Python's stack has room for one or two more levels. To import it takes 20 ms: that
is for a process that serves many connections.
"""

from __future__ import annotations

from shocpp.ocpp import assembler
from shocpp.ocpp.lenient_json import LONG

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.ocpp.assembler import Decode


def quick_decode() -> Decode:
    """Give what reads a frame's document; the general way where msgspec cannot be had."""
    try:
        from msgspec import MsgspecError
        from msgspec.json import Decoder
    except ImportError:
        return assembler.decode
    read = Decoder().decode

    def decode(data: bytes) -> object:
        # blanks in front are no frame as it stands; a long one is read without the search for garbage
        if data.startswith(b"[") and len(data) < LONG:
            try:
                return read(data)
            except (MsgspecError, ValueError, RecursionError):
                pass
        return assembler.decode(data)

    return decode
