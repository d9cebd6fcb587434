"""One connection that brings requests, with a transport and a server of the test's own."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from shocpp.http import writing
from shocpp.http.message import HttpMessage
from shocpp.transports.connections.http_connection import HttpConnection

BODY = b"<a/>" * 100
REQUEST = writing.request("/a", "h", "text/xml", BODY, {})


class Around:
    """A transport, what connections share, and a server that answers when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0
        self.told = 0
        self.served: list[HttpMessage] = []
        self.written = b""
        self.is_reading = True
        self.is_open = True
        services: Any = SimpleNamespace(now=lambda: self.now, message_limit=1000, held=self, soon=lambda do: do())
        self.connection = HttpConnection(self, "192.0.2.1", services, 10.0, self._serve, lambda _: None)  # type: ignore[arg-type]

    def _serve(self, _: HttpConnection, request: HttpMessage) -> None:
        self.served.append(request)

    def set_unfinished(self, _: object, size: int) -> None:
        self.told = size

    def pause_reading(self) -> None:
        self.is_reading = False

    def resume_reading(self) -> None:
        self.is_reading = True

    def write(self, data: bytes) -> None:
        self.written += data

    def close(self) -> None:
        self.is_open = False


@pytest.fixture
def around() -> Around:
    """Give the surroundings of one connection, and it."""
    return Around()


def test_a_request_counts_until_it_is_answered(around: Around) -> None:
    """A whole one waits for a verdict, of a stranger's password perhaps: its body and what follows it are held."""
    around.connection.data_received(REQUEST[:-1])
    assert around.told == len(REQUEST) - 1 and not around.served
    around.connection.data_received(REQUEST[-1:] + REQUEST)
    assert len(around.served) == 1 and not around.is_reading
    assert around.told == len(BODY) + len(REQUEST)
    around.connection.respond(200, b"")
    assert len(around.served) == 2 and around.told == len(BODY)
    around.connection.respond(200, b"")
    assert around.told == 0 and around.is_reading and around.is_open
    around.connection.data_received(REQUEST)
    around.connection.connection_lost(None)
    assert around.told == 0


def test_requests_are_read_one_at_a_time(around: Around) -> None:
    """What stands behind one is looked at when that is answered: a thousand requests are no thousand objects."""
    around.connection.data_received(REQUEST + b"GET / HTTP/1.1\r\nHost: h\r\n\r\n" * 1_000 + b"none\r\n\r\n")
    for number in range(1, 1_002):
        assert len(around.served) == number and around.connection._reader.has_begun
        assert around.written.count(b"HTTP/1.1 400 ") == 0
        around.connection.respond(200, b"")
    assert around.written.count(b"HTTP/1.1 200 ") == 1_001
    assert around.written.count(b"HTTP/1.1 400 ") == 1 and not around.is_open


def test_who_waits_for_the_go_ahead_gets_it_in_turn(around: Around) -> None:
    """Also behind another request: it comes with nothing more to be read."""
    head = b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"
    around.connection.data_received(REQUEST + head)
    assert writing.CONTINUE not in around.written
    around.connection.respond(200, b"")
    assert around.written.endswith(writing.CONTINUE)
    around.connection.data_received(b"a")
    assert around.served[-1].body == b"a" and around.written.count(writing.CONTINUE) == 1
