"""A payload that is not read before somebody wants to know what is in it: most meter values nobody asks for."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.ocpp.assembler import Decode
    from shocpp.ocpp.frames import Payload


class UnreadMeterValues:
    """
    The request of a MeterValues, which was held against its schema and fits.

    Args:
        connector_id: What it is about.
        frame: The CALL as it came.
        decode: Reads it.
    """

    __slots__ = ("_decode", "_frame", "connector_id")

    def __init__(self, connector_id: int, frame: bytes, decode: Decode) -> None:
        self.connector_id = connector_id
        self._frame = frame
        self._decode = decode

    def read(self) -> Payload:
        """Read it."""
        frame = self._decode(self._frame)
        assert isinstance(frame, list)  # noqa: S101 - it is a CALL
        payload: Payload = frame[3]
        return payload
