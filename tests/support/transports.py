"""
The transports that transcripts run through: the backend in process, the real command over pipes, real websocketd,
the embedded listener, a worker behind a broker.

Each is a ``transcripts.Transport``. Another one needs a class here and its name in ``TRANSPORTS``.
"""

from __future__ import annotations

import select
import subprocess
from collections import deque
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from shocpp.admission.identity import identity_of
from shocpp.log import Log
from shocpp.spool.accounting.months import folder_of
from shocpp.spool.files import durable, names
from shocpp.stores.accounting_at import accounting_at
from tests.support import soaped
from tests.support.brokered import Brokered
from tests.support.in_place import InPlace
from tests.support.mailboxes import Commands
from tests.support.patience import PATIENCE_S, until
from tests.support.ports import held_port, is_listening
from tests.support.postgresql import server
from tests.support.preloaded import Process
from tests.support.scratch import BACKEND, Scratch
from tests.support.transcripts import Transport

NOW = 1_773_576_000  # 2026-03-15T12:00:00Z, for those that are not told the time by the system


class InProcess:
    """The pure core and its backend in this process: a fixed clock, no pipe, no signal."""

    def __init__(self, scratch: Scratch) -> None:
        self.scratch = scratch
        self.answers: deque[str] = deque()

    def open(self, path: str) -> None:
        """Make a backend."""
        self.identity = identity_of(unquote(path))
        log = Log(str(self.scratch.home / "log"), clock=lambda: NOW)
        self.backend = InPlace(self.identity, self.scratch.settings, log, clock=lambda: NOW)
        self.backend.open()

    def send(self, message: bytes) -> None:
        """Hand over the lines of a message."""
        for line in message.split(b"\n"):
            self.answers += self.backend.receive(line)
        self.backend.do_deferred(is_idle=True)

    def receive(self) -> str:
        """Give the next answer."""
        assert self.answers, "there is no answer"
        return self.answers.popleft()

    def pause(self) -> None:
        """Say that a second has gone by."""
        self.answers += self.backend.finish()

    def command(self, frame: str) -> None:
        """Put the frame there and wake the backend."""
        durable.replace(str(self.scratch.folder(self.identity) / "request.json"), frame.encode())
        self.wake()

    def wake(self) -> None:
        """Have the backend look into its mailbox."""
        self.answers += filter(None, [self.backend.request()])

    def confirmation(self) -> str:
        """Read what the backend put there."""
        return (self.scratch.folder(self.identity) / "confirmation.json").read_text()

    def close(self) -> None:
        """End the connection; nothing may be left unsaid."""
        self.answers += self.backend.finish()
        self.backend.close()
        assert not self.answers, "an answer too many"

    def restart(self) -> None:
        """Do nothing: every connection has a backend of its own."""


class Stored(InProcess):
    """The same, with records and open charges in PostgreSQL; at the end the records are put where others have them."""

    def __init__(self, scratch: Scratch) -> None:
        super().__init__(scratch)
        scratch.environ["SHOCPP_STORE"] = server().new_store()

    def close(self) -> None:
        """End the connection; copy what was booked."""
        super().close()
        store = accounting_at(self.scratch.settings.store)
        for month in store.months():
            for name in store.names(month):
                path = self.scratch.home / "accounting" / folder_of(month) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(store.read(month, name))


class Soaped(InProcess):
    """The same, and each message and each answer goes through an envelope of OCPP 1.6 over SOAP."""

    version = "1.6"

    def open(self, path: str) -> None:
        """Make a backend."""
        super().open(path)
        self._envelopes = soaped.Envelopes(self.version, self.identity)

    def send(self, message: bytes) -> None:
        """Hand over what comes of a message's envelope, and take what comes of its answer's."""
        soap_call, line = self._envelopes.up(message)
        for answer in self.backend.receive(line):
            assert soap_call is not None
            self.answers.append(self._envelopes.down(soap_call, answer))
        self.backend.do_deferred(is_idle=True)

    def wake(self) -> None:
        """Have the backend look into its mailbox."""
        self.answers += map(self._envelopes.command, filter(None, [self.backend.request()]))


class Soaped15(Soaped):
    """The same in OCPP 1.5."""

    version = "1.5"


class Pipes(Commands):
    """The real command, fed through pipes."""

    def open(self, path: str) -> None:
        """Start the command as websocketd would."""
        self.identity = identity_of(unquote(path))
        self._process = self.scratch.start(unquote(path))
        self._buffer = b""
        self.await_start()

    def send(self, message: bytes) -> None:
        """Write a line."""
        assert self._process.stdin
        self._process.stdin.write(message + b"\n")

    def receive(self) -> str:
        """Read a line."""
        assert self._process.stdout
        while b"\n" not in self._buffer:
            readable, _, _ = select.select([self._process.stdout], [], [], PATIENCE_S)
            data = self._process.stdout.read(1 << 16) if readable else b""
            assert data, f"no answer; there is {self._buffer!r}"
            self._buffer += data
        line, self._buffer = self._buffer.split(b"\n", 1)
        return line.decode()

    def pause(self) -> None:
        """Wait for the answer: the backend's own clock decides."""

    def close(self) -> None:
        """End the input; the command must end well and have said nothing more."""
        answers, _ = self._process.communicate(timeout=PATIENCE_S)
        assert self._buffer + answers == b"", "an answer too many"
        assert self._process.returncode == 0, self.scratch.log()
        assert "Traceback" not in self.scratch.log()


class Websocketd(Commands):
    """The real command behind real websocketd, as shocpp-listener runs it."""

    def __init__(self, scratch: Scratch) -> None:
        super().__init__(scratch)
        self.port = held_port()
        self._begin()

    def _begin(self) -> None:
        self._server = self._start()
        until(lambda: is_listening(self.port), "somebody to listen")

    def _start(self) -> subprocess.Popen[bytes] | Process:
        return subprocess.Popen(
            [
                "websocketd",
                "--address=127.0.0.1",
                f"--port={self.port}",
                "--loglevel=error",
                f"--passenv={','.join(self.scratch.environ)}",
                "--header-ws=Sec-WebSocket-Protocol: ocpp1.6",
                *BACKEND,
            ],
            env=self.scratch.environ | {"PATH": "/usr/bin:/bin"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def open(self, path: str) -> None:
        """Connect as a charge point does."""
        self.identity = identity_of(unquote(path))
        self._connected = ExitStack()
        url = f"ws://127.0.0.1:{self.port}{path}"
        options: Any = {"compression": None, "max_size": None, "open_timeout": PATIENCE_S, "ping_interval": None}
        connecting = connect(url, subprotocols=[Subprotocol("ocpp1.6")], **options)
        self._client: ClientConnection = self._connected.enter_context(connecting)
        self.await_start()

    def send(self, message: bytes) -> None:
        """Send a text message, whether or not it is text."""
        self._client.send(message, text=True)

    def receive(self) -> str:
        """Give the next message."""
        return str(self._client.recv(PATIENCE_S))

    def pause(self) -> None:
        """Wait for the answer: the backend's own clock decides."""

    def close(self) -> None:
        """Close the connection; return when its backend is gone."""
        self._connected.close()
        self.await_end()

    def end(self) -> None:
        """Stop websocketd."""
        self._server.terminate()
        self._server.wait(PATIENCE_S)


class Embedded(Websocketd):
    """The real listener, serving by itself."""

    option = "--embedded"

    def open(self, path: str) -> None:
        """Connect as a charge point does that was here before: a new one has no mailbox at first."""
        folder_name = names.folder_name(identity_of(unquote(path)))
        (self.scratch.home / "run" / folder_name).mkdir(parents=True, exist_ok=True)
        super().open(path)

    def restart(self) -> None:
        """End the listener and start it again."""
        self.end()
        self._begin()

    def _start(self) -> Process:
        environ = self.scratch.environ | {"WS_PORT": str(self.port), "WS_ADDRESS": "127.0.0.1"}
        return Process("listener", [self.option], environ)


class HandedOver(Embedded):
    """The real listener, serving what the backends that websocketd starts hand over."""

    option = "--websocketd"


def make(name: str, home: Path, environ: dict[str, str]) -> Transport:
    """Make a transport in a fresh home."""
    home.mkdir()
    return TRANSPORTS[name](Scratch(home, **environ))


TRANSPORTS: dict[str, type[InProcess] | type[Pipes] | type[Websocketd] | type[Brokered]] = {
    "core": InProcess,
    "stored": Stored,
    "soap-1.6": Soaped,
    "soap-1.5": Soaped15,
    "pipes": Pipes,
    "websocketd": Websocketd,
    "embedded": Embedded,
    "handed-over": HandedOver,
    "broker": Brokered,
}
