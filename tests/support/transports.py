"""
The transports that transcripts run through: the backend in process, the real command over pipes, real websocketd,
the embedded listener, a worker behind a broker.

Each is a ``transcripts.Transport``. Another one needs a class here and its name in ``TRANSPORTS``.
"""

from __future__ import annotations

import select
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from shocpp.admission.identity import identity_of
from shocpp.spool.files import names
from tests.support.brokered import Brokered
from tests.support.in_process import InProcess, Soaped, Soaped15, Stored
from tests.support.mailboxes import Commands
from tests.support.patience import PATIENCE_S, until
from tests.support.ports import held_port, is_listening
from tests.support.preloaded import Process
from tests.support.scratch import BACKEND, Scratch
from tests.support.transcripts import Transport


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
