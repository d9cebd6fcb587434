"""
What is on the wire before there are messages: an HTTP request, and the answer that somebody decides on.

The request is the ``websockets`` package's to read. What comes behind it, before it was answered, is kept for the
connection's ``Wire``.
"""

from __future__ import annotations

from websockets.http11 import Request
from websockets.server import ServerProtocol

from shocpp.transports.wires.wire import outgoing

TYPE_CHECKING = False
if TYPE_CHECKING:
    import logging

    from websockets.http11 import Response

_SWITCHING = 101
_LIMIT = 16_384  # bytes
_END = b"\r\n\r\n"
_POST = b"POST "


class Handshake:
    """
    One connection's opening handshake.

    Args:
        logger: Where the package says what it does.
    """

    __slots__ = ("_data", "_end", "_protocol", "_taken")

    def __init__(self, logger: logging.Logger) -> None:
        self._protocol = ServerProtocol(logger=logger)
        self._data = bytearray()
        self._taken = 0  # bytes that the protocol has
        self._end = -1

    @property
    def posted(self) -> bytes:
        """What has come, if it is no handshake but begins a request with a body; else nothing."""
        return bytes(self._data) if self._data.startswith(_POST) else b""

    @property
    def held(self) -> int:
        """Count the bytes that are held of it, and of what came behind it."""
        return len(self._data)

    @property
    def is_too_long(self) -> bool:
        """Tell whether more came than any honest peer sends."""
        return len(self._data) > _LIMIT

    @property
    def rest(self) -> bytes:
        """What came behind the request."""
        return bytes(self._data[self._end :])

    def receive(self, data: memoryview) -> Request | None:
        """Take bytes; give the request when it is whole. What is none is answered in ``outgoing``."""
        self._data += data
        if self._end >= 0 or _POST.startswith(self._data[: len(_POST)]):
            return None
        found = self._data.find(_END)
        if found >= 0:
            self._end = found + len(_END)
        taken, self._taken = self._taken, len(self._data)
        self._protocol.receive_data(bytes(self._data[taken : self._end if found >= 0 else None]))
        return next((event for event in self._protocol.events_received() if isinstance(event, Request)), None)

    def accept(self, request: Request, subprotocol: str | None) -> bool:
        """Complete it; False if it was no valid one and is refused."""
        response = self._protocol.accept(request)
        is_valid = response.status_code == _SWITCHING
        if is_valid and subprotocol is not None:
            response.headers["Sec-WebSocket-Protocol"] = subprotocol
        self._protocol.send_response(response)
        return is_valid

    def refuse(self, status: int, text: str, headers: dict[str, str]) -> None:
        """Answer with an HTTP error, or with another page."""
        response: Response = self._protocol.reject(status, text)
        for name, value in headers.items():
            response.headers.pop(name, None)
            response.headers[name] = value
        self._protocol.send_response(response)

    def outgoing(self) -> tuple[bytes, bool]:
        """Give the bytes that are to be written, and whether to hang up afterwards."""
        return outgoing(self._protocol)
