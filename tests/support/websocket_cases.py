"""
What RFC 6455 says of single connections, as a table: bytes that a charge point sends, and the frames that come back.

Knows frames and how they are spoilt, not sockets. Messages are OCPP-J heartbeats, whose confirmations are what is
echoed; where the specification leaves a choice, or a charge point is served that it would turn away, the case says so.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
LIMIT = 1 << 20  # bytes of a message, as the listener's default is
_LONGEST_CONTROL = 125

# what comes back, in words: "answer ID", "pong PAYLOAD", "close CODE", "close" for one without a code
Back = tuple[str, ...]


class Case(NamedTuple):
    """
    One connection.

    Attributes:
        name: What is done.
        section: Where RFC 6455 says what shall come of it.
        sent: What is written, one after the other.
        back: What comes back, in order. Where there is no close, the connection is still served.
    """

    name: str
    section: str
    sent: tuple[bytes, ...]
    back: Back


def heartbeat(unique_id: bytes = b"1", size: int = 0) -> bytes:
    """Give a heartbeat, followed by as many blanks as it needs to have a size."""
    return b'[2,"%b","Heartbeat",{}]' % unique_id + b" " * (size - 21 - len(unique_id))


def frame(
    data: bytes = b"",
    opcode: int = TEXT,
    *,
    fin: bool = True,
    reserved: int = 0,
    mask: bytes = b"\x37\xfa\x21\x3d",
    length_bytes: int | None = None,
) -> bytes:
    """
    Give a client's frame.

    Args:
        data: The payload.
        opcode: What kind of frame it is.
        fin: Whether the message ends with it.
        reserved: The three reserved bits, RSV1 is 4.
        mask: The masking key; none, and the frame is not masked.
        length_bytes: In how many bytes beyond the first the length is written, 0, 2 or 8; as few as possible if None.
    """
    size = len(data)
    if length_bytes is None:
        length_bytes = 0 if size < 126 else 2 if size < 1 << 16 else 8
    length = {0: size, 2: 126, 8: 127}[length_bytes]
    head = bytes([fin << 7 | reserved << 4 | opcode, bool(mask) << 7 | length])
    if mask:
        repeated = mask * (size // 4) + mask[: size % 4]
        data = (int.from_bytes(data) ^ int.from_bytes(repeated)).to_bytes(size)
    return head + (size.to_bytes(length_bytes) if length_bytes else b"") + mask + data


def announced(size: int) -> bytes:
    """Give the head of a text frame of that size, without a byte of it."""
    return struct.pack("!BBQ", 0x81, 0xFF, size) + b"mask"


def closing(code: int, reason: bytes = b"") -> bytes:
    """Give a close frame."""
    return frame(struct.pack("!H", code) + reason, CLOSE)


def bytewise(data: bytes) -> tuple[bytes, ...]:
    """Cut into single bytes."""
    return tuple(data[at : at + 1] for at in range(len(data)))


def in_two(data: bytes, at: int) -> tuple[bytes, bytes]:
    """Cut in two."""
    return data[:at], data[at:]


def fragments(*parts: bytes, opcode: int = TEXT) -> list[bytes]:
    """Give a message in several frames."""
    last = len(parts) - 1
    return [frame(part, CONTINUATION if at else opcode, fin=at == last) for at, part in enumerate(parts)]


def _case(name: str, section: str, *sent: bytes, back: str) -> Case:
    """Make a case of what comes back as ``answer 1, close 1000``; nothing comes back where it is empty."""
    return Case(name, section, sent, tuple(back.split(", ")) if back else ())


_BEAT = heartbeat()
_BEGUN = frame(_BEAT[:9], fin=False)
_END = frame(_BEAT[9:], CONTINUATION)
_WHOLE = frame(_BEAT)
_SIZES = (22, 125, 126, 127, 128, 65_535, 65_536, 65_537, LIMIT)

FRAMES = [
    *(_case(f"text of {size} bytes", "5.2", frame(heartbeat(size=size)), back="answer 1") for size in _SIZES),
    # OCPP-J wants text; what a charge point sends as binary is read all the same
    *(
        _case(f"binary of {size} bytes", "5.6", frame(heartbeat(size=size), BINARY), back="answer 1")
        for size in (22, 126, 65_536)
    ),
    _case("text byte by byte", "5.2", *bytewise(_WHOLE), back="answer 1"),
    _case("a length of two bytes, byte by byte", "5.2", *bytewise(frame(heartbeat(size=126))), back="answer 1"),
    _case("a length of two bytes, cut in two", "5.2", *in_two(frame(heartbeat(size=126)), 3),
          back="answer 1"),
    _case("a length of eight bytes, cut in two", "5.2",
          *in_two(frame(heartbeat(size=65_536)), 5), back="answer 1"),
    _case("a masking key cut in two", "5.3", _WHOLE[:4], _WHOLE[4:], back="answer 1"),
    _case("two at once", "5.4", _WHOLE + frame(heartbeat(b"2")), back="answer 1, answer 2"),
    _case("one and a half, then the rest", "5.4", _WHOLE + _WHOLE[:9], _WHOLE[9:], back="answer 1, answer 1"),
    _case("a key of zeros", "5.3", frame(_BEAT, mask=bytes(4)), back="answer 1"),
    _case("a key of ones", "5.3", frame(_BEAT, mask=b"\xff" * 4), back="answer 1"),
    # no sender may write them, no receiver must refuse them: what a sloppy charge point says is plain
    _case("22 bytes, their length in two", "5.2", frame(_BEAT, length_bytes=2), back="answer 1"),
    _case("22 bytes, their length in eight", "5.2", frame(_BEAT, length_bytes=8), back="answer 1"),
    _case("126 bytes, their length in eight", "5.2", frame(heartbeat(size=126), length_bytes=8), back="answer 1"),
    _case("a length at length, then as it should be", "5.2", frame(_BEAT, length_bytes=8), frame(heartbeat(b"2")),
          back="answer 1, answer 2"),
    _case("nothing at all", "5.2", frame(), back=""),
    _case("nothing, its length in eight bytes", "5.2", frame(length_bytes=8), back=""),
    _case("one byte too many", "10.4", announced(LIMIT + 1), back="close 1009"),
    _case("2 GiB", "10.4", announced(1 << 31), back="close 1009"),
    _case("a length with the highest bit", "5.2", announced(1 << 63), back="close 1009"),
    _case("one byte too many in two fragments", "10.4",
          frame(b" " * LIMIT, fin=False) + frame(b" ", CONTINUATION), back="close 1009"),
]  # fmt: skip

MASKS = [
    _case("text without a mask", "5.1", frame(_BEAT, mask=b""), back="close 1002"),
    _case("a ping without a mask", "5.1", frame(b"x", PING, mask=b""), back="close 1002"),
    _case("a close without a mask", "5.1", frame(b"\x03\xe8", CLOSE, mask=b""), back="close 1002"),
    _case("a fragment without a mask", "5.1", _BEGUN, frame(_BEAT[9:], CONTINUATION, mask=b""), back="close 1002"),
    _case("text, then some without a mask", "5.1", _WHOLE, frame(_BEAT, mask=b""), back="answer 1, close 1002"),
]

CONTROL = [
    _case("a ping without payload", "5.5.2", frame(b"", PING), back="pong "),
    _case("a ping with a word", "5.5.2", frame(b"Hello", PING), back="pong Hello"),
    _case("a ping of 125 bytes", "5.5.2", frame(b"x" * 125, PING), back=f"pong {'x' * 125}"),
    _case("a ping that is no text", "5.5.2", frame(b"\xff\xfe\xc0", PING), back="pong \\xff\\xfe\\xc0"),
    _case("a ping of 126 bytes", "5.5", frame(b"x" * 126, PING), back="close 1002"),
    _case("a ping byte by byte", "5.5.2", *bytewise(frame(b"Hello", PING)), back="pong Hello"),
    _case("a ping, its length in two bytes", "5.5.2", frame(b"Hello", PING, length_bytes=2), back="pong Hello"),
    _case("ten pings", "5.5.2", *(frame(b"%d" % at, PING) for at in range(10)),
          back=", ".join(f"pong {at}" for at in range(10))),
    _case("ten pings at once", "5.5.2", b"".join(frame(b"%d" % at, PING) for at in range(10)),
          back=", ".join(f"pong {at}" for at in range(10))),
    _case("a ping that goes on", "5.5", frame(b"x", PING, fin=False), back="close 1002"),
    _case("a pong nobody asked for", "5.5.3", frame(b"", PONG), back=""),
    _case("a pong of 125 bytes", "5.5.3", frame(b"x" * 125, PONG), back=""),
    _case("a pong of 126 bytes", "5.5", frame(b"x" * 126, PONG), back="close 1002"),
    _case("a pong that goes on", "5.5", frame(b"x", PONG, fin=False), back="close 1002"),
    _case("a pong, a ping and text", "5.5.3", frame(b"y", PONG) + frame(b"x", PING) + _WHOLE, back="pong x, answer 1"),
]  # fmt: skip

RESERVED = [
    *(
        _case(f"reserved bits {bits:03b}", "5.2", frame(_BEAT, reserved=bits), back="close 1002")
        for bits in range(1, 8)
    ),
    _case("a reserved bit after text", "5.2", _WHOLE + frame(_BEAT, reserved=4), back="answer 1, close 1002"),
    _case("a reserved bit, byte by byte", "5.2", *bytewise(frame(_BEAT, reserved=2))[:12], frame(_BEAT)[12:],
          back="close 1002"),
    _case("a reserved bit in binary", "5.2", frame(_BEAT, BINARY, reserved=1), back="close 1002"),
    _case("a reserved bit in a ping", "5.2", frame(b"x", PING, reserved=4), back="close 1002"),
    _case("a reserved bit in a close", "5.2", frame(b"\x03\xe8", CLOSE, reserved=4), back="close 1002"),
    _case("a reserved bit in a continuation", "5.2", _BEGUN, frame(_BEAT[9:], CONTINUATION, reserved=4),
          back="close 1002"),
    *(_case(f"opcode {opcode}", "5.2", frame(_BEAT, opcode), back="close 1002") for opcode in (3, 4, 5, 6, 7)),
    *(_case(f"opcode {opcode}", "5.2", frame(b"", opcode), back="close 1002") for opcode in (11, 12, 13, 14, 15)),
    _case("an unknown opcode after text", "5.2", _WHOLE, frame(_BEAT, 3), back="answer 1, close 1002"),
]  # fmt: skip

FRAGMENTS = [
    _case("two fragments", "5.4", *fragments(_BEAT[:9], _BEAT[9:]), back="answer 1"),
    _case("two fragments at once", "5.4", b"".join(fragments(_BEAT[:9], _BEAT[9:])), back="answer 1"),
    _case("two fragments byte by byte", "5.4", *bytewise(b"".join(fragments(_BEAT[:9], _BEAT[9:]))), back="answer 1"),
    _case("a fragment for each byte", "5.4", b"".join(fragments(*bytewise(_BEAT))), back="answer 1"),
    _case("binary fragments", "5.4", *fragments(_BEAT[:9], _BEAT[9:], opcode=BINARY), back="answer 1"),
    _case("an empty first fragment", "5.4", *fragments(b"", _BEAT), back="answer 1"),
    _case("an empty last fragment", "5.4", *fragments(_BEAT, b""), back="answer 1"),
    _case("empty fragments in between", "5.4", *fragments(_BEAT[:9], b"", b"", _BEAT[9:]), back="answer 1"),
    _case("nothing in three fragments", "5.4", *fragments(b"", b"", b""), back=""),
    _case("long fragments", "5.4", *fragments(heartbeat(size=70_000), b" " * 70_000), back="answer 1"),
    _case("fragments, their lengths in eight bytes", "5.4", frame(_BEAT[:9], fin=False, length_bytes=8),
          frame(_BEAT[9:], CONTINUATION, length_bytes=8), back="answer 1"),
    _case("a ping in between", "5.4", _BEGUN, frame(b"x", PING), _END, back="pong x, answer 1"),
    _case("a ping in between, at once", "5.4", _BEGUN + frame(b"x", PING) + _END, back="pong x, answer 1"),
    _case("a ping in between, byte by byte", "5.4", *bytewise(_BEGUN + frame(b"x", PING) + _END),
          back="pong x, answer 1"),
    _case("a pong in between", "5.4", _BEGUN, frame(b"x", PONG), _END, back="answer 1"),
    _case("three pings in between", "5.4", _BEGUN, *(frame(b"%d" % at, PING) for at in range(3)), _END,
          back="pong 0, pong 1, pong 2, answer 1"),
    _case("a ping that goes on in between", "5.5", _BEGUN, frame(b"x", PING, fin=False), _END, back="close 1002"),
    _case("a continuation of nothing", "5.4", frame(_BEAT, CONTINUATION), back="close 1002"),
    _case("a continuation of nothing that goes on", "5.4", frame(_BEAT, CONTINUATION, fin=False), back="close 1002"),
    _case("a continuation of a whole message", "5.4", _WHOLE, frame(_BEAT, CONTINUATION), back="answer 1, close 1002"),
    _case("a continuation of fragments that have ended", "5.4", _BEGUN, _END, _END, back="answer 1, close 1002"),
    _case("text in between", "5.4", _BEGUN, _WHOLE, _END, back="close 1002"),
    _case("binary in between", "5.4", _BEGUN, frame(_BEAT, BINARY), _END, back="close 1002"),
    _case("text that begins twice", "5.4", _BEGUN, _BEGUN, _END, back="close 1002"),
    _case("fragments, text, fragments", "5.4", _BEGUN, _END, frame(heartbeat(b"2")), _BEGUN, _END,
          back="answer 1, answer 2, answer 1"),
]  # fmt: skip

_LETTERS = {"of two bytes": "ä", "of three bytes": "€", "of four bytes": "🚗", "the last there is": "\U0010ffff"}
# §8.1 has the connection fail. We answer, with what can be read (quirk 17): who sends a stop like that sends it again
# and again, and its charge would never be booked
_NO_UTF8 = {
    "a lone continuation byte": b"\x80",
    "a letter that is cut off": b"\xe2\x82",
    "an overlong letter": b"\xc0\xaf",
    "half of a UTF-16 pair": b"\xed\xa0\x80",
    "beyond the last letter": b"\xf4\x90\x80\x80",
    "a byte that never is": b"\xff",
    "Latin-1": b"K\xf6ln",
}


def _parted(unique_id: bytes) -> list[bytes]:
    """Give a heartbeat in two fragments that part behind the first byte of its unique id."""
    return fragments(*in_two(heartbeat(unique_id), 5))


UTF8 = [
    *(
        _case(f"a letter {what}", "5.6", frame(heartbeat(letter.encode())), back=f"answer {letter}")
        for what, letter in _LETTERS.items()
    ),
    *(
        _case(f"a letter {what}, in two fragments", "5.6", *_parted(letter.encode()), back=f"answer {letter}")
        for what, letter in _LETTERS.items()
    ),
    _case("a letter byte by byte", "5.6", *bytewise(frame(heartbeat("🚗".encode()))), back="answer 🚗"),
    *(
        _case(name, "8.1", frame(heartbeat(data)), back=f"answer {data.decode(errors='replace')}")
        for name, data in _NO_UTF8.items()
    ),
    *(
        _case(f"{name}, in two fragments", "8.1", *_parted(data), back=f"answer {data.decode(errors='replace')}")
        for name, data in _NO_UTF8.items()
        if len(data) > 1
    ),
]

_CODES = (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999)
_NO_CODES = (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535)
_GOODBYE = closing(1000)

CLOSES = [
    _case("a close without a code", "5.5.1", frame(b"", CLOSE), back="close"),
    *(_case(f"close {code}", "7.4", closing(code), back=f"close {code}") for code in _CODES),
    *(_case(f"no code: {code}", "7.4", closing(code), back="close 1002") for code in _NO_CODES),
    _case("half a code", "5.5.1", frame(b"\x03", CLOSE), back="close 1002"),
    _case("a reason", "5.5.1", closing(1000, b"Bye"), back="close 1000 Bye"),
    _case("a reason of 123 bytes", "5.5", closing(1000, b"x" * 123), back=f"close 1000 {'x' * 123}"),
    _case("a reason of 124 bytes", "5.5", closing(1000, b"x" * 124), back="close 1002"),
    _case("a reason that is no UTF-8", "8.1", closing(1000, b"\xce\xba\xff"), back="close 1007"),
    _case("a close that goes on", "5.5", frame(b"\x03\xe8", CLOSE, fin=False), back="close 1002"),
    _case("a close byte by byte", "5.5.1", *bytewise(_GOODBYE), back="close 1000"),
    _case("text and a close at once", "5.5.1", _WHOLE + _GOODBYE, back="answer 1, close 1000"),
    _case("a ping and a close at once", "5.5.1", frame(b"x", PING) + _GOODBYE, back="pong x, close 1000"),
    _case("two closes", "5.5.1", _GOODBYE + closing(1001), back="close 1000"),
    _case("text after a close", "1.4", _GOODBYE + _WHOLE, back="close 1000"),
    _case("a ping after a close", "1.4", _GOODBYE + frame(b"x", PING), back="close 1000"),
    _case("fragments that end after a close", "1.4", _GOODBYE + _BEGUN + _END, back="close 1000"),
    _case("garbage after a close", "1.4", _GOODBYE + b"\xff" * 100, back="close 1000"),
    # a close may come between fragments; the package says that the message was not whole, and closes all the same
    _case("a close between fragments", "5.5.1", _BEGUN + _GOODBYE, back="close 1002"),
    _case("a ping after what was wrong", "7.1.7", frame(_BEAT, 3) + frame(b"x", PING), back="close 1002"),
]

CASES = [*FRAMES, *MASKS, *CONTROL, *RESERVED, *FRAGMENTS, *UTF8, *CLOSES]
