"""
What is on the wire of a connection that websocketd has accepted: lines, and a handshake that is over.

Both stand in the places of ``Wire`` and ``Handshake``: there are no frames, so nothing is pinged, and to close is to
hang up.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from websockets.http11 import Request

_END = b"\n"
_AT_A_TIME = 64  # lines


class LineWire:
    """
    One connection's lines.

    Args:
        limit: How many bytes a line may have; of a longer one so many are taken for it, and the rest is left out.

    Attributes:
        is_open: Whether nobody has closed the connection.
        has_closed: Whether it was closed by us: nothing may follow.
        rest: Bytes that have come and were not looked at, since too many lines were before them.
    """

    __slots__ = ("_is_skipping", "_limit", "_unfinished", "has_closed", "is_open", "rest")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._unfinished = b""
        self._is_skipping = False
        self.is_open = True
        self.has_closed = False
        self.rest = b""

    @property
    def unfinished(self) -> int:
        """Count the bytes that are held of a line that has begun, and of those that were not looked at."""
        return len(self._unfinished) + len(self.rest)

    def forget(self) -> None:
        """Let go of what is held of a line that will not be finished."""
        self._unfinished = self.rest = b""

    def take_rest(self) -> bytes:
        """Take what was not looked at, to hand it in once more."""
        rest, self.rest = self.rest, b""
        return rest

    def take_unfinished(self) -> bytes:
        """Take the line that has begun, since no more of it will come."""
        unfinished, self._unfinished = self._unfinished, b""
        return unfinished

    def receive_plain(self, data: memoryview) -> bytes | None:
        """Take bytes that are one line; None, and nothing has happened, for all else."""
        if self._unfinished or self._is_skipping or len(data) > self._limit:
            return None
        line = bytes(data)
        return line[:-1] if len(line) > 1 and line.find(_END) == len(line) - 1 else None

    def receive(self, data: memoryview) -> Sequence[bytes]:
        """Take bytes; give the lines that are whole with them, of very many the first. Empty ones say nothing."""
        *lines, rest = (self._unfinished + bytes(data)).split(_END, _AT_A_TIME)
        if _END in rest:
            self.rest, rest = rest, b""
        if self._is_skipping and lines:
            self._is_skipping = False
            del lines[0]
        if self._is_skipping:
            rest = b""
        elif len(rest) > self._limit:
            lines.append(rest)
            self._is_skipping, rest = True, b""
        self._unfinished = rest
        return [line for line in lines if line]

    def frame(self, line: str) -> bytes:
        """Give the bytes that send a line."""
        return line.encode() + _END

    def ping(self) -> None:
        """Leave the peer alone: a ping would be websocketd's to send."""

    def close(self, code: int, reason: str) -> None:  # noqa: ARG002 - websocketd has its own
        """Send nothing more."""
        self.has_closed = True

    def outgoing(self) -> tuple[bytes, bool]:
        """Give the bytes that are to be written besides lines: none."""
        return b"", False


class PastHandshake:
    """A handshake that websocketd has completed: a charge point is accepted or hung up on without a word."""

    __slots__ = ("_data",)

    is_too_long = False  # nothing is read before it is decided on
    posted = b""

    def __init__(self) -> None:
        self._data = bytearray()

    @property
    def held(self) -> int:
        """Count the bytes that came before it was decided on."""
        return len(self._data)

    @property
    def rest(self) -> bytes:
        """What came before it was decided on."""
        return bytes(self._data)

    def receive(self, data: memoryview) -> Request | None:
        """Keep what comes before it is decided on."""
        self._data += data
        return None

    def accept(self, request: Request, subprotocol: str | None) -> bool:  # noqa: ARG002
        """Accept it."""
        return True

    def refuse(self, status: int, text: str, headers: dict[str, str]) -> None:
        """Refuse it: there is nobody left to be told."""

    def outgoing(self) -> tuple[bytes, bool]:
        """Give the bytes that are to be written: none."""
        return b"", False
