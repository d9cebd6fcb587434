"""One connection that websocketd has accepted, with a listener, a clock and a transport of the test's own."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from shocpp.backend.split_lines import FINISH
from shocpp.ocpp.rpc import Peer
from shocpp.transports.connections.piped_connection import PipedConnection
from shocpp.transports.idle import UNFINISHED_S

BEGUN, MORE = b'[2,"1","DataTransfer",{"data":', b'"' + b"x" * 500 + b'",'


class Around:
    """A transport, what connections share, a listener that accepts, and a handler that answers nothing."""

    def __init__(self) -> None:
        self.now = self.heard = 0.0
        self.told = -1
        self.timers: list[Any] = []
        self.peer = Peer()
        self.lines: list[bytes] = []
        self.is_waiting = False
        services: Any = SimpleNamespace(
            message_limit=1000, held=self, now=lambda: self.now, later=lambda _, do: self.timers.append(do)
        )
        self.connection = PipedConnection(self, services, lambda _: self, {})  # type: ignore[arg-type,return-value]
        self.connection.connection_made(self)  # type: ignore[arg-type]

    def set_unfinished(self, _: object, size: int) -> None:
        self.told = size

    def pass_by(self) -> None:
        """Let a second pass in which nothing comes."""
        self.now += UNFINISHED_S
        due, self.timers = self.timers, []
        for do in due:
            do()

    # --- a listener

    def connected(self, connection: object) -> None:
        pass

    def requested(self, connection: Any, request: Any) -> None:
        connection.accept(request, None)

    # --- a handler

    @property
    def unfinished(self) -> int:
        return self.peer.unfinished

    def add(self, line: bytes) -> None:
        self.lines.append(line)
        if not self.is_waiting:
            self.go_on()

    def go_on(self) -> None:
        """Do what has come."""
        for line in self.lines:
            self.peer.finish() if line == FINISH else self.peer.receive(line)
        self.lines.clear()

    # --- a transport

    def get_extra_info(self, _: str) -> None:
        return None

    def is_closing(self) -> bool:
        return False

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


@pytest.fixture
def around() -> Around:
    """Give the surroundings of one connection, which is accepted."""
    return Around()


def test_a_frame_over_lines_is_counted(around: Around) -> None:
    """All its lines count until it is whole, or given up since nothing follows."""
    around.connection.data_received(memoryview(BEGUN + b"\n"))
    assert around.told == len(BEGUN)
    around.connection.data_received(memoryview(MORE + b"\n" + MORE[:9]))
    assert around.told == len(BEGUN) + len(MORE) + 9
    around.connection.data_received(memoryview(MORE[9:-1] + b"}]\n"))
    assert around.told == 0
    around.connection.data_received(memoryview(BEGUN + b"\n"))
    around.pass_by()
    assert around.told == 0 and not around.peer.unfinished


def test_a_frame_that_is_begun_late_is_counted(around: Around) -> None:
    """A line that waited for others is counted a second later at the latest, and so is that it is given up."""
    around.is_waiting = True
    around.connection.data_received(memoryview(BEGUN + b"\n"))
    assert around.told == 0, "what waits its handler counts"
    around.go_on()
    around.pass_by()
    assert around.told == len(BEGUN)
    around.go_on()
    around.pass_by()
    assert around.told == 0
