"""An independent client of SOAP, zeep, asks for every operation of both services in all versions, by their WSDLs."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any

import pytest
from lxml import etree
from zeep import Client
from zeep.transports import Transport

from shocpp.ocpp.soap.dialects import CENTRAL_SYSTEM, CHARGE_POINT, DIALECTS, REQUEST, RESPONSE
from shocpp.ocpp.soap.read_envelope import read
from shocpp.ocpp.soap.wsdl import wsdl
from tests.support.listening import Listener, listening
from tests.support.patience import PATIENCE_S, until
from tests.support.scratch import launched
from tests.support.soap_messages import fields_of, utmost
from tests.support.soap_peers import post

LAST = ("UpdateFirmware", "Reset")  # after which a charge point is away for a while


class Held(Transport):
    """Gives zeep a document that is in memory, and posts as ever."""

    def __init__(self, document: str) -> None:
        super().__init__(operation_timeout=PATIENCE_S)  # type: ignore[no-untyped-call]
        self._document = document.encode()

    def load(self, url: str) -> Any:  # noqa: ARG002
        """Give it, whatever is asked for."""
        return BytesIO(self._document).read()


def client(version: str, side: str, url: str) -> Any:
    """Have zeep make a client of a service."""
    document = wsdl(DIALECTS[version], side, url)
    return Client(url, transport=Held(document))  # type: ignore[no-untyped-call]


def ask_all(version: str, side: str, url: str, identity: str) -> dict[str, Any]:
    """Ask for every operation, with the utmost that its request may say; the answers by action."""
    asking, dialect = client(version, side, url), DIALECTS[version]
    header = etree.Element(f"{{{dialect.namespace(side)}}}chargeBoxIdentity")
    header.text = identity
    actions = sorted(dialect.actions(side), key=lambda action: LAST.index(action) if action in LAST else -1)
    return {
        action: asking.service[action](**utmost(fields_of(version, side, action, REQUEST)), _soapheaders=[header])
        for action in actions
    }


def is_whole(answers: dict[str, Any], version: str, side: str) -> bool:
    """Tell whether there is an answer for each operation that has anything in it."""
    return all(
        answers[action] is not None
        for action in DIALECTS[version].actions(side)
        if any(not field.is_optional for field in fields_of(version, side, action, RESPONSE).fields)
    )


@pytest.fixture(scope="module")
def listener(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listener]:
    """Give a listener that lets everybody in."""
    with listening(tmp_path_factory.mktemp("zeep") / "home") as running:
        yield running


@pytest.mark.parametrize("version", DIALECTS)
def test_the_central_system_serves_zeep(listener: Listener, version: str) -> None:
    """Each operation of a charge point is answered as the WSDL has it, whatever the limits of its fields let it say."""
    answers = ask_all(version, CENTRAL_SYSTEM, f"http://127.0.0.1:{listener.port}/cs", f"zeep {version}")
    assert is_whole(answers, version, CENTRAL_SYSTEM)
    assert answers["BootNotification"].status == "Accepted"
    assert answers["Authorize"].status == "Invalid"
    assert answers["StartTransaction"].idTagInfo.status == "Invalid"
    assert answers["Heartbeat"].tzinfo is not None


class Central(ThreadingHTTPServer):
    """
    Passes on what a charge point posts to a listener, and sees where it takes commands.

    Args:
        port: The listener's.
    """

    def __init__(self, port: int) -> None:
        central = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                data = self.rfile.read(int(self.headers["Content-Length"]))
                central.address = read(data).from_address
                status, body = post(port, data)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *values: Any) -> None:
                """Say nothing."""

        self.address = ""
        super().__init__(("127.0.0.1", 0), Handler)


@contextmanager
def charger(listener: Listener, version: str) -> Iterator[str]:
    """Run a simulated charge point; the address where it takes commands."""
    central = Central(listener.port)
    threading.Thread(target=central.serve_forever, args=(0.01,), daemon=True).start()
    url = f"http://127.0.0.1:{central.server_port}/soap/charger{version}"
    command = [*launched("charger"), "--soap", version, "--connect", url, "--speed", "600"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE)
    try:
        until(lambda: central.address, "the charge point to say where it is")
        yield central.address
    finally:
        process.kill()
        process.wait(PATIENCE_S)
        central.shutdown()
        central.server_close()


@pytest.mark.parametrize("version", DIALECTS)
def test_a_charge_point_serves_zeep(listener: Listener, version: str) -> None:
    """Each operation of a central system is answered by the simulated charge point as the WSDL has it."""
    with charger(listener, version) as url:
        answers = ask_all(version, CHARGE_POINT, url, f"charger{version}")
    assert is_whole(answers, version, CHARGE_POINT)
    assert answers["Reset"] == "Accepted"
