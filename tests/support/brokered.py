"""
Conversations over a message broker: a real gateway puts what a charge point says on topics, a real worker answers it.

Is a ``transcripts.Transport``; knows nothing of what is said.
"""

from __future__ import annotations

from contextlib import ExitStack
from urllib.parse import unquote

from shocpp.admission.identity import identity_of
from tests.support.brokers import Mosquitto
from tests.support.gateways import gateway
from tests.support.mailboxes import Commands
from tests.support.patience import PATIENCE_S
from tests.support.scratch import Scratch
from tests.support.workers import Worker

# one for each thing that a broker carries in another way than a connection: objects, messages that are none, commands
SHOWN = {
    "charge",
    "charge-remote",
    "quirk-02-path-encoded",
    "quirk-09-stop-again",
    "quirk-17-not-utf8",
    "quirk-17-truncated",
    "receipt-book-fails",
}
# a charge point without a name has no topic
NOT_CARRIED = {"quirk-02-path-none"}


class Brokered(Commands):
    """A worker behind a broker; each connection of the charge point has a worker of its own, with the same session."""

    def __init__(self, scratch: Scratch) -> None:
        super().__init__(scratch)
        self._running = ExitStack()
        self._broker = Mosquitto(scratch.home / "broker")
        self._running.callback(self._broker.kill)
        self._gateway = self._running.enter_context(gateway(scratch.home / "gateway", self._broker.url))

    def open(self, path: str) -> None:
        """Start a worker and connect, and say something, so that the worker has heard of the charge point."""
        self.identity = identity_of(unquote(path))
        self._worker = Worker(self.scratch, self._broker.url)
        self._running.callback(self._worker.kill)
        self._client = self._running.enter_context(self._gateway.connect(path))
        self._greet("hello")

    def send(self, message: bytes) -> None:
        """Send a text message, whether or not it is text."""
        self._client.send(message, text=True)

    def receive(self) -> str:
        """Give the next message."""
        return str(self._client.recv(PATIENCE_S))

    def pause(self) -> None:
        """Do nothing: a message is whole."""

    def close(self) -> None:
        """End the worker; it must end well, and the charge point may have got nothing more."""
        self._greet("bye")
        assert self._worker.end() == 0, self._worker.said()
        self._client.close()
        assert "by our own fault" not in self._worker.said() + self._gateway.said()

    def end(self) -> None:
        """Stop what still runs, whatever was begun."""
        self._running.close()

    def _greet(self, unique_id: str) -> None:
        """Say something; nothing else may be answered."""
        self.send(f'[2,"{unique_id}","Heartbeat",{{}}]'.encode())
        answer = self.receive()
        assert answer.startswith(f'[3,"{unique_id}",'), f"an answer too many: {answer}"
