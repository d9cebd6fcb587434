"""
Peers that speak OCPP over SOAP: a charge point that posts, and the server that it has for commands.

They know envelopes by the project's own tables; independent ones are zeep's and those of other projects.
"""

from __future__ import annotations

import http.client
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from shocpp.calls import ask as calls
from shocpp.errors import ShocppError
from shocpp.ocpp.frames import CallError, CallResult
from shocpp.ocpp.soap import write_envelope
from shocpp.ocpp.soap.dialects import CENTRAL_SYSTEM, CHARGE_POINT, DIALECTS
from shocpp.ocpp.soap.read_envelope import Envelope, read
from shocpp.ocpp.soap.soap_call import SoapCall, read_call
from tests.support.listening import Listener
from tests.support.patience import PATIENCE_S, until

PATH = "/Ocpp/CentralSystemService"


def call_in(data: bytes, side: str) -> SoapCall:
    """Read a request to a side, which it is."""
    found = read_call(data, side, "urn:uuid:answer")
    assert isinstance(found, SoapCall)
    return found


def post(port: int, data: bytes, path: str = PATH, **headers: str) -> tuple[int, bytes]:
    """Post an envelope to a port of the loopback; the status and the body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        connection.request("POST", path, data, {"Content-Type": write_envelope.CONTENT_TYPE} | headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def asked(version: str, action: str, payload: dict[str, Any], identity: str = "CP001", sender: str = "") -> bytes:
    """Write a request of a charge point."""
    dialect = DIALECTS[version]
    return write_envelope.request(
        dialect, CENTRAL_SYSTEM, action, payload, identity, "uuid:1", "http://127.0.0.1/", sender
    )


def ask(port: int, version: str, action: str, payload: dict[str, Any], **more: str) -> Envelope:
    """Have a charge point ask something; what it is answered."""
    return read(post(port, asked(version, action, payload, **more))[1])


class CommandServer:
    """
    The server of a charge point: commands wait until somebody says what is answered.

    Attributes:
        url: Where it is.
        asked: The commands that wait for ``answer``, as exchanges.
    """

    def __init__(self) -> None:
        self.asked: queue.Queue[SoapCall] = queue.Queue()
        self._answers: queue.Queue[tuple[int, bytes]] = queue.Queue()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                data = self.rfile.read(int(self.headers["Content-Length"]))
                outer.asked.put(call_in(data, CHARGE_POINT))
                status, body = outer._answers.get(timeout=PATIENCE_S)
                self.send_response(status)
                self.send_header("Content-Type", write_envelope.CONTENT_TYPE)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *values: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/ChargePointService"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def command(self) -> SoapCall:
        """Wait for the next command."""
        return self.asked.get(timeout=PATIENCE_S)

    def answer(self, soap_call: SoapCall, frame: CallResult | CallError) -> None:
        """Answer a command."""
        self._answers.put(soap_call.answer(frame))

    def say(self, status: int, body: bytes) -> None:
        """Answer a command with anything."""
        self._answers.put((status, body))

    def close(self) -> None:
        """End."""
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def command_server() -> Iterator[CommandServer]:
    """Give a charge point's server."""
    server = CommandServer()
    try:
        yield server
    finally:
        server.close()


class Command:
    """A command that is on its way."""

    def __init__(self, listener: Listener, identity: str, action: str, payload: dict[str, Any]) -> None:
        self.answer: calls.Confirmation | None = None
        self.error: ShocppError | None = None
        run_dir = str(listener.scratch.home / "run")
        self._thread = threading.Thread(target=self._ask, args=(run_dir, identity, action, payload))
        self._thread.start()

    def _ask(self, run_dir: str, identity: str, action: str, payload: dict[str, Any]) -> None:
        try:
            self.answer = calls.ask(run_dir, identity, action, payload, PATIENCE_S)
        except ShocppError as error:
            self.error = error

    def wait(self) -> None:
        """Wait until it has its answer."""
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()


def connected(listener: Listener, identity: str, version: str, sender: str) -> None:
    """Have a charge point say where it is, and wait until it can be sent commands."""
    ask(listener.port, version, "Heartbeat", {}, identity=identity, sender=sender)
    until(lambda: listener.scratch.is_held(identity), "its mailbox to be held")
