"""
What is on the wire after the handshake: bytes to whole messages, lines to frames.

All of RFC 6455 is the ``websockets`` package's business but one thing, which is nearly all that a charge point sends:
one short message in one unfragmented frame, in one piece. That is read and answered here, and a connection that knows
nothing else needs no protocol object.
"""

from __future__ import annotations

from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import Protocol, Side, State

from shocpp.transports.wires.frame_bounds import FrameBounds
from shocpp.transports.wires.masking import unmask

TYPE_CHECKING = False
if TYPE_CHECKING:
    import logging
    from collections.abc import Sequence

    Message = bytes | bytearray

NORMAL_CLOSURE, GOING_AWAY, PROTOCOL_ERROR, POLICY_VIOLATION = map(
    int, (CloseCode.NORMAL_CLOSURE, CloseCode.GOING_AWAY, CloseCode.PROTOCOL_ERROR, CloseCode.POLICY_VIOLATION)
)

_TEXT, _CLOSE = 0x81, 0x88  # the first bytes of a text frame that is the whole message, and of one that closes
_MASKED, _LONGER = 0x80, 126
_SHORT = tuple(bytes((_TEXT, size)) for size in range(_LONGER))  # the heads of frames whose length is one byte
_DATA = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)
_AT_A_TIME = 64  # frames; the package takes 10 µs for each, and two thousand fit into what is read at once


class Wire:
    """
    One connection's frames.

    Args:
        limit: How many bytes a message may have.
        logger: Where the package says what it does.

    Attributes:
        has_closed: Whether the frame that closes the WebSocket was handed out: nothing may follow it.
        rest: Bytes that have come and were not looked at, since too many frames were before them.
    """

    __slots__ = (
        "_bounds",
        "_goodbye",
        "_is_closed",
        "_limit",
        "_logger",
        "_parts",
        "_protocol",
        "has_closed",
        "rest",
    )

    def __init__(self, limit: int, logger: logging.Logger) -> None:
        self._limit = limit
        self._logger = logger
        self._protocol: Protocol | None = None  # while something is on the way that is not plain
        self._bounds: FrameBounds | None = None  # as long as the protocol
        self._parts: bytearray | None = None
        self._is_closed = False  # by us, while there was no protocol
        self._goodbye = b""  # the frame that says so, until it is handed out
        self.has_closed = False
        self.rest = b""

    @property
    def is_open(self) -> bool:
        """Tell whether nobody has closed the WebSocket, nor done what ends it."""
        return not self._is_closed and (self._protocol is None or self._protocol.state is State.OPEN)

    @property
    def unfinished(self) -> int:
        """Count the bytes that are held of what is not a whole message, or not looked at."""
        begun = self._bounds.begun if self._bounds is not None else 0
        return begun + len(self._parts or b"") + len(self.rest)

    def forget(self) -> None:
        """Let go of what is held of a message that will not be finished."""
        self._protocol = self._bounds = self._parts = None
        self.rest = b""

    def take_rest(self) -> bytes:
        """Take what was not looked at, to hand it in once more."""
        rest, self.rest = self.rest, b""
        return rest

    def receive_plain(self, data: memoryview) -> bytes | None:
        """
        Take bytes that are one plain frame, as nearly all are; None, and nothing has happened, for all else.

        It is one masked text frame that is a whole message, no longer than any may be. Of such a frame nothing is
        held, and nothing but its message is to be answered.

        Source: RFC 6455 §5.2
        """
        size = len(data)
        if size < 6 or data[0] != _TEXT or self._protocol is not None or self._is_closed:
            return None
        length, start = data[1] - _MASKED, 6
        if length == _LONGER:
            length, start = data[2] << 8 | data[3], 8
            if length < _LONGER:
                return None
        elif length > _LONGER:  # its length is in eight bytes: longer than what is read at once
            return None
        if start + length != size or length > self._limit:
            return None
        return unmask(data[start:], data[start - 4 : start])

    def receive(self, data: memoryview) -> Sequence[Message]:
        """
        Take bytes; give the messages that are whole with them. What must be answered is in ``outgoing``.

        Of very many frames the first ones are taken, so that nobody makes the others wait; the others are in ``rest``.
        What comes after the end of the WebSocket is discarded.

        Source: RFC 6455 §1.4, §7.1.7
        """
        whole = self.receive_plain(data)
        if whole is not None:
            return (whole,)
        if not self.is_open:
            return ()
        protocol = self._begin()
        assert self._bounds is not None  # noqa: S101 - it has begun with the protocol
        taken = self._bounds.take(data, _AT_A_TIME)
        self.rest = bytes(data[taken:])
        protocol.receive_data(data[:taken])  # type: ignore[arg-type]
        messages = [message for event in protocol.events_received() if (message := self._take(event)) is not None]
        if protocol.state is not State.OPEN:
            self._bounds.begun, self._parts, self.rest = 0, None, b""  # no more of it will be taken
        return messages

    def frame(self, line: str) -> bytes:
        """Give the bytes that send a line."""
        data = line.encode()
        size = len(data)
        if size < _LONGER:
            return _SHORT[size] + data
        if size <= 0xFFFF:
            return b"%c\x7e%b%b" % (_TEXT, size.to_bytes(2), data)
        return b"%c\x7f%b%b" % (_TEXT, size.to_bytes(8), data)

    def ping(self) -> None:
        """Ask whether the peer is there."""
        if self.is_open:
            self._begin().send_ping(b"")

    def close(self, code: int, reason: str) -> None:
        """Send the frame that closes the WebSocket, unless it is closed."""
        if not self.is_open:
            return
        if self._protocol is None:  # thousands are closed at once when a listener ends
            data = code.to_bytes(2) + reason.encode()
            self._goodbye, self._is_closed = b"%c%c%b" % (_CLOSE, len(data), data), True
        else:
            self._protocol.send_close(code, reason)

    def outgoing(self) -> tuple[bytes, bool]:
        """Give the bytes that are to be written besides messages, and whether to hang up afterwards."""
        protocol = self._protocol
        if protocol is None:
            data, self._goodbye = self._goodbye, b""
            self.has_closed |= bool(data)
            return data, False
        written = outgoing(protocol)
        self.has_closed = protocol.state is not State.OPEN
        if not self.unfinished and self._parts is None and not self.has_closed:
            self._protocol = self._bounds = None
        return written

    def _begin(self) -> Protocol:
        if self._protocol is None:
            self._protocol = Protocol(Side.SERVER, max_size=self._limit, logger=self._logger)
            self._bounds = FrameBounds()
        return self._protocol

    def _take(self, event: object) -> Message | None:
        """Put messages together from frames; what is not data the protocol has answered already."""
        if not isinstance(event, Frame) or event.opcode not in _DATA:
            return None
        if self._parts is None:
            if event.fin:
                return event.data  # type: ignore[return-value]
            self._parts = bytearray()
        self._parts += event.data
        if not event.fin:
            return None
        message, self._parts = self._parts, None
        return message


def outgoing(protocol: Protocol) -> tuple[bytes, bool]:
    """Give the bytes that a protocol wants written, and whether it wants to hang up afterwards."""
    data = protocol.data_to_send()
    return b"".join(data), bool(data) and not data[-1]
