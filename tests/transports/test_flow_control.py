"""What keeps a connection from being read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shocpp.transports.wires.flow_control import BUSY, STALLED, FlowControl


class Transport:
    """Is read or not, and keeps what shall be called later."""

    def __init__(self) -> None:
        self.is_read, self.is_closed = True, False
        self.calls: list[Callable[[], None]] = []
        self.flow = FlowControl(self.later)
        self.flow.transport = self  # type: ignore[assignment]

    def pause_reading(self) -> None:
        self.is_read = False

    def resume_reading(self) -> None:
        assert not self.is_closed
        self.is_read = True

    def is_closing(self) -> bool:
        return self.is_closed

    def later(self, _: float, do: Callable[..., None], *values: Any) -> None:
        self.calls.append(lambda: do(*values))

    def wait(self) -> None:
        """Have done what was to be called later."""
        calls, self.calls = self.calls, []
        for call in calls:
            call()


def test_each_reason_stands_for_itself() -> None:
    """It is read again when the last one has gone, in whatever order they go."""
    transport = Transport()
    transport.flow.stop(BUSY)
    transport.flow.stop(STALLED)
    transport.flow.go_on(BUSY)
    assert not transport.is_read
    transport.flow.go_on(STALLED)
    assert transport.is_read


def test_the_others_turn() -> None:
    """Nothing is read meanwhile; what is to be done then waits for other reasons, too, and may give way again."""
    transport, done = Transport(), []

    def go_on() -> None:
        done.append(transport.is_read)
        if len(done) < 3:
            transport.flow.give_way(go_on)

    transport.flow.give_way(go_on)
    transport.flow.stop(BUSY)
    transport.wait()
    transport.flow.go_on(BUSY)
    assert (done, transport.is_read) == ([], False)
    for _ in range(3):
        assert not transport.is_read
        transport.wait()
    assert (done, transport.is_read) == ([False] * 3, True)


def test_without_a_connection_nothing_is_read() -> None:
    """Before it is connected, and when it is lost, reasons come and go all the same."""
    transport = Transport()
    transport.flow.transport = None
    transport.flow.stop(BUSY)
    transport.flow.go_on(BUSY)
    transport.flow.give_way(lambda: None)
    transport.wait()
    assert transport.is_read and not transport.calls


def test_nothing_is_done_for_one_that_has_closed() -> None:
    """Its moment passes without a word."""
    transport = Transport()
    transport.flow.give_way(lambda: None)
    transport.is_closed = True
    transport.wait()
    transport.flow.go_on(BUSY)
    assert not transport.is_read and not transport.calls
