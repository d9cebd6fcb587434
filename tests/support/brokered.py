"""
Conversations over a message broker: a gateway puts a charge point's messages on topics, a real worker answers them.

Is a ``transcripts.Transport``; knows nothing of what is said.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import Any
from urllib.parse import unquote

from shocpp.admission.identity import identity_of
from shocpp.ocpp import emqx, frames
from tests.support.brokers import Emqx, Mosquitto
from tests.support.mailboxes import Commands
from tests.support.scratch import Scratch
from tests.support.workers import Worker

# one of each kind of what a broker carries otherwise than a connection does: objects, what is none, commands, an end
SHOWN = {
    "charge",
    "charge-remote",
    "quirk-02-path-encoded",
    "quirk-09-stop-again",
    "quirk-17-not-utf8",
    "quirk-17-truncated",
    "quirk-18-call-error-short",
    "receipt-book-fails",
}
# a charge point without a name has no topic
NOT_CARRIED = {"quirk-02-path-none"}
_KEYS = {2: (emqx.ACTION, emqx.PAYLOAD), 3: (emqx.PAYLOAD,), 4: (emqx.CODE, emqx.DESCRIPTION, emqx.DETAILS)}


class Brokered(Commands):
    """A worker behind a broker; each connection of the charge point has a worker of its own, with the same session."""

    def __init__(self, scratch: Scratch) -> None:
        super().__init__(scratch)
        self._running = ExitStack()
        self._broker = Mosquitto(scratch.home / "broker")
        self._running.callback(self._broker.kill)

    def open(self, path: str) -> None:
        """Start a worker and a gateway, and say something, so that the worker has heard of the charge point."""
        self.identity = identity_of(unquote(path))
        self._worker = Worker(self.scratch, self._broker.url)
        self._running.callback(self._worker.kill)
        self._gateway = Emqx(self._broker.port, self.identity)
        self.send(b'[2,"hello","Heartbeat",{}]')
        assert self.receive().startswith('[3,"hello",')

    def send(self, message: bytes) -> None:
        """Send a message as EMQX would; what is no frame as it stands."""
        text = _object_of(message)
        is_answer = text.startswith('{"MessageTypeId":') and text[17] in "34"
        topics = self._gateway.layout.replies if is_answer else self._gateway.layout.calls
        topic = topics[0].fill(self.identity, "", "", 0, "")
        self._gateway.publish(topic, text or message)

    def receive(self) -> str:
        """Give the frame of the next message that comes down."""
        return frames.parse(self._gateway.receive()[1]).encode()

    def rest(self) -> None:
        """Do nothing: a message is whole."""

    def close(self) -> None:
        """End the worker; it must end well, and the charge point may have got nothing more."""
        assert self._worker.end() == 0, self._worker.said()
        self._gateway.close()
        assert self._gateway.down.empty(), "an answer too many"
        assert "by our own fault" not in self._worker.said()

    def end(self) -> None:
        """Stop what still runs, whatever was begun."""
        self._running.close()


def _object_of(message: bytes) -> str:
    """Give the object of a message that is one frame; empty for what is none."""
    try:
        array = json.loads(message, parse_constant=_refuse)
    except ValueError:
        return ""
    keys = _KEYS.get(array[0]) if isinstance(array, list) and array and isinstance(array[0], int) else None
    if keys is None or len(array) != 2 + len(keys):
        return ""
    return json.dumps(dict(zip((emqx.TYPE, emqx.UNIQUE_ID, *keys), array, strict=True)), separators=(",", ":"))


def _refuse(name: str) -> Any:
    raise ValueError(name)
