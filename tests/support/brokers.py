"""
A real mosquitto of one's own on a held port, and a client of it that says what EMQX's gateway would.

Knows brokers and topics; what the messages mean is not known here.
"""

from __future__ import annotations

import json
import os
import queue
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from shocpp.ocpp import emqx, frames, topics
from shocpp.ocpp.topics import Layout
from tests.support.patience import PATIENCE_S, until
from tests.support.ports import held_port, is_listening

MOSQUITTO = "/usr/sbin/mosquitto"
_LEVEL = 8  # where in a CONNECT the version of the protocol stands, which is below 128 bytes long


class Mosquitto:
    """
    A broker.

    Args:
        folder: Where its files are.
        lines: More lines of its configuration.
        is_lasting: It keeps what it has over a restart.
    """

    def __init__(self, folder: Path, *lines: str, is_lasting: bool = False) -> None:
        folder.mkdir(exist_ok=True)
        self.port = held_port()
        self._configuration, self._log = folder / "mosquitto.conf", folder / "mosquitto.log"
        owner = ["user root"] if os.getuid() == 0 else []
        kept = ["persistence true", f"persistence_location {folder}/", "autosave_interval 1"] if is_lasting else []
        allowed = [] if any(line.startswith("password_file") for line in lines) else ["allow_anonymous true"]
        wanted = [f"listener {self.port} 127.0.0.1", "max_queued_messages 0", *allowed, *owner, *kept, *lines]
        self._configuration.write_text("\n".join(wanted) + "\n")
        self.start()

    @property
    def url(self) -> str:
        """Its address."""
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it; return when it listens."""
        with self._log.open("ab") as log:
            self.process = subprocess.Popen([MOSQUITTO, "-c", self._configuration], stdout=log, stderr=log)
        until(lambda: is_listening(self.port) or self.process.poll() is not None, "mosquitto to listen")
        assert self.process.poll() is None, self._log.read_text()

    def end(self) -> None:
        """Stop it as a service is stopped."""
        self.process.terminate()
        self.process.wait(PATIENCE_S)

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait(PATIENCE_S)


@contextmanager
def mosquitto(folder: Path, *lines: str, is_lasting: bool = False) -> Iterator[Mosquitto]:
    """Run a broker for a while."""
    broker = Mosquitto(folder, *lines, is_lasting=is_lasting)
    try:
        yield broker
    finally:
        broker.kill()


class Emqx:
    """
    What EMQX's gateway does for charge points, message by message: theirs go up, what is for them comes down.

    Args:
        port: The broker's.
        identities: The charge points that are connected to it.
        layout: Its topics.
        version: Of MQTT.
    """

    def __init__(
        self,
        port: int,
        *identities: str,
        layout: str = "emqx5",
        version: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv5,
    ) -> None:
        self.layout = Layout(layout)
        self.down: queue.Queue[MQTTMessage] = queue.Queue()
        self._subscribed: queue.Queue[int] = queue.Queue()
        self._client = Client(CallbackAPIVersion.VERSION2, protocol=version)
        self._filters: list[str] = []
        self._client.on_message = lambda _, __, message: self.down.put(message)
        self._is_connected = threading.Event()
        self._client.on_connect = lambda *_: self._connected()
        self._client.on_subscribe = lambda _, __, mid, *___: self._subscribed.put(mid)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert self._is_connected.wait(PATIENCE_S), "the broker does not let us in"
        for identity in identities:
            self.subscribe(self.layout.down.filter_of(identity))

    def subscribe(self, wanted: str) -> None:
        """Have what comes on topics put into ``down``, too; return when that is so."""
        self._filters.append(wanted)
        self._client.subscribe(wanted, 1)
        self._subscribed.get(timeout=PATIENCE_S)

    def _connected(self) -> None:
        """Subscribe anew: the broker may have been away, and the session with it."""
        for wanted in self._filters:
            self._client.subscribe(wanted, 1)
        self._is_connected.set()

    def await_return(self) -> None:
        """Return when it hears again what comes, once for each of its filters, after the broker was away."""
        for _ in self._filters:
            self._subscribed.get(timeout=PATIENCE_S)

    def send(self, identity: str, frame: list[Any], topic: str = "", **properties: Any) -> None:
        """Send a frame up as EMQX does, with QoS 2; return when the broker has it."""
        read = frames.parse(frame)
        kind = frame[0]
        template = self.layout.calls[0] if kind == frames.CALL else self.layout.replies[0]
        action = read.action if isinstance(read, frames.Call) else ""
        where = topic or template.fill(identity, topics.ANSWER, action, kind, str(frame[1]))
        self.publish(where, emqx.encode_frame(read), **properties)

    def publish(self, topic: str, message: str | bytes, retain: bool = False, **properties: Any) -> None:
        """Publish anything; return when the broker has it."""
        said = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        for name, value in properties.items():
            setattr(said, name, value)
        self._client.publish(topic, message, 2, retain, said if properties else None).wait_for_publish(PATIENCE_S)

    def receive(self) -> tuple[str, Any]:
        """Give the next message that came down: its topic and its frame as an array."""
        message = self.down.get(timeout=PATIENCE_S)
        return message.topic, emqx.array_of(json.loads(message.payload))

    def answered_until(self, last: str) -> list[str]:
        """
        Wait for the answer to a message; the ids of all answers up to it.

        What a worker answered, and was killed before it acknowledged it, the next one answers once more.
        """
        answered = [self.receive()[1][1]]
        while answered[-1] != last:
            answered.append(self.receive()[1][1])
        return answered

    def close(self) -> None:
        """Hang up."""
        self._client.disconnect()
        self._client.loop_stop()


@contextmanager
def as_emqx(port: int, *identities: str, **options: Any) -> Iterator[Emqx]:
    """Be EMQX's gateway for a while."""
    made = Emqx(port, *identities, **options)
    try:
        yield made
    finally:
        made.close()


@contextmanager
def without_5(port: int) -> Iterator[int]:
    """Stand before a broker and hang up on whoever speaks MQTT 5, as brokers do that have no 5; give the port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            try:
                first = client.recv(4096)
                is_let_in = len(first) > _LEVEL and first[_LEVEL] != 5
                behind = socket.create_connection(("127.0.0.1", port)) if is_let_in else None
            except OSError:  # the broker is away: whoever asks for it is hung up on, as if nobody stood before it
                behind = None
            if behind is None:
                client.close()
                continue
            behind.sendall(first)
            for source, sink in ((client, behind), (behind, client)):
                threading.Thread(target=_carry, args=(source, sink), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1]
    listener.close()


def _carry(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(4096):
            sink.sendall(data)
    for each in (source, sink):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
