"""
A real listener in a scratch home, and charge points that connect to it with credentials of every kind.

Knows command lines, certificates and handshakes; not what is said afterwards.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.bench.load import frame, upgrade
from tests.support.patience import PATIENCE_S, until
from tests.support.ports import held_port, is_listening
from tests.support.preloaded import Process
from tests.support.scratch import LISTENER, ROOT, Scratch

PLAIN = ("embedded", "websocketd", "alone")  # the kinds of listeners there are, without TLS
# a listener that gives those that are connected so many seconds at its end, and so many more for each that lets go
_PATIENT = """
import sys
sys.path.insert(0, sys.argv[1])
from shocpp.cli.listener import main
from shocpp.transports.embedded import leaving
leaving.LONGEST_END_S, leaving.STUCK_S = float(sys.argv[2]), float(sys.argv[3])
sys.exit(main([sys.argv[-1]]))
"""
HEARTBEAT = '[2,"1","Heartbeat",{}]'
STOP = '[2,"2","StopTransaction",{"transactionId":10000001,"meterStop":3000,"timestamp":"2023-09-03T06:00:00Z"}]'


class Listener:
    """
    A shocpp-listener.

    Args:
        scratch: Its home.
        kind: ``embedded``, ``websocketd`` or ``alone``: with websocketd, and each backend serving by itself.
        context: The clients' TLS context, which trusts its certificate; None without TLS.
        launcher: A command line that runs the listener's own (``clock.Clock.wrapper``); without one it is a fork.
    """

    def __init__(
        self,
        scratch: Scratch,
        kind: str = "embedded",
        context: ssl.SSLContext | None = None,
        launcher: Sequence[str] = (),
    ) -> None:
        self.scratch = scratch
        self._launcher = launcher
        self.kind = kind
        self.context = context
        self.headers: dict[str, str] = {}  # that ``status_of`` sends besides
        self.port = held_port()
        self.log = scratch.home / "log"
        self.output = scratch.home / "output"
        self.start()

    def start(self, options: Sequence[str] = ()) -> None:
        """Start it; return when it listens."""
        self.begin(options)
        until(lambda: is_listening(self.port) or self.process.poll() is not None, "the listener to listen")
        assert self.process.poll() is None, self.said()

    def begin(self, options: Sequence[str] = ()) -> None:
        """Start it."""
        settings = {"WS_PORT": str(self.port), "WS_ADDRESS": "127.0.0.1", "SHOCPP_LOGFILE": str(self.log)}
        settings["SHOCPP_HANDOVER"] = "0" if self.kind == "alone" else "1"
        kind = "embedded" if self.kind == "embedded" else "websocketd"
        words, environ = [f"--{kind}", *options], {"PATH": "/usr/bin:/bin"} | self.scratch.environ | settings
        with self.output.open("ab") as output:
            self.process: Process | subprocess.Popen[bytes] = (
                subprocess.Popen([*self._launcher, *LISTENER, *words], env=environ, stdout=output, stderr=output)
                if self._launcher
                else Process("listener", words, environ, stdout=output, stderr=output)
            )

    def connect(self, path: str, **credentials: object) -> ClientConnection:
        """Connect as a charge point does."""
        with _tls_1_2(self.context):
            return connect(
                f"{'wss' if self.context else 'ws'}://127.0.0.1:{self.port}{path}",
                subprotocols=[Subprotocol("ocpp1.6")],
                compression=None,
                open_timeout=PATIENCE_S,
                ping_interval=None,  # pings and their limit are for a test that wants them
                ssl=self.context,
                additional_headers=basic(**credentials) if credentials else None,  # type: ignore[arg-type]
                legacy=True,  # a connection, and not only what makes one in a with statement
            )

    def status_of(self, path: str, **credentials: object) -> int:
        """Give the HTTP status that a handshake ends with; 101 means that a heartbeat was answered, too, 0 that not."""
        headers = (basic(**credentials) if credentials else {}) | self.headers  # type: ignore[arg-type]
        with ExitStack() as stack:
            plain = stack.enter_context(socket.create_connection(("127.0.0.1", self.port), PATIENCE_S))
            connected = self.context.wrap_socket(plain, server_hostname="127.0.0.1") if self.context else plain
            stack.callback(connected.close)
            connected.sendall(upgrade(path, self.port, headers))
            answer = b""
            while b"\r\n\r\n" not in answer and (data := connected.recv(4096)):
                answer += data
            status = int(answer.split(b" ", 2)[1]) if answer else 0
            if status != 101:
                return status
            return 101 if _heartbeat(connected, answer.partition(b"\r\n\r\n")[2]) else 0

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def said(self) -> str:
        """Give all that it wrote: its log, its output, that of websocketd."""
        return "".join(path.read_text(errors="replace") for path in (self.output, self.log) if path.exists())

    def has_said(self, text: str) -> bool:
        """Tell whether that is in what it wrote."""
        return text in self.said()

    def end(self) -> int:
        """Stop it; its exit status."""
        self.process.terminate()
        return self.process.wait(PATIENCE_S)


@contextmanager
def listening(
    home: Path,
    kind: str | None = None,
    context: ssl.SSLContext | None = None,
    launcher: Sequence[str] = (),
    **environ: str,
) -> Iterator[Listener]:
    """Run a listener in a fresh home."""
    home.mkdir(exist_ok=True)
    listener = Listener(Scratch(home, **environ), kind or "embedded", context, launcher)
    try:
        yield listener
    finally:
        listener.process.kill()
        listener.process.wait(PATIENCE_S)


@contextmanager
def _tls_1_2(context: ssl.SSLContext | None) -> Iterator[None]:
    """
    Have a context speak no more than TLS 1.2 for a while.

    With 1.3 a server sends tickets after the handshake. The client of ``websockets`` reads them in one thread while it
    sends in another, which OpenSSL does not allow: some connections of a thousand were lost.
    """
    if context is None:
        yield
        return
    before, context.maximum_version = context.maximum_version, ssl.TLSVersion.TLSv1_2
    try:
        yield
    finally:
        context.maximum_version = before


def _heartbeat(connected: socket.socket, answer: bytes) -> bool:
    """Tell whether a heartbeat is answered on a raw connection."""
    try:
        connected.sendall(frame(HEARTBEAT.encode()))
        while b"}]" not in answer and (data := connected.recv(4096)):
            answer += data
    except OSError:
        return False
    return b"currentTime" in answer


def patient(seconds: float, more_s: float) -> list[str]:
    """Give what starts a listener that waits so long at its end, and so much longer for each that lets go."""
    return [sys.executable, "-I", "-c", _PATIENT, str(ROOT), str(seconds), str(more_s)]


def is_served(connection: ClientConnection) -> bool:
    """Tell whether a heartbeat is answered on a connection."""
    try:
        connection.send(HEARTBEAT)
        answer = json.loads(connection.recv(PATIENCE_S))
    except ConnectionClosed:
        return False
    return bool(answer[0] == 3 and answer[1] == "1")


def basic(user: str, password: str | bytes) -> dict[str, str]:
    """Give the header of HTTP Basic."""
    secret = password.encode() if isinstance(password, str) else password
    return {"Authorization": "Basic " + base64.b64encode(user.encode() + b":" + secret).decode()}


def certificate(folder: Path, name: str, issuer: tuple[Path, Path] | None = None) -> tuple[Path, Path]:
    """Make a key and a certificate for a name, issued by itself or by another one; their paths."""
    key, made = folder / f"{name}.key", folder / f"{name}.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-days", "2", "-subj", f"/CN={name}", "-keyout", str(key), "-out", str(made)]
    if issuer:
        command += ["-CA", str(issuer[0]), "-CAkey", str(issuer[1]), "-addext", "basicConstraints=CA:FALSE"]
    else:
        command += ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "OPENSSL_CONF": "/etc/ssl/openssl.cnf"})
    return made, key


def trusting(server: Path, client: tuple[Path, Path] | None = None) -> ssl.SSLContext:
    """Make a client's context that trusts a server's certificate and shows its own, if it has one."""
    context = ssl.create_default_context(cafile=str(server))
    if client:
        context.load_cert_chain(*map(str, client))
    return context
