"""Which charge points a worker takes for connected: made with a message, closed when silent, unlisted or too many."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from shocpp.ledger.accounts import Accounts
from shocpp.ledger.charge_points import ChargePoints
from shocpp.log import Log
from shocpp.ocpp.rpc import PLAIN
from shocpp.transports.idle import longest_silence_s
from shocpp.transports.mqtt.backends import Backends
from tests.support.scratch import Scratch


class Bench:
    """Backends in a scratch home, with a clock that goes when it is told to."""

    def __init__(self, home: Path, most: int = 10) -> None:
        home.mkdir()
        self.scratch = Scratch(home)
        self.now = 1000.0
        self.listed: ChargePoints | None = None
        log = Log(str(home / "log"))
        settings = self.scratch.settings
        self.silence_s = longest_silence_s(settings.heartbeat_interval_s)
        self.backends = Backends(settings, Accounts, lambda: self.listed, most, log, lambda: self.now, PLAIN)

    def held(self) -> set[str]:
        """Give those of some charge points whose mailbox is held."""
        return {identity for identity in ("A", "B", "C") if self.scratch.is_held(identity)}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Give backends for ten charge points."""
    return Bench(tmp_path / "home")


def test_silence(bench: Bench) -> None:
    """One that says nothing for as long as on any transport is closed, and opens anew with its next message."""
    first = bench.backends.hear("A")
    bench.now += bench.silence_s - 1
    bench.backends.hear("B")
    bench.now += 1
    bench.backends.look()
    assert bench.held() == {"A", "B"}
    bench.now += 1
    bench.backends.look()
    assert bench.held() == {"B"}
    assert bench.backends.get("A") is None
    assert bench.backends.hear("A") not in (None, first)
    assert bench.held() == {"A", "B"}


def test_too_many(tmp_path: Path) -> None:
    """The one that is silent for the longest time makes room: nobody is refused, however many there are."""
    bench = Bench(tmp_path / "home", most=2)
    for identity in ("A", "B", "A", "C"):
        bench.now += 1
        assert bench.backends.hear(identity) is not None
    assert bench.held() == {"A", "C"}


def test_unlisted(bench: Bench) -> None:
    """With a list only those in it are served; one that is taken out of it is closed."""
    bench.listed = ChargePoints.from_list([{"identity": "A"}, {"identity": "B"}])
    assert [bench.backends.hear(identity) is None for identity in ("A", "B", "C")] == [False, False, True]
    bench.listed = ChargePoints.from_list([{"identity": "B"}])
    bench.backends.look()
    assert bench.held() == {"B"}


def test_what_may_be_late(bench: Bench) -> None:
    """Sightings are written soon after a message, and once: then nothing is due until the next one."""
    backend = bench.backends.hear("A")
    assert backend is not None
    assert backend.answer(b'[2,"1","Heartbeat",{}]') is not None
    deadline = time.monotonic() + 60
    while bench.backends.do_deferred(is_idle=True) is not None and time.monotonic() < deadline:
        bench.now += 1
    assert bench.scratch.sighting("A")["frames"] == {"Heartbeat": 1}
    assert bench.backends.do_deferred(is_idle=True) is None


def test_closing_all(bench: Bench) -> None:
    """At the end nobody is held any more."""
    for identity in ("A", "B"):
        bench.backends.hear(identity)
    bench.backends.close_all()
    assert bench.held() == set()
    assert list(bench.backends) == []
