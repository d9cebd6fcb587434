"""What one connection's bytes mean, however they are cut: the same as to the package that knows the whole protocol."""

from __future__ import annotations

import logging
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.protocol import CLIENT, OPEN, SERVER, Protocol

from shocpp.transports.wires.wire import Wire
from tests.support.websocket_cases import closing, frame

LIMIT = 40_000
SILENCE = logging.getLogger("tests.silence")
SILENCE.setLevel(logging.CRITICAL + 1)

SIZES = st.sampled_from([0, 1, 125, 126, 127, LIMIT, LIMIT + 1, 65_535, 65_536])
DATA = st.builds(lambda size, byte: bytes([byte]) * size, SIZES, st.integers(0, 255))
TEXTS = DATA.map(lambda data: [Frame(Opcode.TEXT, data)])
BINARIES = DATA.map(lambda data: [Frame(Opcode.BINARY, data)])
PINGS = st.binary(max_size=125).map(lambda data: [Frame(Opcode.PING, data)])
PONGS = st.binary(max_size=125).map(lambda data: [Frame(Opcode.PONG, data)])
CLOSES = st.just([Frame(Opcode.CLOSE, b"\x03\xe8")])
FORBIDDEN = st.sampled_from([b"\xc1\x81\0\0\0\0x", b"\x83\x80\0\0\0\0", b"\x81\x01x", b"\x80\x80\0\0\0\0"])


@st.composite
def fragmented(draw: st.DrawFn) -> list[Frame]:
    """Give a message in several frames, perhaps with a ping in between."""
    parts = draw(st.lists(st.binary(max_size=200), min_size=2, max_size=4))
    frames = [Frame(Opcode.CONT if at else Opcode.TEXT, part, fin=False) for at, part in enumerate(parts)]
    frames[-1].fin = True
    if draw(st.booleans()):
        frames.insert(1, Frame(Opcode.PING, b"?"))
    return frames


def written(frames: list[Frame]) -> list[bytes]:
    """Give frames as a client sends them."""
    return [each.serialize(mask=True) for each in frames]


GROUPS = st.one_of(TEXTS, TEXTS, TEXTS, BINARIES, PINGS, PONGS, fragmented(), CLOSES).map(written)
CONVERSATIONS = st.lists(st.one_of(GROUPS, GROUPS, GROUPS, FORBIDDEN.map(lambda data: [data])), max_size=6)


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    """Cut bytes at some places."""
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[begin:end] for begin, end in pairwise(places)]


def reference(chunks: list[bytes]) -> tuple[list[bytes], bytes, bool]:
    """Have the package alone read it: messages, what it answers, whether it hangs up."""
    protocol, messages, parts = Protocol(SERVER, max_size=LIMIT, logger=SILENCE), [], bytearray()
    for chunk in chunks:
        protocol.receive_data(chunk)
    for event in protocol.events_received():
        assert isinstance(event, Frame)
        if event.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            parts += event.data
            if event.fin:
                messages.append(bytes(parts))
                parts.clear()
    data = protocol.data_to_send()
    return messages, b"".join(data), bool(data) and not data[-1]


@example([written([Frame(Opcode.TEXT, b"x" * LIMIT)]), written([Frame(Opcode.TEXT, b"x" * (LIMIT + 1))])], [], True)
@example([written([Frame(Opcode.TEXT, b"x" * 65_536)])], [133], False)  # as long as the byte 127 says that it is
@given(CONVERSATIONS, st.lists(st.integers(0, 1 << 20), max_size=6), st.booleans())
def test_bytes_mean_what_the_package_says(groups: list[list[bytes]], cuts: list[int], is_framewise: bool) -> None:
    """Whole frames, halves and several at once: the same messages, answers and end."""
    frames = [each for group in groups for each in group]
    chunks = frames if is_framewise else pieces(b"".join(frames), cuts)
    wire, messages, answers, is_over = Wire(LIMIT, SILENCE), [], b"", False
    for chunk in chunks:
        messages += [bytes(message) for message in wire.receive(memoryview(chunk))]
        data, is_end = wire.outgoing()
        answers, is_over = answers + data, is_over or is_end
    assert (messages, answers, is_over) == reference(chunks)


@pytest.mark.parametrize("length_bytes", [2, 8])
@pytest.mark.parametrize("piece", [1, 3, 1000], ids="{} bytes at a time".format)
def test_lengths_at_length_are_counted_right(length_bytes: int, piece: int) -> None:
    """After a frame whose length is written in too many bytes nothing is held: no budget fills up with what is gone."""
    wire, data = Wire(LIMIT, SILENCE), frame(b"x" * 30, length_bytes=length_bytes)
    for begin in range(0, len(data), piece):
        wire.receive(memoryview(data[begin : begin + piece]))
        wire.outgoing()
        assert wire.unfinished == (begin + piece if begin + piece < len(data) else 0)
    assert wire._protocol is None


def test_of_very_many_frames_some_are_read_at_a_time() -> None:
    """What fits into a read by the thousand keeps nobody waiting: the rest is handed in later, and none is lost."""
    wire, pings = Wire(LIMIT, SILENCE), frame(b"?", opcode=9) * 1000
    pongs = []
    rest = pings + frame(b"x")
    while rest:
        assert wire.unfinished == 0
        messages = wire.receive(memoryview(rest))
        pongs.append(wire.outgoing()[0])
        assert wire.unfinished == len(wire.rest)
        rest = wire.take_rest()
    assert max(map(len, pongs)) == 64 * len(b"\x8a\x01?") and b"".join(pongs) == b"\x8a\x01?" * 1000
    assert messages == [b"x"] and wire._protocol is None


def test_behind_a_close_nothing_is_kept() -> None:
    """What would have been read later is discarded with all that comes after a close."""
    wire = Wire(LIMIT, SILENCE)
    wire.receive(memoryview(closing(1000) + frame(b"?", opcode=9) * 1000))
    assert (wire.rest, wire.unfinished, wire.outgoing()) == (b"", 0, (b"\x88\x02\x03\xe8", True))


def test_what_came_before_a_close_is_answered_before_it() -> None:
    """Until the close has been handed out answers may be sent; after it none."""
    wire = Wire(LIMIT, SILENCE)
    assert wire.receive(memoryview(frame(b"x") + closing(1000))) == [b"x"]
    assert not wire.is_open and not wire.has_closed
    assert wire.outgoing() == (b"\x88\x02\x03\xe8", True)
    assert wire.has_closed


def test_what_is_plain_needs_no_protocol() -> None:
    """A protocol object is there from what is not plain until that is over, and not for longer."""
    wire = Wire(LIMIT, SILENCE)

    def has_one(*frames: bytes) -> bool:
        for each in frames:
            wire.receive(memoryview(each))
            wire.outgoing()
        return wire._protocol is not None

    text = Frame(Opcode.TEXT, b"x" * 300).serialize(mask=True)
    assert not has_one(text, text)
    assert has_one(text[:100])
    assert not has_one(text[100:])
    assert has_one(text + text + text[:1])
    assert not has_one(text[1:])
    assert has_one(Frame(Opcode.TEXT, b"x", fin=False).serialize(mask=True))
    assert not has_one(Frame(Opcode.CONT, b"y").serialize(mask=True))
    assert not has_one(Frame(Opcode.PING, b"x").serialize(mask=True))
    assert has_one(Frame(Opcode.CLOSE, b"").serialize(mask=True))


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 200_000])
def test_lines_are_sent_as_frames(size: int) -> None:
    """A line arrives as one text message, whether a protocol is at work or not."""
    for is_busy in (False, True):
        wire = Wire(LIMIT, SILENCE)
        if is_busy:
            wire.receive(memoryview(b"\x81"))
        client = Protocol(CLIENT, max_size=None, logger=SILENCE)
        client.receive_data(wire.frame("ä" * (size // 2)))
        (event,) = client.events_received()
        assert isinstance(event, Frame) and client.state is OPEN
        assert (event.opcode, event.fin, event.data) == (Opcode.TEXT, True, ("ä" * (size // 2)).encode())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x81\x80\0\0\0",
        b"\x81\x01\0\0\0\0x",
        b"\x01\x81\0\0\0\0x",
        b"\x82\x81\0\0\0\0x",
        b"\xc1\x81\0\0\0\0x",
        b"\x81\x82\0\0\0\0x",
        b"\x81\x81\0\0\0\0xx",
        b"\x81\xfe\0\x01\0\0\0\0x",
        b"\x81\xfe\0\x7e",
        b"\x81\xff\0\0\0\0\0\0\0\x01\0\0\0\0x",
    ],
)
def test_what_is_not_plain(data: bytes) -> None:
    """Unmasked, unfinished, binary, reserved, too short, too much, written at length: not for us to read."""
    assert Wire(LIMIT, SILENCE).receive_plain(memoryview(data)) is None


@pytest.mark.parametrize("begun", [b"", frame(b"x" * 30)[:10]], ids=["at rest", "amid a message"])
def test_a_goodbye_is_said_once(begun: bytes) -> None:
    """After it nothing more is sent or taken, and a ping is none."""
    wire = Wire(LIMIT, SILENCE)
    wire.receive(memoryview(begun))
    wire.close(1001, "restart")
    assert not wire.is_open
    assert wire.outgoing() == (b"\x88\x09\x03\xe9restart", False)
    wire.ping()
    wire.close(1001, "again")
    assert wire.outgoing() == (b"", False)
    late = memoryview(frame(b"late"))
    assert wire.receive_plain(late) is None
    assert wire.receive(late) == ()
    assert wire.has_closed and not wire.is_open
