"""
A real gateway between real charge points and a real broker: frames up, messages down, and what is said of both.

What a worker makes of it is for the transcripts and for tests/chaos; here the other end is a plain client.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from shocpp.ocpp.frames import CallResult
from tests.support.brokers import Emqx, Mosquitto, as_emqx, mosquitto, without_5
from tests.support.gateways import Gateway, gateway
from tests.support.patience import PATIENCE_S, longer_and_longer, until
from tests.support.soap_peers import CommandServer, ask

CALL = '[2,"19","Heartbeat",{}]'


class Bench:
    """A gateway, its broker, and a client of that which hears what goes up and what is said of charge points."""

    def __init__(self, broker: Mosquitto, made: Gateway, client: Emqx) -> None:
        self.broker = broker
        self.gateway = made
        self.client = client

    def heard(self, topic: str) -> Any:
        """Give the next message of a topic; what comes on others is passed over."""
        while True:
            message = self.client.down.get(timeout=PATIENCE_S)
            if message.topic == topic:
                return json.loads(message.payload) if message.payload.startswith(b"{") else bytes(message.payload)

    def connect(self, identity: str) -> ClientConnection:
        """Connect a charge point; return when the broker knows it."""
        connection = self.gateway.connect(f"/{identity}")
        assert self.heard(f"ocpp/status/{identity}")["status"] == "online"
        return connection

    def tell(self, identity: str, message: dict[str, Any] | str | bytes, **properties: Any) -> None:
        """Publish a message for a charge point."""
        text = json.dumps(message) if isinstance(message, dict) else message
        self.client.publish(f"ocpp/cs/{identity}", text, **properties)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Run a broker and a gateway for all tests that kill neither."""
    folder = tmp_path_factory.mktemp("gateway")
    with (
        mosquitto(folder / "broker") as broker,
        gateway(folder / "home", broker.url) as made,
        as_emqx(broker.port) as client,
    ):
        client.subscribe("ocpp/#")
        yield Bench(broker, made, client)


def call(unique_id: str) -> dict[str, Any]:
    """Give a command as a worker sends it."""
    return {"MessageTypeId": 2, "UniqueId": unique_id, "Action": "ClearCache", "Payload": {}}


def test_up(bench: Bench) -> None:
    """What a charge point says goes up as EMQX has it, one frame a message; what is no frame goes up as it came."""
    with bench.connect("CP-up") as connection:
        connection.send(CALL + '\n[2, "20", "Authorize", {"idTag": "1"}]')
        connection.send("[2,'x',")
        connection.send('[4,"7","InternalError","no",{"why":"x"}]')
        assert [bench.heard("ocpp/cp/CP-up") for _ in range(3)] == [
            {"MessageTypeId": 2, "UniqueId": "19", "Action": "Heartbeat", "Payload": {}},
            {"MessageTypeId": 2, "UniqueId": "20", "Action": "Authorize", "Payload": {"idTag": "1"}},
            b"[2,'x',",
        ]
        error = bench.heard("ocpp/cp/CP-up/Reply")
        assert (error["ErrorCode"], error["ErrorDetails"]) == ("InternalError", {"why": "x"})


def test_down(bench: Bench) -> None:
    """An answer is handed down at once, as a frame."""
    with bench.connect("CP-down") as connection:
        bench.tell("CP-down", {"MessageTypeId": 3, "UniqueId": "19", "Payload": {"a": 1}})
        assert connection.recv(PATIENCE_S) == '[3,"19",{"a":1}]'


def test_soap(bench: Bench) -> None:
    """A request over SOAP goes up as any other, the answer down as an envelope, and a call to the wallbox's server."""
    with closing(CommandServer()) as server, ThreadPoolExecutor(1) as pool:
        said = pool.submit(ask, bench.gateway.port, "1.5", "Heartbeat", {}, identity="CP-soap", sender=server.url)
        assert bench.heard("ocpp/status/CP-soap")["status"] == "online"
        asked = bench.heard("ocpp/cp/CP-soap")
        assert (asked["Action"], asked["Payload"]) == ("Heartbeat", {})
        time = {"currentTime": "2026-01-31T09:00:00Z"}
        bench.tell("CP-soap", {"MessageTypeId": 3, "UniqueId": asked["UniqueId"], "Payload": time})
        assert said.result(PATIENCE_S).payload == time
        bench.tell("CP-soap", call("1"))
        command = server.command()
        assert command.call.action == "ClearCache"
        server.answer(command, CallResult(command.call.unique_id, {"status": "Accepted"}))
        assert bench.heard("ocpp/cp/CP-soap/Reply")["Payload"] == {"status": "Accepted"}


def test_one_call_at_a_time(bench: Bench) -> None:
    """A call waits for the answer to the one before; delivered twice it is sent once; of too many the last is told."""
    with bench.connect("CP-calls") as connection:
        for unique_id in ("1", "1", "2", *(f"more-{number}" for number in range(8))):
            bench.tell("CP-calls", call(unique_id))
        assert bench.heard("ocpp/error/CP-calls") == {
            "UniqueId": "more-7",
            "Error": "8 calls wait already",
            "TryAgain": True,
        }
        assert connection.recv(PATIENCE_S) == '[2,"1","ClearCache",{}]'
        with pytest.raises(TimeoutError):
            connection.recv(0.05)
        connection.send('[3,"1",{"status":"Accepted"}]')
        assert connection.recv(PATIENCE_S) == '[2,"2","ClearCache",{}]'
        assert bench.heard("ocpp/cp/CP-calls/Reply")["UniqueId"] == "1"


def test_time_limit(bench: Bench) -> None:
    """A call whose time is up is told of, and the next one is sent; that its answer is late is no reason to keep it."""
    with bench.connect("CP-late") as connection:
        for limit_s in longer_and_longer(1):
            bench.tell("CP-late", call("slow"), MessageExpiryInterval=int(limit_s))
            bench.tell("CP-late", call("next"))
            if connection.recv(PATIENCE_S) == '[2,"slow","ClearCache",{}]':
                break  # else the broker has taken so long that it dropped the first one
            connection.send('[3,"next",{}]')
            assert bench.heard("ocpp/cp/CP-late/Reply")["UniqueId"] == "next"
        assert connection.recv(PATIENCE_S) == '[2,"next","ClearCache",{}]'
        said = bench.heard("ocpp/error/CP-late")
        reason = "the charge point has not answered in time"
        assert said == {"UniqueId": "slow", "Error": reason, "TryAgain": True}
        connection.send('[3,"slow",{}]')
        assert bench.heard("ocpp/cp/CP-late/Reply")["UniqueId"] == "slow"


@pytest.mark.parametrize(
    ("message", "unique_id", "reason"),
    [
        ("{", None, "not JSON"),
        ({"MessageTypeId": 9, "UniqueId": "1"}, "1", "unknown message type"),
        ({"MessageTypeId": 2, "UniqueId": "1", "Payload": {}}, "1", "a CALL without an action"),
        ({"MessageTypeId": 3, "UniqueId": ["1"], "Payload": {}}, None, "the unique id is neither text nor number"),
        (b"[2,\xff", None, "not JSON"),
    ],
)
def test_bad_message(bench: Bench, message: Any, unique_id: str | None, reason: str) -> None:
    """What is no frame is answered with what is wrong, and the charge point never sees it."""
    name = f"CP-bad-{abs(hash(str(message)))}"
    with bench.connect(name) as connection:
        bench.tell(name, message)
        assert bench.heard(f"ocpp/error/{name}") == {"UniqueId": unique_id, "Error": reason}
        bench.tell(name, {"MessageTypeId": 3, "UniqueId": "good", "Payload": {}})
        assert connection.recv(PATIENCE_S) == '[3,"good",{}]'


@pytest.mark.parametrize("name", ["a%2Fb", "%2B", "CP%231", "CP%001", "CP%0A1", ""])
def test_hostile_identity(bench: Bench, name: str) -> None:
    """A name that is no level of a topic is refused before it gets near one."""
    assert bench.gateway.status_of(f"/{name}") == 404


def test_status(bench: Bench) -> None:
    """Status is kept by the broker: online, offline when it has gone, of the newest connection; no address in it."""
    with bench.connect("CP-status") as first, bench.gateway.connect("/CP-status"):
        with pytest.raises(ConnectionClosed):
            first.recv(PATIENCE_S)
        assert [bench.heard("ocpp/status/CP-status")["status"] for _ in range(2)] == ["offline", "online"]
    last = bench.heard("ocpp/status/CP-status")
    with as_emqx(bench.broker.port) as later:
        later.subscribe("ocpp/status/CP-status")
        kept = json.loads(later.down.get(timeout=PATIENCE_S).payload)
    assert kept == last and kept["status"] == "offline" and set(kept) == {"status", "since", "connection"}


def test_nothing_else(bench: Bench) -> None:
    """Below the topics of the layout is nothing but messages of charge points and for them."""
    with bench.connect("CP-else") as connection:
        connection.send(CALL)
        bench.heard("ocpp/cp/CP-else")
    with as_emqx(bench.broker.port) as later:
        later.subscribe("ocpp/#")
        later.publish("ocpp/end", "")
        kept = set()
        while (topic := later.down.get(timeout=PATIENCE_S).topic) != "ocpp/end":
            kept.add(topic.split("/")[1])
    assert kept == {"status"}


def test_killed(tmp_path: Path) -> None:
    """The broker itself says that a charge point is gone whose gateway was killed; another gateway takes it over."""
    with mosquitto(tmp_path / "broker") as broker, as_emqx(broker.port) as client:
        client.subscribe("ocpp/#")
        with gateway(tmp_path / "one", broker.url) as one, gateway(tmp_path / "two", broker.url) as two:
            bench = Bench(broker, one, client)
            with bench.connect("CP1") as old, two.connect("/CP1"):
                newest = bench.heard("ocpp/status/CP1")
                assert newest["status"] == "online"
                with pytest.raises(ConnectionClosed) as closed:
                    old.recv(PATIENCE_S)
                assert closed.value.rcvd is not None and closed.value.rcvd.reason == "connected again"
                two.kill()
                assert bench.heard("ocpp/status/CP1") == {"status": "offline", "connection": newest["connection"]}


@pytest.mark.thorough
@pytest.mark.parametrize("is_old", [False, True], ids=["mqtt 5", "mqtt 3.1.1"])
def test_broker_away(tmp_path: Path, is_old: bool) -> None:
    """
    While the broker is away a charge point hears nothing; then it is hung up, and served again when all is back.

    That takes ten seconds; tests/transports/test_exchange.py has it with another clock.
    """
    with mosquitto(tmp_path / "broker") as broker, without_5(broker.port) as old_port:
        url = f"mqtt://127.0.0.1:{old_port}" if is_old else broker.url
        with gateway(tmp_path / "home", url) as made, made.connect("/CP1") as connection:
            until(lambda: made.has_said("connected"), "the charge point to be served")
            broker.kill()
            with pytest.raises(ConnectionClosed) as closed:
                connection.send(CALL)
                connection.recv(PATIENCE_S)
            assert closed.value.rcvd is not None and closed.value.rcvd.code == 1001
            broker.start()
            with as_emqx(broker.port) as client:
                client.subscribe("ocpp/cp/#")
                with made.connect("/CP1") as again:
                    again.send(CALL)
                    assert json.loads(client.down.get(timeout=PATIENCE_S).payload)["UniqueId"] == "19"


def test_broker_back_in_time(tmp_path: Path) -> None:
    """What a charge point said while the broker was away for a moment goes up when it is back."""
    with (
        mosquitto(tmp_path / "broker", is_lasting=True) as broker,
        gateway(tmp_path / "home", broker.url) as made,
        as_emqx(broker.port) as client,
    ):
        client.subscribe("ocpp/#")
        bench = Bench(broker, made, client)
        with bench.connect("CP1") as connection:
            broker.kill()
            connection.send(CALL)
            made.signal(signal.SIGSTOP)  # until somebody hears what it says
            broker.start()
            client.await_return()
            made.signal(signal.SIGCONT)
            assert bench.heard("ocpp/cp/CP1")["UniqueId"] == "19"
            bench.tell("CP1", {"MessageTypeId": 3, "UniqueId": "19", "Payload": {}})
            assert connection.recv(PATIENCE_S) == '[3,"19",{}]'
