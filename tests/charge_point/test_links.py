"""What a charge point gets wrong about its connection, and a fleet: against a real listener."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from shocpp.admission import passwords
from shocpp.charge_point.core.charge_point import SimulatedChargePoint
from shocpp.charge_point.links import fleet
from shocpp.charge_point.links.address import Address
from shocpp.charge_point.links.client import Client
from shocpp.charge_point.links.clock import Clock
from shocpp.charge_point.links.link import Link
from shocpp.charge_point.quirks.catalogue import LINK, QUIRKS
from shocpp.charge_point.quirks.quirks import Quirks
from shocpp.charge_point.script import parser
from shocpp.charge_point.script.player import Player
from shocpp.transports import websocketd
from tests.support.listening import certificate, listening
from tests.support.patience import PATIENCE_S, until
from tests.support.ports import held_port
from tests.support.preloaded import Process, launched
from tests.support.scratch import BACKEND, Scratch

CHARGER = launched("charger")
LISTENERS = ("websocketd", "embedded")
LINKS = [quirk.name for quirk in QUIRKS if quirk.kind == LINK]
WORDS = "plug; card 1111; wait charging; wait 10m; offline 1m; wait 5m; card 1111; wait 10s; unplug"
# as on any day; but the card is not held to the reader a second time before the charge has begun, however late that is
TWICE = "wait 0s..5m; plug; card 1111; wait charging; wait 10m..40m; card 1111; wait finishing; unplug; wait 1m..10m"
BEGAN_S = 1_780_000_000.0
FEW, MANY, TIMES = 6, 15, 2  # charge points of a fleet, and how often each of them charges


class Listener:
    """A listener with a scratch home."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.port = held_port()
        self.scratch = Scratch(folder, WS_ADDRESS="127.0.0.1", WS_PORT=str(self.port))
        environ = {**os.environ, **self.scratch.environ}
        with open(folder / "listener.log", "wb") as log:
            self.process: Process | subprocess.Popen[bytes] = (
                subprocess.Popen(
                    [*websocketd.command_line(self.scratch.settings)[:-1], *BACKEND],
                    env=environ,
                    stdout=log,
                    stderr=log,
                    stdin=subprocess.DEVNULL,
                )
                if kind == "websocketd"
                else Process("listener", [f"--{kind}"], environ, stdout=log, stderr=log)
            )

    def records(self) -> list[dict[str, Any]]:
        """Give all records."""
        return list(self.scratch.records().values())

    def end(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(PATIENCE_S)


@pytest.fixture(params=LISTENERS)
def listener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Listener]:
    """A running listener of each kind."""
    running = Listener(request.param, tmp_path)
    yield running
    running.end()


def connect(name: str, listener: Listener, clock: Clock) -> tuple[Link, Client]:
    """Make a charge point with one quirk of its connection."""
    rng = Random(3)
    credentials = "user:0123456789abcdef@" if name.startswith("auth") else ""
    address = Address(f"ws://{credentials}127.0.0.1:{listener.port}/ocpp/{name}", None, frozenset((name,)))
    charge_point = SimulatedChargePoint(address.identity, rng, clock.now_s(), quirks=Quirks((name,), rng))
    link = Link(charge_point, Player(charge_point, parser.read([WORDS])), clock)
    return link, Client(link, address, rng, lambda _: None)


def test_quirks_of_the_connection(listener: Listener) -> None:
    """Each charge point with a quirk of its connection charges once, is booked once, under its own identity."""
    clock = Clock(600, BEGAN_S)
    built = {name: connect(name, listener, clock) for name in LINKS}

    async def run() -> None:
        await asyncio.wait_for(asyncio.gather(*(client.run() for _, client in built.values())), PATIENCE_S)

    asyncio.run(run())
    told = {"path-root": None, "path-case": "PATH-CASE"}
    records = {record.get("charge_point"): record for record in listener.records()}
    assert len(listener.records()) == len(LINKS)
    for name, (link, _) in built.items():
        done = link.charge_point.charging.finished
        assert len(done) == 1
        record = records[told.get(name, name)]
        assert record["account"] == "company-x"
        assert record["consumed_wh"] == done[0].delivered_wh > 1500


@pytest.mark.parametrize("count", [FEW, pytest.param(MANY, marks=pytest.mark.thorough)])
def test_fleet_and_accounting_agree(listener: Listener, count: int) -> None:
    """The table of a fleet says what the accounting folder says: charges, Wh and kWh, and that nothing went wrong."""
    clock = Clock(600, BEGAN_S)
    words = parser.read([f"{TWICE}; repeat {TIMES}"])
    url = f"ws://127.0.0.1:{listener.port}/F"
    order = fleet.Order(url, count, 2, frozenset(), 11, lambda _: words)
    links = asyncio.run(asyncio.wait_for(fleet.run(order, clock, None, lambda _: None), PATIENCE_S))
    sums = fleet.total(links)
    records = listener.records()
    booked = Counter((record["charge_point"], record["consumed_wh"]) for record in records)
    delivered = Counter(
        (link.charge_point.state.identity, charge.delivered_wh)
        for link in links
        for charge in link.charge_point.charging.finished
    )
    assert booked == delivered
    assert sums["charges"] == len(records) == count * TIMES
    assert sums["energy_wh"] == sum(record["consumed_wh"] for record in records)
    assert sums["energy_kwh"] == sum(int(record["consumed_kwh"]) for record in records)
    assert {sums[name] for name in ("unconfirmed", "refused", "unanswered", "discarded", "connections_lost")} == {0}
    assert sums["frames_sent"] == sums["frames_received"]
    assert {record["charge_point"] for record in records} == {f"F{number:04}" for number in range(1, count + 1)}


def test_a_fleet_comes_to_rest(tmp_path: Path) -> None:
    """At its time a fleet whose scripts never end stops what it charges, tells of it, and ends."""
    clock = Clock(240, BEGAN_S)
    words = parser.read(["plug; card 1111; wait forever"])
    with listening(tmp_path) as running:
        url = f"ws://127.0.0.1:{running.port}/F"
        order = fleet.Order(url, 3, 1, frozenset(), 11, lambda _: words, clock.now_s() + 20 * 60)
        links = asyncio.run(asyncio.wait_for(fleet.run(order, clock, None, lambda _: None), PATIENCE_S))
        sums = fleet.total(links)
        assert sums["charges"] == len(running.scratch.records()) == 3
        assert sums["unconfirmed"] == 0


def run_charger(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the real command to its end."""
    command = [*CHARGER, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False, **options)


def start_charger(log: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start the real command; what it says goes to a file."""
    with log.open("wb") as output:
        return subprocess.Popen([*CHARGER, *arguments], stdin=subprocess.DEVNULL, stderr=output)


def test_words_from_stdin_and_frames_as_json_lines(listener: Listener) -> None:
    """Words that come through a pipe are done as they come; --print prints every frame, and no credentials anywhere."""
    url = f"ws://someone:s3cret@127.0.0.1:{listener.port}/CP 1"
    words = "plug\ncard 3333\nwait charging\nwait 1h\nunplug\nwait 1m\n"
    done = run_charger("--connect", url, "--speed", "1000", "--print", input=words)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert next(line["sent"][2] for line in lines if "sent" in line) == "BootNotification"
    assert {line["charge_point"] for line in lines} == {"CP 1"}
    assert [record["account"] for record in listener.records()] == ["family-y"]
    assert "s3cret" not in done.stdout + done.stderr + json.dumps(listener.scratch.sighting("CP 1"))


def test_a_word_from_stdin_that_is_none(listener: Listener) -> None:
    """A pipe's word that is none ends the program in good order, with its line."""
    url = f"ws://127.0.0.1:{listener.port}/CP1"
    done = run_charger("--connect", url, "--speed", "1000", input="plug\ncard 1111\nwait 1h\n\ndance\n")
    assert done.returncode == 65
    assert "stdin, line 5: 'dance' is no word of a script" in done.stderr


def test_encrypted_with_a_password(tmp_path: Path) -> None:
    """Over wss, with the password in the URL, a charge is booked; a certificate that nobody trusts is refused."""
    made, key = certificate(tmp_path, "server")
    environ = {"SHOCPP_TLS_CERTIFICATE": str(made), "SHOCPP_TLS_KEY": str(key)}
    with listening(tmp_path / "home", None, None, **environ) as running:
        listed = [{"identity": "CP1", "user": "someone", "passwords": [passwords.make("s3cret")]}]
        running.scratch.configure("charge-points.json", json.dumps(listed))
        url = f"wss://someone:s3cret@127.0.0.1:{running.port}/CP1"
        words = ("plug; card 1111; wait charging; wait 1h; card 1111; wait 10s; unplug",)
        trusting = {**os.environ, "SSL_CERT_FILE": str(made)}
        done = run_charger("--connect", url, "--speed", "1000", *words, env=trusting)
        assert done.returncode == 0, done.stderr
        assert [record["account"] for record in running.scratch.records().values()] == ["company-x"]
        refused = start_charger(tmp_path / "log", "--connect", url)
        try:
            until(lambda: "trying again" in (tmp_path / "log").read_text(), "words about the certificate")
            assert "certificate" in (tmp_path / "log").read_text()
        finally:
            refused.kill()
            refused.wait()


def test_nobody_there_and_credentials(tmp_path: Path) -> None:
    """A central system that is not there is tried again; what is said of it shows no credentials."""
    port = held_port()
    log = tmp_path / "log"
    process = start_charger(log, "--connect", f"ws://me:s3cret@127.0.0.1:{port}/CP1", "plug")
    try:
        until(lambda: "trying again" in log.read_text(), "words about the connection")
        assert process.poll() is None
        assert "s3cret" not in log.read_text()
    finally:
        process.kill()
        process.wait()
