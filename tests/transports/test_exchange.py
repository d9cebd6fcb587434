"""One charge point's exchange with a broker, with a clock and a link of the test's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from shocpp.log import Log
from shocpp.ocpp.assembler import decode
from shocpp.ocpp.topics import Layout
from shocpp.transports.gateway.exchange import AWAY_S, Exchange

CALL = b'[2,"1","Heartbeat",{}]'


class Around:
    """A connection, what connections share, what exchanges share, and the link to a broker: it notes what is done."""

    def __init__(self, log: Log) -> None:
        self.now = 0.0
        self.timers: list[tuple[float, Callable[[], None]]] = []
        self.identity = "CP1"
        self.closed: list[int] = []
        self.is_reading = True
        self.published: list[str] = []
        self.waiting = 0
        self.is_released = False
        self.links = 0
        self.log = log
        self.layout, self.decode = Layout("emqx5"), decode
        self.held = SimpleNamespace(is_full=False, add_waiting=self._add_waiting)
        self.reached = self.missed = lambda *_: None

    def _add_waiting(self, size: int) -> None:
        self.waiting += size

    def later(self, seconds: float, do: Callable[[], None]) -> Any:
        self.timers.append((self.now + seconds, do))
        return SimpleNamespace(cancel=lambda: None)

    def pass_by(self, seconds: float) -> None:
        """Let time pass, and do what is due."""
        self.now += seconds
        due = [do for at, do in self.timers if at <= self.now]
        self.timers = [(at, do) for at, do in self.timers if at > self.now]
        for do in due:
            do()

    def link(self, *_: object) -> Any:
        self.links += 1
        return SimpleNamespace(publish=self._publish, close=self._close, acknowledge=lambda _: None)

    def _close(self, last: object) -> None:
        self.last = last

    def _publish(self, topic: str, message: str, retain: bool = False) -> int:  # noqa: ARG002
        self.published.append(topic)
        return len(self.published)

    def send_close(self, code: int, _: str) -> None:
        self.closed.append(code)

    def pause_reading(self) -> None:
        self.is_reading = False

    def continue_reading(self) -> None:
        self.is_reading = True

    def released(self) -> None:
        self.is_released = True


@pytest.fixture
def around(tmp_path: Any) -> Any:
    """Give the surroundings of one exchange."""
    made: Any = Around(Log(str(tmp_path / "log")))
    made.exchange = exchange_in(made)
    made.exchange.serve()
    return made


def exchange_in(around: Any) -> Any:
    """Give an exchange whose charge point is not served yet."""
    services: Any = SimpleNamespace(now=lambda: around.now, later=around.later, held=around.held)
    return Exchange(around, services, around)


def test_broker_away_for_long(around: Any) -> None:
    """A connection is closed once the broker has been away for ten seconds without a break, and tried for anew."""
    around.exchange.link_up()
    for _ in range(3):
        around.exchange.link_down("gone")
        around.pass_by(AWAY_S - 1)
        around.exchange.link_up()
        around.pass_by(2)
    assert around.closed == [] and around.links == 4
    around.exchange.link_down("gone")
    around.pass_by(AWAY_S)
    assert around.closed == [1001]


def test_nothing_is_lost(around: Any) -> None:
    """What the broker has not taken is published again; more than it takes is not read; in the end all is let go."""
    exchange = around.exchange
    for _ in range(40):
        exchange.add(CALL)
    assert not around.is_reading and around.published == [] and around.waiting > 0
    exchange.link_up()
    assert around.published.count("ocpp/cp/CP1") == 40
    for number in range(2, 32):  # the first is that of the status
        exchange.taken(number)
    assert around.is_reading
    exchange.link_down("gone")
    around.pass_by(1)
    before = len(around.published)
    exchange.link_up()
    assert around.published[before:].count("ocpp/cp/CP1") == 10
    exchange.end()
    assert not around.is_released
    for number in range(before + 2, before + 12):
        exchange.taken(number)
    assert around.is_released and around.waiting == 0


def test_what_comes_before_it_is_served_is_bounded(around: Any) -> None:
    """While the connection before waits for the broker, what comes is counted, and not read for ever; none is lost."""
    exchange = exchange_in(around)
    for _ in range(31):
        exchange.add(CALL)
    assert around.is_reading and around.waiting == 31 * len(CALL)
    exchange.add(CALL)
    assert not around.is_reading and around.waiting == 32 * len(CALL)
    exchange.serve()
    assert not around.is_reading, "as many wait for the broker"
    exchange.link_up()
    assert around.published.count("ocpp/cp/CP1") == 32
    exchange.taken(2)  # the first is that of the status
    assert around.is_reading


def test_what_came_before_it_is_served_is_read_on(around: Any) -> None:
    """What stopped the reading is let go: by the broker, with its connection, or since nothing of it is passed on."""
    exchange, gone = exchange_in(around), exchange_in(around)
    long = b'[2,"1","DataTransfer",{"data":"%b"}]' % bytes(1 << 18).replace(b"\0", b"x")
    exchange.add(long)
    assert not around.is_reading and around.waiting == len(long)
    exchange.serve()
    exchange.link_up()
    exchange.taken(2)
    assert around.is_reading and around.waiting == 0
    gone.add(long)
    assert not around.is_reading and around.waiting == len(long)
    gone.end()
    assert around.waiting == 0
    blank = exchange_in(around)
    for _ in range(32):
        blank.add(b"\n")
    assert not around.is_reading
    blank.serve()
    assert around.is_reading, "nothing of it waits for the broker"


def said(connection_id: str, status: str) -> Any:
    """Give what the broker says of the charge point."""
    message = {"status": status, "connection": connection_id}
    return SimpleNamespace(topic="ocpp/status/CP1", payload=json.dumps(message).encode(), retain=False)


def test_newest_wins(around: Any) -> None:
    """What was said before this connection is nothing to it; a newer one has it let go, and the last word."""
    exchange = around.exchange
    exchange.link_up()
    exchange.came(said("before", "online"))
    exchange.came(said(exchange._connection_id, "online"))
    assert around.closed == []
    exchange.came(said("before", "offline"))  # an old gateway's will, late
    assert around.published.count("ocpp/status/CP1") == 2
    exchange.came(said("after", "online"))
    exchange.end()
    assert around.closed == [1008] and around.last is None


def test_back_after_another(around: Any) -> None:
    """A connection whose broker was away says nothing before it is clear that its charge point is still its own."""
    exchange = around.exchange
    exchange.link_up()
    exchange.came(said(exchange._connection_id, "online"))
    exchange.link_down("gone")
    around.pass_by(1)
    exchange.link_up()
    assert around.published.count("ocpp/status/CP1") == 1
    exchange.came(said("after", "online"))
    around.pass_by(1)
    assert around.published.count("ocpp/status/CP1") == 1 and around.closed == [1008]
