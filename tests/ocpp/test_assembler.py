"""From lines to frames: what is mended, what is dropped, and that nothing takes long."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.ocpp.assembler import Assembler
from shocpp.ocpp.frames import Call, CallError, CallResult, Garbage, Piece
from shocpp.ocpp.mending import MOST_FRAMES
from tests.support.hostile_lines import GARBAGE, MIB, Parts, line
from tests.support.units import cost_s, least_units

BEAT = b'[2,"1","Heartbeat",{}]'


def shown(pieces: list[Piece]) -> list[object]:
    """Make pieces comparable: frames as their JSON, garbage as its id."""
    return [f"garbage {piece.unique_id}" if isinstance(piece, Garbage) else piece.encode() for piece in pieces]


def assemble(*lines: bytes, longest: int = MIB) -> list[object]:
    """Feed lines and the end."""
    assembler = Assembler(longest)
    pieces = [piece for line in lines for piece in assembler.feed(line)] + assembler.finish()
    assert not assembler.unfinished
    return shown(pieces)


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b",", b" \x00", b"\n\n"])
@pytest.mark.parametrize("begin", [b"", b"\xef\xbb\xbf", b"  ", b",", b"\x00"])
def test_frame_with_trimmings(begin: bytes, end: bytes) -> None:
    """A frame is one, whatever blanks, marks and commas stand around it."""
    assert assemble(begin + BEAT + end) == [BEAT.decode()]


@pytest.mark.parametrize("indent", [0, 1, 2, "\t"])
def test_pretty_printed_frame(indent: int | str) -> None:
    """A frame over several lines is one frame; a comma at the end of a line belongs to it."""
    frame = [2, "1", "DataTransfer", {"vendorId": "v", "data": "[{,", "more": [1, [2, "3"], {}]}]
    lines = json.dumps(frame, indent=indent).encode().split(b"\n")
    assert assemble(*lines) == [json.dumps(frame, separators=(",", ":"))]


def test_pretty_printed_frames_one_after_another() -> None:
    """Frames over several lines do not run into each other, nor into one in a single line."""
    lines = json.dumps(json.loads(BEAT), indent=2).encode().split(b"\n")
    assert assemble(*lines, BEAT, *lines, b"", *lines, BEAT) == [BEAT.decode()] * 5


@pytest.mark.parametrize(
    ("line", "ids"),
    [
        (b'[2,"1","Heartbeat",{}][2,"2","Heartbeat",{}]', ["1", "2"]),
        (b'[2,"1","Heartbeat",{}]\t,\x00 [2,"2","Heartbeat",{}]', ["1", "2"]),
        (b'[2,"1","Heartbeat",{}]][2,"2","Heartbeat",{}]', ["1", "2"]),
        (b'2,"1","Heartbeat",{}', ["1"]),
        (b'2,"1","Heartbeat",{}]', ["1"]),
        (b'2,"1","Heartbeat",{},', ["1"]),
        (b'"2","1","Heartbeat",{}', ["1"]),
        (b'[2,"1","Heartbeat",{}', ["1"]),
        (b'[2,"1","Heartbeat",', ["1"]),
        (b'[2,"1","Heartbeat"', ["1"]),
        (b'[2,"1","Heartbeat",{"a":"\xff\xfe"}]', ["1"]),
        (b'[2,"1","Heartbeat",{"a":"tab\there"}]', ["1"]),
        (b'[2,"1","Heartbeat",{"a":' + b"9" * 5000 + b"}]", ["1"]),
        (b'[2,"1","Heartbeat",{"a":NaN,"b":-Infinity}]', ["1"]),
    ],
)
def test_mended(line: bytes, ids: list[str]) -> None:
    """What is clearly meant to be a CALL is one."""
    calls = [json.loads(str(piece)) for piece in assemble(line)]
    assert [(call[0], call[1], call[2]) for call in calls] == [(2, each, "Heartbeat") for each in ids]


def test_no_number_is_made_of_what_is_none() -> None:
    """NaN and numbers beyond all measure are missing, not something else."""
    (call,) = Assembler().feed(b'[2,"1","A",{"a":NaN,"b":Infinity,"c":' + b"9" * 5000 + b"}]")
    assert isinstance(call, Call)
    assert call.payload == {"a": None, "b": None, "c": None}


@pytest.mark.parametrize(
    ("line", "unique_id"),
    [
        (b"pong", None),
        (b"\xff\xfe", None),
        (b"{}", None),
        (b"[]", None),
        (b"null", None),
        (b'[3,"1"', None),
        (b'[2,"1","StatusNotification",{"info":"abc', "1"),
        (b'[2,"1","StatusNotification",{"connectorId":1,', "1"),
        (b'[2,17,"StatusNotification",{"connectorId":1,', 17),
        (b'[2,"1","StatusNotification",{]}', "1"),
        (b'["2" , "1" , x', "1"),
        (b'[2,"1","A",' + b"[" * 10_000 + b"]" * 10_000 + b"]", "1"),
        (b'[2,"1', None),
        (b'[2,"a\\"b","A",{"c', None),
    ],
)
def test_garbage(line: bytes, unique_id: object) -> None:
    """What cannot be mended is dropped, under the id of the CALL that it was meant to be if that can be read."""
    expected = [] if line == b'[3,"1"' else [f"garbage {unique_id}"]
    assert assemble(line, BEAT) == [*(expected or ['[3,"1",{}]']), BEAT.decode()]


def test_an_unfinished_frame_waits() -> None:
    """A frame that may go on is held until the next one comes or its owner says that nothing follows."""
    assembler = Assembler()
    assert assembler.feed(b'[2,"1","Heartbeat"') == []
    assert assembler.unfinished
    assert shown(assembler.feed(BEAT)) == ['[2,"1","Heartbeat",{}]', BEAT.decode()]
    assert not assembler.unfinished


def test_a_frame_of_many_lines_is_bounded() -> None:
    """What is held never grows beyond the longest frame, however many lines it has: here all but the last one go."""
    assembler = Assembler(longest=1000)
    pieces = [piece for _ in range(200) for piece in assembler.feed(b'[2,"1",["' + b"x" * 40 + b'",')]
    assert len(pieces) == 199
    assert {type(piece) for piece in pieces} == {Garbage}


def test_a_frame_without_an_end_is_bounded() -> None:
    """A frame that goes on for ever is given up once it is longer than the longest; no line is held from then on."""
    assembler = Assembler(longest=1000)
    assembler.feed(b'[2,"1","A",{"a":[')
    line = b'"' + b"x" * 40 + b'",'
    pieces = [piece for _ in range(200) for piece in assembler.feed(line)]
    assert len(pieces) > 200 - 1000 / len(line)
    assert not assembler.unfinished


def test_too_long() -> None:
    """A line beyond the limit that is no frame is dropped, with its id, and so is what was held before it."""
    assert assemble(b'[2,"1","A",{', b'[2,"2","A",{"a":"' + b"x" * 2000, BEAT, longest=1000) == [
        "garbage 1",
        "garbage 2",
        BEAT.decode(),
    ]


@pytest.mark.parametrize("parts", GARBAGE.values(), ids=GARBAGE)
@pytest.mark.parametrize("is_message", [False, True], ids=["line", "message"])
def test_nothing_takes_long(parts: Parts, is_message: bool) -> None:
    """
    A MiB takes no longer than to read a few MiB of JSON (found: a minute for a tab), and leaves a few dozen pieces.

    What takes quadratic time takes hundreds of times as long.
    """
    data, pieces = line(parts), list[Piece]()

    def take() -> None:
        assembler = Assembler()
        pieces[:] = assembler.feed_message(data) if is_message else [*assembler.feed(data), *assembler.finish()]

    assert least_units(lambda: cost_s(take), enough=20) <= 20
    assert len(pieces) <= MOST_FRAMES + 1


def test_a_frame_over_many_lines_takes_linear_time() -> None:
    """A frame of a MiB whose lines come one by one is put together once: what is held is not copied for each."""
    lines = [b'[2,"1","DataTransfer",{"vendorId":"v","data":[', *[b'"0123456789",'] * 75_000, b'"0"]}]']

    def take() -> None:
        assembler = Assembler()
        (frame,) = [piece for each in lines for piece in assembler.feed(each)]
        assert isinstance(frame, Call)

    assert least_units(lambda: cost_s(take), enough=25) <= 25


def said(message: bytes) -> list[object]:
    """Feed a message."""
    assembler = Assembler()
    pieces = shown(list(assembler.feed_message(message)))
    assert not assembler.unfinished
    return pieces


@pytest.mark.parametrize("count", [1, 3, 40])
def test_documents_of_a_message(count: int) -> None:
    """Frames in one message are read over any number of lines, at most as many as may be; what follows is garbage."""
    frame = [2, "1", "DataTransfer", {"vendorId": "v", "data": "[{,", "more": [{"a": [1, 2]}] * 50}]
    frames = [json.dumps(frame, separators=(",", ":"))] * count
    expected = frames if count <= MOST_FRAMES else [*frames[:MOST_FRAMES], "garbage None"]
    assert said("\n".join([json.dumps(frame, indent=1)] * count).encode()) == expected
    assert said("\n".join(frames).encode()) == expected
    assert said("".join(frames).encode()) == expected


def test_what_is_no_document_counts_by_lines() -> None:
    """Lines in between are dropped one by one, and a frame after them is served, as long as they are few."""
    frame = BEAT.decode()
    assert said(b"x\n" + BEAT + b"\n" * 50 + b'{"a":\n' + BEAT) == ["garbage None", frame, "garbage None", frame]
    assert said(b"x\n" * (MOST_FRAMES - 1) + BEAT)[-1] == frame
    many = said(b"x\n" * MOST_FRAMES + BEAT)
    assert many == ["garbage None"] * (MOST_FRAMES + 1)


def test_a_long_frame_that_is_cut_off() -> None:
    """Over many lines, too, a frame is mended that lacks its last bracket; one that lacks more is refused by its id."""
    frame = [2, "1", "DataTransfer", {"vendorId": "v", "data": list(range(1000))}]
    text = json.dumps(frame, indent=1).encode()
    assert said(text[:-1]) == [json.dumps(frame, separators=(",", ":"))]
    assert said(text[:-3]) == ["garbage 1"]


def test_lines_within_lines_are_bounded() -> None:
    """Many frames in each of many lines are no way around the limit."""
    pieces = said(b"\n".join([BEAT * 20] * 20))
    assert len(pieces) == MOST_FRAMES + 1 and pieces[-1] == "garbage None"


def test_only_a_whole_message_is_verbatim() -> None:
    """A frame among others in a message has no text of its own that could be used again."""
    assembler = Assembler()
    assert [assembler.is_verbatim for _ in assembler.feed_message(BEAT)] == [True]
    assert [assembler.is_verbatim for _ in assembler.feed_message(BEAT + b"\n" + BEAT)] == [False, False]
    assert [assembler.is_verbatim for _ in assembler.feed_message(BEAT + b"\nx")] == [False, False]


@given(st.lists(st.binary(max_size=40) | st.sampled_from([BEAT, b'[2,"1",', b"{}", b"]", b'"', b"\n"]), max_size=80))
def test_no_message_fails(parts: list[bytes]) -> None:
    """No bytes make it fail, none gives more than may be, and nothing is left for the next message."""
    assembler = Assembler()
    assert len(list(assembler.feed_message(b"\n".join(parts)))) <= MOST_FRAMES + 1
    assert shown(list(assembler.feed_message(BEAT))) == [BEAT.decode()]


@given(st.lists(st.binary(max_size=40) | st.sampled_from([BEAT, b'[2,"1",', b"{}", b"]", b'"', b'[3,"1",{}]'])))
def test_never_fails(lines: list[bytes]) -> None:
    """No bytes make it fail, and a frame after them is always served."""
    pieces = assemble(*lines, BEAT)
    assert pieces[-1] == BEAT.decode()


def test_all_kinds() -> None:
    """Each of the three messages is recognised."""
    kinds = [type(piece) for piece in Assembler().feed(b'[2,"1","A",{}][3,"1",{}][4,"1","GenericError","",{}]')]
    assert kinds == [Call, CallResult, CallError]
