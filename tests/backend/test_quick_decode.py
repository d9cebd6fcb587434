"""What msgspec reads means what the standard library makes of it, and all works without msgspec."""

from __future__ import annotations

import sys
from itertools import chain
from typing import Any

import pytest

from shocpp.backend.quick_decode import quick_decode, quick_reading
from shocpp.ocpp import assembler
from shocpp.ocpp.assembler import Assembler
from shocpp.ocpp.frames import Call
from shocpp.ocpp.unread import UnreadMeterValues
from tests.fuzz.mutations import message

MESSAGES = 3000
# between "[2,1,\"A\",{\"a\":" and "}]": what readers of JSON disagree about
VALUES = [
    *(b"0", b"-0", b"0.0", b"-0.0", b"1.0", b"1e2", b"1E+2", b"1e999", b"-1e999", b"1e-999", b"5e-324", b"4.9e-324"),
    *(b"007", b"01", b"-", b"+1", b"1.", b".5", b"1e", b"0x1", b"9007199254740993.0", b"123456789.123456789123456789"),
    *(b"1.7976931348623157e308", b"1.7976931348623159e308", b"2.2250738585072011e-308", b"0.1", b"1e22", b"1e23"),
    *(b"9223372036854775808", b"-9223372036854775809", b"18446744073709551616", b"1" * 400, b"1" * 4300, b"1" * 4301),
    *(b"NaN", b"Infinity", b"-Infinity", b"nan", b"true", b"True", b"null", b"nil", b"undefined"),
    *(
        b'"a\nb"',
        b'"a\x00b"',
        b'"a\x1fb"',
        b'"a\x7fb"',
        b'"a\tb"',
        b"'a'",
        b'"\\a"',
        b'"\\/"',
        b'"\\u12"',
        b'"\\u00E9"',
    ),
    *(b'"\\ud800"', b'"\\udc00\\ud800"', b'"a\\ud83d"', b'"\\ud83d\\ude00"', b'"\\ud83dx"', b'"\\u0000"'),
    *(
        b'"\xff"',
        b'"\x80"',
        b'"\xed\xa0\x80"',
        b'"\xc0\x80"',
        b'"\xf4\x90\x80\x80"',
        b'"\xf0\x9f\x98\x80"',
        b'"\xc3\xa9"',
    ),
    *(
        b'{"a":1,"b":2,"a":3}',
        b'{"a":1,"a":{"a":2,"a":3}}',
        b'{"":{}}',
        b"{1:2}",
        b'{"a" :\r\n1}',
        b'{"a":1,}',
        b"[1,]",
    ),
    *(b"[ \x0c1]", b"[\xc2\xa01]", b"[1 2]", b"[1]/* */", b"// \n1", b"[", b"]", b"", b"{}x"),
]
AROUND = [
    *((begin, b"") for begin in (b" ", b"\n", b"\t", b"\x0b", b"\xef\xbb\xbf", b"\x00", b"pong", b"[")),
    *(
        (b"", end)
        for end in (b" ", b"\r\n", b"\t", b"\x0b", b"\xc2\xa0", b"\x00", b"x", b"]", b",", b"[]", b" " * 70_000)
    ),
]
FRAMES = [
    *(b'[2,1,"A",{"a":%b}]' % value for value in VALUES),
    *(b'%b[2,1,"A",{}]%b' % around for around in AROUND),
    *(b"[%b,%b]" % (kind, unique_id) for kind in (b"2.0", b"3", b'"3"', b"3e0", b"4") for unique_id in VALUES),
    *(b'{"a":1}', b"[]", b"2", b'"[2]"', b"null", b"", b'[2,"1","A",{"a":"%b"}]' % (b"x" * 70_000)),
]
CALLS = [
    *(b'[2,"1","A",{"a":%b}]' % value for value in VALUES),
    *(b'[2,"1","A",{%b:1}]' % value for value in VALUES),
    *(b'[2,%b,"A",{}]' % value for value in VALUES),
    *(b'[2,"1",%b,{}]' % value for value in VALUES),
    *(b'[2,"1","A",%b]' % value for value in VALUES),
    *(b'%b[2,"1","A",{}]%b' % around for around in AROUND),
    *(b'[2,"1","A",{}', b'[2,"1","A",{},1]', b'[2,"1","A"]', b'[2,"1"]', b'[2.0,"1","A",{}]', b'["2","1","A",{}]'),
]


def read(reader: Assembler, data: Any) -> tuple[object, ...]:
    """Read data; give all that can be told of the frame, with the types of its numbers, and of how it stands."""
    frame = reader.read(data)
    fields = [repr(getattr(frame, name)) for name in getattr(frame, "__slots__", ())]
    return frame.__class__, *fields, reader.is_verbatim


def test_it_reads_what_the_general_way_reads() -> None:
    """Mutated and hand-picked frames are the same, to the types, and as verbatim; what is none is none."""
    pytest.importorskip("msgspec")
    quick, general = Assembler(decode=quick_decode()), Assembler()
    for data in chain(FRAMES, map(message, range(MESSAGES))):
        assert read(quick, data) == read(general, data), data[:200]
        assert read(quick, bytearray(data)) == read(general, data), data[:200]


def test_calls_are_what_the_general_way_makes_of_them() -> None:
    """A CALL that is read in one step is the only one in its message, and the same to the types."""
    pytest.importorskip("msgspec")
    read_call, taken = quick_reading().read_call, 0
    assert read_call is not None
    for data in chain(CALLS, map(message, range(MESSAGES))):
        call = read_call(data)
        if call is None or isinstance(call.payload, UnreadMeterValues):
            continue
        taken += 1
        (meant,) = Assembler().feed_message(data)
        assert isinstance(meant, Call), data[:200]
        for name in Call.__slots__:
            assert repr(getattr(call, name)) == repr(getattr(meant, name)), data[:200]
    assert taken > MESSAGES / 5


def test_it_is_msgspec_that_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """A frame as it should be does not go the general way: else all this would be for nothing."""
    pytest.importorskip("msgspec")
    decode = quick_decode()
    monkeypatch.delattr(assembler, "decode")
    assert decode(b'[2,"1","Heartbeat",{}]\r\n') == [2, "1", "Heartbeat", {}]


@pytest.mark.parametrize("nested", [(b"[", b"", b"]"), (b'{"a":', b"1", b"}")])
def test_how_deep(nested: tuple[bytes, bytes, bytes]) -> None:
    """Up to the depth that Python's stack has room for, give or take three levels, both read the same."""
    pytest.importorskip("msgspec")
    begin, inner, end = nested
    quick, general = Assembler(decode=quick_decode()), Assembler()
    depths = [
        sum(
            reader.read(b'[2,1,"A",{"a":%b}]' % (begin * depth + inner + end * depth)) is not None
            for depth in range(sys.getrecursionlimit())
        )
        for reader in (quick, general)
    ]
    assert 0 <= depths[0] - depths[1] <= 3


def test_without_msgspec(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it cannot be imported, frames are read the general way."""
    monkeypatch.setitem(sys.modules, "msgspec", None)
    assert quick_decode() is assembler.decode
