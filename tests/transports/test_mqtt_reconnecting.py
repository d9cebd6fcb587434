"""What a session at a broker does when its connection is lost, and while there is none."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import MQTTMessage

from shocpp.settings import Settings
from shocpp.spool.accounting.accounting_lock import LOCK
from shocpp.transports.mqtt.attempt import Attempt
from shocpp.transports.mqtt.broker import Broker
from shocpp.transports.mqtt.broker_address import BrokerAddress
from shocpp.transports.mqtt.session import Session
from tests.support.backend import stop_payload
from tests.support.brokers import as_emqx, mosquitto
from tests.support.listening import certificate
from tests.support.patience import PATIENCE_S, SOON_S, until
from tests.support.ports import held_port
from tests.support.workers import working


@contextmanager
def mute(port: int) -> Iterator[None]:
    """Be a broker that takes a connection and says nothing, so that TLS is never agreed on."""
    with socket.create_server(("127.0.0.1", port)) as listener:
        listener.settimeout(PATIENCE_S)
        connected, _ = listener.accept()
        with connected:
            yield


def test_acknowledged_out_of_turn(tmp_path: Path) -> None:
    """Nothing is acknowledged before what came before it: when the connection is lost, it comes again, in order."""
    with mosquitto(tmp_path / "broker") as at, as_emqx(at.port) as others:
        came: list[tuple[bytes, bool]] = []
        messages: list[MQTTMessage] = []

        def take(message: MQTTMessage) -> None:
            came.append((bytes(message.payload), message.dup))
            messages.append(message)

        settings = Settings.from_environ({"SHOCPP_HOME": str(tmp_path)})
        session = Session("one", ["a/topic"], [], True, 1000)
        broker = Broker(BrokerAddress(at.url, settings), session, take, lambda *_: None)
        broker.connect()
        for said in ("1", "2", "3"):
            others.publish("a/topic", said)
        until(lambda: broker.serve_once(0.1) == set() and len(came) == 3, "the messages")
        broker.acknowledge(messages[2])
        broker.acknowledge(messages[1])
        broker.serve_once(0)
        assert broker.socket is not None
        broker.socket.shutdown(socket.SHUT_RDWR)

        def turned() -> bool:
            broker.serve_once(0.1)
            broker.look()
            return len(came) == 6

        until(turned, "the messages to come again")
        assert came[3:] == [(b"1", True), (b"2", True), (b"3", True)]
        broker.close()


def test_published_while_the_broker_is_away(tmp_path: Path) -> None:
    """What is published without a connection goes out with the next one; of what is kept, a topic's last message."""
    with mosquitto(tmp_path / "broker") as at:
        settings = Settings.from_environ({"SHOCPP_HOME": str(tmp_path)})
        taken: list[int] = []
        broker = Broker(
            BrokerAddress(at.url, settings),
            Session("one", [], ["none"], False, 1000),
            lambda _: None,
            lambda *_: None,
            lambda number, _: taken.append(number),
        )
        broker.connect()
        at.kill()
        until(lambda: broker.serve_once(0.1) == set() and broker.socket is None, "the connection to be lost")
        numbers = [broker.publish("kept", said, retain=True) for said in ("1", "2")]
        numbers += [broker.publish("told", said) for said in ("3", "4")]
        at.start()

        def turned() -> bool:
            broker.serve_once(0.1)
            broker.look()
            return taken == numbers[1:]

        until(turned, "the broker to take what waited")
        with as_emqx(at.port) as others:
            others.subscribe("kept")
            assert others.down.get(timeout=PATIENCE_S).payload == b"2"
        broker.close()


def test_a_broker_that_stays_away_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often a connection is tried in vain, the log says so once, and not a line each second of a night."""
    said: list[tuple[str, str]] = []
    tried: list[Attempt] = []

    def attempt(*words: Any) -> Attempt:
        tried.append(Attempt(*words))
        return tried[-1]

    monkeypatch.setattr("shocpp.transports.mqtt.broker._AGAIN_S", 0)
    monkeypatch.setattr("shocpp.transports.mqtt.broker.Attempt", attempt)
    address = BrokerAddress(f"mqtt://127.0.0.1:{held_port()}", Settings.from_environ({"SHOCPP_HOME": str(tmp_path)}))
    broker = Broker(address, Session("one", [], [], False, 1000), lambda _: None, lambda *words: said.append(words))

    def has_looked() -> bool:
        broker.look()
        return len(tried) > 3

    until(has_looked, "three attempts")
    assert [(level, text.partition(";")[0]) for level, text in said] == [
        ("WARNING", f"cannot reach {address}: Connection refused")
    ]


def test_work_goes_on_while_the_broker_is_away(tmp_path: Path) -> None:
    """While a broker says nothing for minutes, what is in hand is brought to its end, and a signal ends the worker."""
    folder = tmp_path / "broker"
    folder.mkdir(mode=0o755)
    made, key = certificate(folder, "127.0.0.1")
    port = held_port()
    lines = [f"listener {port} 127.0.0.1", f"certfile {made}", f"keyfile {key}"]
    with (
        mosquitto(folder, *lines) as broker,
        working(tmp_path / "home", f"mqtts://127.0.0.1:{port}", ["--ca", str(made)]) as worker,
        as_emqx(broker.port, "CP001") as charge_points,
    ):
        accounting = worker.scratch.home / "accounting"
        until(accounting.is_dir, "the folder of records")
        lock = os.open(accounting / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        charge_points.send("CP001", [2, "1", "StopTransaction", stop_payload(10_009_042)])
        until(lambda: worker.scratch.is_held("CP001"), "the stop to be in hand")
        broker.kill()
        with mute(port):
            os.close(lock)
            until(lambda: "booked" in worker.said(), "the log to say that the stop is booked")
            worker.process.send_signal(signal.SIGTERM)
            assert worker.process.wait(SOON_S) == 0


@pytest.mark.thorough
def test_a_lock_that_is_never_let_go(tmp_path: Path) -> None:
    """A stop that cannot be booked is told so after some seconds, and holds up no acknowledgement any longer."""
    with (
        mosquitto(tmp_path / "broker") as broker,
        working(tmp_path / "home", broker.url) as worker,
        as_emqx(broker.port, "CP001", "CP002") as charge_points,
    ):
        accounting = worker.scratch.home / "accounting"
        until(accounting.is_dir, "the folder of records")
        lock = os.open(accounting / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        charge_points.send("CP001", [2, "1", "StopTransaction", stop_payload(10_009_042)])
        charge_points.send("CP002", [2, "2", "Heartbeat", {}])
        assert charge_points.receive()[1][:2] == [3, "2"]
        assert charge_points.receive()[1][:3] == [4, "1", "InternalError"]
        charge_points.send("CP002", [2, "3", "Heartbeat", {}])
        assert charge_points.receive()[1][:2] == [3, "3"]
        assert worker.end() == 0
        worker.start()
        charge_points.send("CP002", [2, "4", "Heartbeat", {}])  # what was not acknowledged would be answered before it
        assert charge_points.receive()[1][:2] == [3, "4"]
        os.close(lock)
