"""Every quirk that a charge point can have, against the real backend: what was charged is booked right, and once."""

from __future__ import annotations

import json
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any

import pytest

from shocpp.charge_point.core.charge_point import SimulatedChargePoint
from shocpp.charge_point.core.outputs import Send
from shocpp.charge_point.quirks.catalogue import ENVELOPE, LINK, QUIRKS, chosen
from shocpp.charge_point.quirks.quirks import Quirks
from shocpp.charge_point.script import parser
from shocpp.charge_point.script.player import Player
from shocpp.errors import UsageError
from shocpp.log import Log
from shocpp.ocpp.frames import Call, Payload
from tests.support.coupled import BEGAN_S, CentralSystem, Coupling
from tests.support.in_place import InPlace
from tests.support.scratch import Scratch

NAMES = [quirk.name for quirk in QUIRKS if quirk.kind not in (LINK, ENVELOPE)]
CARDS = {
    "long-tag": ("01234567890123456789", "company-z"),
    "tag-case": ("vid:e0e1e2", "family-y"),
    "tag-colons": ("04a25f1b", "family-y"),
    "tag-vid": ("e0e1e2", "family-y"),
    "deliver-refused": ("6666", "unassigned"),
}
ANOMALIES = {
    "meter-back": {"backwards"},
    "meter-reset": {"backwards"},
    "meter-impossible": {"implausible", "backwards"},
}


class RealBackend:
    """The real backend with its folders, at the charge point's time."""

    def __init__(self, scratch: Scratch) -> None:
        self._scratch = scratch
        self._now_s = BEGAN_S
        self._count = 0
        self._backend: InPlace | None = None

    def connect(self) -> None:
        """Begin a new connection; the old one's backend ends."""
        self.close()
        log = Log(str(self._scratch.home / "log"))
        self._backend = InPlace("CP001", self._scratch.settings, log, lambda: self._now_s)
        self._backend.open()

    def close(self) -> None:
        """End the connection."""
        if self._backend is not None:
            self._backend.close()

    def receive(self, data: bytes, now_s: float) -> list[str]:
        """Take a message as a transport would: line by line, and what was begun is finished."""
        assert self._backend is not None
        self._now_s = now_s
        replies = [reply for line in data.split(b"\n") for reply in self._backend.receive(line)]
        self._backend.do_deferred(is_idle=True)
        return replies

    def command(self, action: str, payload: Payload) -> str:
        """Give the line of a command that nobody waits for here."""
        self._count += 1
        return Call(f"command-{self._count}", action, payload).encode()


def charge(tmp_path: Path, names: tuple[str, ...], card: str) -> tuple[SimulatedChargePoint, list[dict[str, Any]]]:
    """Let a charge point with quirks charge once, with an interruption, and give the records."""
    scratch = Scratch(tmp_path, SHOCPP_HEARTBEAT_INTERVAL="600")
    rng = Random(7)
    charge_point = SimulatedChargePoint("CP001", rng, BEGAN_S, quirks=Quirks(chosen(names), rng))
    words = f"wait 10s; plug; card {card}; wait 20m; offline 5m; wait 10m; card {card}; wait 1m; unplug; wait 5h"
    central = RealBackend(scratch)
    coupling = Coupling(charge_point, central, Player(charge_point, parser.read([words])))
    coupling.order(BEGAN_S + 7200, lambda: ("GetConfiguration", {}))
    coupling.order(BEGAN_S + 7300, lambda: ("ChangeConfiguration", {"key": "HeartbeatInterval", "value": "500"}))
    coupling.order(BEGAN_S + 7400, lambda: ("Heartbeat", {}))
    coupling.run(BEGAN_S + 86_400)
    central.close()
    assert charge_point.state.is_idle
    return charge_point, list(scratch.records().values())


@pytest.mark.parametrize("name", [*NAMES, "all"])
def test_booked_right_and_once(name: str, tmp_path: Path) -> None:
    """With any quirk, and with all that go together, the charge is booked once, for its account, with its energy."""
    card, account = CARDS.get(name, ("1111", "company-x"))
    charge_point, records = charge(tmp_path, (name,), card)
    assert [one.is_confirmed for one in charge_point.charging.finished] == [True]
    done = charge_point.charging.finished[0]
    assert done.meter_stop_wh is not None
    assert len(records) == 1
    record = records[0]
    assert record["account"] == account
    if name in ANOMALIES:
        assert record["anomaly"] in ANOMALIES[name]
        assert record["consumed_kwh"] == "0"
    else:
        assert done.delivered_wh > 3000
        assert record["consumed_wh"] == done.delivered_wh
        assert int(record["consumed_kwh"]) == done.meter_stop_wh // 1000 - done.meter_start_wh // 1000
        assert "anomaly" not in record


def test_a_quirk_that_is_none() -> None:
    """A name that is none is refused, with where to find the names."""
    with pytest.raises(UsageError, match="--quirk list"):
        chosen(("stop-thrice",))


@cache
def heard(quirks: tuple[str, ...], card: str) -> list[bytes]:
    """Give what a charge point with quirks says during a charge; the central system is one in memory."""
    rng = Random(7)
    charge_point = SimulatedChargePoint("CP001", rng, BEGAN_S, quirks=Quirks(chosen(quirks), rng))
    words = f"plug; card {card}; wait 20m; card {card}; wait 10s; offline 1m; wait 30m"
    central = Recording()
    coupling = Coupling(charge_point, central, Player(charge_point, parser.read([words])))
    for number, action in enumerate(("GetConfiguration", "Heartbeat", "Nonsense", "ChangeConfiguration")):
        payload: Payload = {"key": "HeartbeatInterval", "value": "500"} if number == 3 else {}
        coupling.order(BEGAN_S + 60 + number, partial(lambda *command: command, action, payload))
    coupling.order(BEGAN_S + 1500, lambda: ("RemoteStartTransaction", {"idTag": "1111"}))
    coupling.run(BEGAN_S + 86_400)
    return central.heard


@pytest.mark.parametrize("name", [name for name in NAMES if name != "calls-at-once"])
def test_switch_does_something(name: str) -> None:
    """Each switch changes what is on the wire: without it the same charge sounds another way."""
    card = CARDS.get(name, ("1111", ""))[0]
    assert heard((name,), card) != heard((), card)


def test_calls_at_once() -> None:
    """With calls-at-once both connectors' statuses leave before either is confirmed; as specified, one at a time."""
    for quirks, at_once in (((), 1), (("calls-at-once",), 2)):
        rng = Random(7)
        charge_point = SimulatedChargePoint("CP001", rng, BEGAN_S, quirks=Quirks(quirks, rng))
        (boot,) = charge_point.connected(BEGAN_S)
        assert isinstance(boot, Send)
        accepted = {"status": "Accepted", "currentTime": "2026-01-01T00:00:00Z", "interval": 60}
        answer = json.dumps([3, json.loads(boot.data)[1], accepted]).encode()
        assert len(charge_point.receive(answer, BEGAN_S)) == at_once


class Recording(CentralSystem):
    """A central system that keeps what it hears."""

    def __init__(self) -> None:
        super().__init__(heartbeat_s=20)
        self.heard: list[bytes] = []

    def receive(self, data: bytes, now_s: float) -> list[str]:
        """Keep the message."""
        self.heard.append(data)
        return super().receive(data, now_s)
