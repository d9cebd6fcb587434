"""How new connections are accepted, on a loop that the test turns by hand."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shocpp.transports.embedded.accepting import Acceptor
from shocpp.transports.few_lines import FewLines
from tests.support.patience import until


class Loop:
    """Readers, timers and a clock."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.readers: dict[Any, Callable[[], None]] = {}
        self.later: list[Callable[[], None]] = []

    def time(self) -> float:
        return self.now

    def add_reader(self, reader: Any, do: Callable[..., None], *values: object) -> None:
        self.readers[reader] = lambda: do(*values)

    def remove_reader(self, reader: Any) -> None:
        self.readers.pop(reader, None)

    def call_later(self, _: float, do: Callable[..., None], *values: object) -> None:
        self.later.append(lambda: do(*values))


class Listening:
    """A socket on which some connections wait, or the system has none to give."""

    family = socket.AF_UNIX

    def __init__(self) -> None:
        self.waiting = 0
        self.fault = 0
        self.has_closed = False

    def setblocking(self, _: bool) -> None:
        pass

    def listen(self, _: int) -> None:
        pass

    def accept(self) -> tuple[Any, object]:
        if self.fault:
            raise OSError(self.fault, "the system says no")
        if not self.waiting:
            raise BlockingIOError
        self.waiting -= 1
        return Listening(), None

    def close(self) -> None:
        self.has_closed = True


class Started:
    """An acceptor with all that it works with."""

    def __init__(self, *others: socket.socket) -> None:
        self.loop, self.listening = Loop(), Listening()
        self.said: list[str] = []
        loop: Any = self.loop
        sockets: Any = [self.listening, *others]
        self.accepted: list[Any] = []
        self.acceptor = Acceptor(loop, sockets, self.accepted.append, lambda _, line: self.said.append(line))
        self.acceptor.start()

    def turn(self) -> None:
        """Have the loop turn once."""
        for do in [*self.loop.readers.values()]:
            do()

    def wait(self, seconds: float) -> None:
        """Let time pass, and do what was planned."""
        self.loop.now += seconds
        later, self.loop.later = self.loop.later, []
        for do in later:
            do()


def test_many_at_once_come_in_turns() -> None:
    """All are accepted, some in each turn of the loop, so that who is connected is served in between."""
    started = Started()
    started.listening.waiting = 100
    started.turn()
    assert 0 < len(started.accepted) < 100
    started.turn()
    started.turn()
    assert len(started.accepted) == 100 and not started.said


@pytest.mark.parametrize("fault", [errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EPROTO])
def test_without_files_it_waits_and_says_so_now_and_then(fault: int) -> None:
    """Nothing is tried in a hurry, nor said at each try; once there are files again all are accepted."""
    started = Started()
    started.listening.fault, started.listening.waiting = fault, 1
    for _ in range(100):
        started.turn()
        assert not started.loop.readers, "the loop would turn for ever"
        assert len(started.loop.later) == 1
        started.wait(0.5)
    assert len(started.said) == 1 and "the system says no" in started.said[0]
    assert ("LimitNOFILE" in started.said[0]) == (fault != errno.EPROTO)
    started.wait(60)
    started.turn()
    assert len(started.said) == 2
    started.listening.fault = 0
    started.wait(0.5)
    started.turn()
    assert len(started.accepted) == 1


def test_a_stranger_that_has_gone_before_is_passed_over() -> None:
    """That it hung up before it was accepted is nobody's fault."""
    started = Started()
    started.listening.fault = errno.ECONNABORTED
    started.turn()
    assert started.loop.readers and not started.said


def test_the_end() -> None:
    """Sockets are closed, and a pause that ends later begins nothing."""
    started = Started()
    started.listening.fault = errno.EMFILE
    started.turn()
    started.acceptor.close()
    started.wait(0.5)
    assert started.listening.has_closed and not started.loop.readers


def test_no_answer_waits_for_another_one(tmp_path: Path) -> None:
    """What is written to a connection over TCP leaves at once; one over a socket that is a file is accepted, too."""
    local = socket.socket(socket.AF_UNIX)
    local.bind(str(tmp_path / "socket"))
    with socket.create_server(("127.0.0.1", 0)) as tcp, local, socket.socket(socket.AF_UNIX) as neighbour:
        started = Started(tcp, local)

        def are_both_there() -> bool:
            started.turn()
            return len(started.accepted) == 2

        with socket.create_connection(tcp.getsockname()):
            neighbour.connect(local.getsockname())
            until(are_both_there, "two connections are accepted")
        over_tcp, over_file = sorted(started.accepted, key=lambda each: each.family == socket.AF_UNIX)
        with over_tcp, over_file:
            assert over_tcp.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            assert over_file.family == socket.AF_UNIX


def test_few_lines() -> None:
    """Of a flood the first lines of each second are logged, of the rest the number."""
    said: list[str] = []
    log = FewLines(lambda _, line: said.append(line), "handshakes refused")
    for number in range(1000):
        log.line("WARNING", str(number))
    log.look()
    log.look()
    log.line("WARNING", "the next second")
    assert said == [*map(str, range(20)), "980 more handshakes refused", "the next second"]
