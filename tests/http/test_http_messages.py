"""HTTP's messages: however bytes are cut, the same messages; what does not say clearly where it ends is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shocpp.http import writing
from shocpp.http.message import HttpError, HttpMessage
from shocpp.http.reader import HttpReader
from tests.support.properties import examples

PLAIN = writing.request("/a", "h", "text/xml", b"<a/>", {"X": "1"})
CHUNKED = b"POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\n<b>\r\n4\r\n</b>\r\n0\r\nTrailer: 1\r\n\r\n"
EMPTY = b"GET /c HTTP/1.0\r\n\r\n"
STREAM = PLAIN + b"\r\n" + CHUNKED + EMPTY + PLAIN
SAID = [("POST", "/a", b"<a/>"), ("POST", "/b", b"<b></b>"), ("GET", "/c", b""), ("POST", "/a", b"<a/>")]


def said(messages: list[HttpMessage]) -> list[tuple[str, str, bytes]]:
    """Give what messages say."""
    return [(message.method, message.target, message.body) for message in messages]


@examples(60)
@given(some.lists(some.integers(0, len(STREAM)), max_size=8))
def test_a_cut_changes_nothing(cuts: list[int]) -> None:
    """Pipelined, chunked, in whatever pieces: the messages are the same."""
    reader, found, begin = HttpReader(1000), [], 0
    for end in [*sorted(cuts), len(STREAM)]:
        found += reader.receive(STREAM[begin:end])
        begin = end
    assert said(found) == SAID
    assert not reader.has_begun
    assert reader.finish() is None


@pytest.mark.parametrize("said", [b"Content-Length: 900", b"Transfer-Encoding: chunked"])
def test_what_is_in_memory_is_counted(said: bytes) -> None:
    """However a body comes, its bytes count from the moment they are there, with the head's, until it is whole."""
    reader, part = HttpReader(1000), b"x" * 300
    head = b"POST /a HTTP/1.1\r\n%b\r\n\r\n" % said
    piece, end = (b"12c\r\n%b\r\n" % part, b"0\r\n\r\n") if said.endswith(b"chunked") else (part, b"")
    reader.receive(head)
    assert reader.held == len(head)
    for count in (1, 2):
        assert reader.receive(piece) == []
        assert reader.held == len(head) + count * len(part)
    (message,) = reader.receive(piece + end)
    assert message.body == 3 * part
    assert reader.held == 0


@pytest.mark.parametrize(("data", "status"), [
    (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na", 400),
    (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
    (b"POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\na", 400),
    (b"POST / HTTP/1.1\r\nContent-Length: 1001\r\n\r\n", 413),
    (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n", 413),
    (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", 400),
    (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc", 400),
    (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"0" * 200, 400),
    (b"POST / HTTP/1.1\r\n folded: x\r\n\r\n", 400),
    (b"POST / HTTP/1.1\r\nContent-Length : 1\r\n\r\na", 400),
    (b"POST / HTTP/3\r\n\r\n", 400),
    (b"\x16\x03\x01\r\n\r\n", 400),
    (b"POST / HTTP/1.1\r\nX: " + b"a" * 20_000, 431),
])  # fmt: skip
def test_what_is_unclear_is_refused(data: bytes, status: int) -> None:
    """Two lengths, strange codings, sizes that are none and what is too long have a status that says so."""
    with pytest.raises(HttpError) as refused:
        HttpReader(1000).receive(data)
    assert refused.value.status == status


def test_a_response_may_end_with_its_connection() -> None:
    """A response without a length is whole when nothing follows; one with a length that is cut is none."""
    reader = HttpReader(1000, is_client=True)
    assert reader.receive(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\r\n\r\n<a>") == []
    assert reader.receive(b"</a>") == []
    last = reader.finish()
    assert last is not None
    assert (last.status, last.body, last.is_last) == (200, b"<a></a>", True)
    cut = HttpReader(1000, is_client=True)
    cut.receive(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<a>")
    with pytest.raises(HttpError):
        cut.finish()


def test_a_header_that_stands_twice_is_none() -> None:
    """Of two credentials neither is taken."""
    (message,) = HttpReader(0).receive(b"GET / HTTP/1.1\r\nAuthorization: a\r\nauthorization: b\r\n\r\n")
    assert message.header("authorization") is None
    assert message.headers("authorization") == ["a", "b"]


def test_a_go_ahead_is_asked_for_once() -> None:
    """Who waits for 100 Continue before the body is known, until the body is there."""
    reader = HttpReader(10)
    reader.receive(b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n")
    assert reader.is_awaiting_go_ahead
    (message,) = reader.receive(b"a")
    assert message.body == b"a"
    assert not reader.is_awaiting_go_ahead
