"""Lines as websocketd sends them, in pieces of any size."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shocpp.transports.wires.line_wire import LineWire
from tests.support.properties import examples

LIMIT = 20


def received(wire: LineWire, pieces: list[bytes]) -> list[bytes]:
    """Have a wire take pieces, each as a connection has it."""
    lines: list[bytes] = []
    for piece in pieces:
        plain = wire.receive_plain(memoryview(piece))
        lines += wire.receive(memoryview(piece)) if plain is None else [plain]
        while wire.rest:
            lines += wire.receive(memoryview(wire.take_rest()))
    return lines


@examples(200)
@given(st.lists(st.text("ab\n").map(str.encode)))
def test_lines_are_the_same_however_they_are_cut(pieces: list[bytes]) -> None:
    """Lines within the limit come out as they are; empty ones do not; the rest is held until it is taken."""
    wire = LineWire(1 << 20)
    *lines, rest = b"".join(pieces).split(b"\n")
    assert received(wire, pieces) == [line for line in lines if line]
    assert wire.unfinished == len(rest)
    assert wire.take_unfinished() == rest
    assert wire.unfinished == 0


def test_of_very_many_lines_some_are_read_at_a_time() -> None:
    """A pipe full of short lines keeps nobody else waiting: the rest is handed in later, and lost is none."""
    wire = LineWire(LIMIT)
    assert wire.receive(memoryview(b"a\n" * 100 + b"b")) == [b"a"] * 64
    assert wire.unfinished == len(wire.rest) == 36 * 2 + 1
    assert wire.receive(memoryview(wire.take_rest())) == [b"a"] * 36
    assert (wire.rest, wire.take_unfinished()) == (b"", b"b")


@examples(200)
@given(st.lists(st.binary(min_size=1, max_size=LIMIT).map(lambda data: data.replace(b"\n", b"-"))))
def test_a_line_that_is_too_long_is_cut_once(pieces: list[bytes]) -> None:
    """Of a line without an end little more than the limit is held, or served; the line behind it is whole again."""
    wire = LineWire(LIMIT)
    long = b"".join(pieces)
    before = received(wire, pieces)
    assert wire.unfinished <= LIMIT
    assert before == ([] if len(long) <= LIMIT else [next(taken for taken in starts(pieces) if len(taken) > LIMIT)])
    after = received(wire, [b"end\nnext\n"])
    assert after == [long + b"end" if not before else b"", b"next"][bool(before) :]


def starts(pieces: list[bytes]) -> list[bytes]:
    """Give what has come after each piece."""
    return [b"".join(pieces[:number]) for number in range(1, len(pieces) + 1)]


def test_what_is_written() -> None:
    """A line of ours ends where websocketd ends a message; to close says nothing on the wire."""
    wire = LineWire(LIMIT)
    assert wire.frame('[3,"1",{}]') == b'[3,"1",{}]\n'
    wire.ping()
    wire.close(1001, "restart")
    assert wire.outgoing() == (b"", False)
    assert wire.has_closed
