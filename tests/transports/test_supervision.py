"""Which connections are closed and which are pinged, at a time that the test sets."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from shocpp.settings import Settings
from shocpp.transports.embedded.supervision import Supervision

NOW = 10_000.0
QUIET_S = 299.0  # for a heartbeat of 55 s


class Connection:
    """A connection that remembers what is done to it."""

    def __init__(self, heard: float = NOW, is_served: bool = True, stalled: float = 0.0, pinged: float = 0.0) -> None:
        self.identity = "CP1"
        self.heard, self.stalled, self.pinged = heard, stalled, pinged
        self.is_served = is_served
        self.done: list[object] = []

    def ping(self) -> None:
        self.done.append("ping")

    def close(self, code: int) -> None:
        self.done.append(code)

    def abort(self) -> None:
        self.done.append("abort")


class Watched:
    """One connection under supervision, and what the log says of it."""

    def __init__(self, connection: Connection, **environ: str) -> None:
        self.said: list[str] = []
        self.listed: dict[str, object] | None = None
        listed: Any = lambda: self.listed  # noqa: E731 - a list of names will do
        roster: Any = SimpleNamespace(connections={connection})
        settings = Settings.from_environ({"SHOCPP_HOME": "/nonexistent", **environ})
        self.supervision = Supervision(roster, listed, settings, lambda: NOW, lambda _, text: self.said.append(text))


CLOSED = [1001, "abort"]


@pytest.mark.parametrize(
    ("connection", "done", "reason"),
    [
        (Connection(NOW - QUIET_S), [], ""),
        (Connection(NOW - QUIET_S - 2), CLOSED, "silent for 301 s"),
        (Connection(0.0), [], ""),
        (Connection(stalled=NOW - 29), [], ""),
        (Connection(stalled=NOW - 31), CLOSED, "reads no answers"),
    ],
    ids=["quiet", "silent", "not heard of yet", "slow reader", "no reader"],
)
def test_who_is_gone(connection: Connection, done: list[object], reason: str) -> None:
    """Silence for three heartbeats, five minutes at least, or half a minute without reading closes a connection."""
    watched = Watched(connection, SHOCPP_PING_INTERVAL="0")
    watched.supervision.look()
    assert connection.done == done
    assert watched.said == ([f"CP1 {reason}: its connection is closed"] if reason else [])


@pytest.mark.parametrize(
    ("connection", "is_pinged"),
    [
        (Connection(NOW - 9), False),
        (Connection(NOW - 11), True),
        (Connection(NOW - 11, pinged=NOW - 9), False),
        (Connection(NOW - 30, pinged=NOW - 11), True),
        (Connection(NOW - 11, is_served=False), False),
    ],
)
def test_who_is_pinged(connection: Connection, is_pinged: bool) -> None:
    """Who is served and quiet is pinged once in each interval."""
    Watched(connection, SHOCPP_PING_INTERVAL="10").supervision.look()
    assert connection.done == ["ping"] * is_pinged
    assert (connection.pinged == NOW) is is_pinged


@pytest.mark.parametrize("is_served", [True, False])
def test_who_is_not_listed_any_more(is_served: bool) -> None:
    """A new list closes whom it does not name, if it is served; the same list again, or none, closes nobody."""
    connection = Connection(is_served=is_served)
    watched = Watched(connection)
    watched.supervision.look()
    watched.listed = {"CP1": "listed"}
    watched.supervision.look()
    watched.supervision.look()
    assert connection.done == []
    watched.listed = {"CP2": "listed"}
    watched.supervision.look()
    assert connection.done == (CLOSED if is_served else [])
