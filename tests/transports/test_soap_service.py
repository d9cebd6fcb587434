"""Charge points that speak SOAP, at a real listener: the same admission, records and commands as for WebSockets."""

from __future__ import annotations

import http.client
import json
import socket
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from shocpp.admission import passwords
from shocpp.errors import RefusedError, UnavailableError
from shocpp.ocpp.frames import CallError, CallResult
from shocpp.ocpp.soap.read_envelope import read
from tests.support.listening import Listener, basic, certificate, listening, trusting
from tests.support.patience import PATIENCE_S, until
from tests.support.scratch import ROOT
from tests.support.soap_peers import Command, ask, asked, command_server, connected, post

BOOT = {"chargePointVendor": "V", "chargePointModel": "M"}
START = {"connectorId": 1, "idTag": "3333", "timestamp": "2026-01-31T09:00:00Z", "meterStart": 9_042_700}
STOP = {"idTag": "3333", "timestamp": "2026-01-31T12:00:00Z", "meterStop": 9_075_300}


WITHOUT_LXML = """
import sys
sys.path.insert(0, sys.argv[1])
sys.modules["lxml"] = None
from shocpp.cli.listener import main
sys.exit(main([sys.argv[-1]]))
"""


@pytest.fixture(scope="module")
def listener(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listener]:
    """Give a listener that lets everybody in."""
    with listening(tmp_path_factory.mktemp("soap") / "home") as running:
        yield running


@pytest.mark.parametrize("version", ["1.2", "1.5", "1.6"])
def test_a_charge_is_booked(listener: Listener, version: str) -> None:
    """A charge in any version is one record, exact to the Wh, as over a WebSocket."""
    identity = f"charge {version}"
    boot = ask(listener.port, version, "BootNotification", BOOT, identity=identity)
    assert (boot.payload["status"], boot.payload["interval"], boot.identity) == ("Accepted", 55, identity)
    started = ask(listener.port, version, "StartTransaction", START, identity=identity).payload
    assert started == {"transactionId": 20_009_042, "idTagInfo": {"status": "Accepted"}}
    stop = STOP | {"transactionId": started["transactionId"]}
    assert ask(listener.port, version, "StopTransaction", stop, identity=identity).action == "StopTransaction"
    (record,) = [each for each in listener.scratch.records().values() if each["charge_point"] == identity]
    assert (record["account"], record["consumed_wh"], record["id_tag"]) == ("family-y", 32_600, "3333")
    until(lambda: "protocol" in listener.scratch.sighting(identity), "its sightings")
    assert listener.scratch.sighting(identity)["protocol"] == f"OCPP {version} over SOAP"


def test_the_path_gives_the_identity_where_no_header_does(listener: Listener) -> None:
    """``/soap/<identity>`` names it; a header that names another is refused, and so is a request that names none."""
    nameless = asked("1.5", "Heartbeat", {}, identity="")
    status, body = post(listener.port, nameless, "/soap/by%20path")
    assert (status, read(body).identity) == (200, "by path")
    status, body = post(listener.port, nameless)
    assert (status, read(body).fault) == (400, ("ProtocolError", "there is no chargeBoxIdentity"))
    status, body = post(listener.port, asked("1.5", "Heartbeat", {}, identity="A"), "/soap/B")
    assert (status, read(body).fault) == (400, ("IdentityMismatch", "the URL has another identity"))


@pytest.mark.parametrize(("data", "reason"), [
    (b"<a", "it is not well-formed"),
    (b"{}", "it is no XML"),
    (asked("1.5", "Heartbeat", {}).replace(b"/Cs/", b"/Cp/"), "OCPP 1.5 has no heartbeatRequest"),
    (asked("1.5", "Heartbeat", {}).replace(b"heartbeatRequest", b"napRequest"), "OCPP 1.5 has no napRequest"),
    (asked("1.5", "Heartbeat", {}).replace(b"heartbeatRequest", b"heartbeatResponse"), "it is no request"),
])  # fmt: skip
def test_what_is_no_request_gets_a_fault(listener: Listener, data: bytes, reason: str) -> None:
    """It is the sender's fault, in words."""
    status, body = post(listener.port, data)
    fault = read(body).fault
    assert status == 400
    assert fault is not None
    assert fault[0] == "ProtocolError"
    assert reason in fault[1]
    until(lambda: listener.has_said(f"no request over SOAP: {fault[1]}"), "the reason in the log")


def test_strict_validation_says_where(tmp_path: Path) -> None:
    """With SHOCPP_VALIDATION=strict a fault names the element that is wrong."""
    with listening(tmp_path / "home", SHOCPP_VALIDATION="strict") as running:
        wrong = asked("1.5", "StartTransaction", START).replace(b">1</connectorId>", b">one</connectorId>")
        status, body = post(running.port, wrong)
        fault = read(body).fault
        assert (status, fault and fault[0]) == (400, "ProtocolError")
        assert "connectorId" in str(fault)


def test_wsdl_is_shown(listener: Listener) -> None:
    """``?wsdl`` at any path shows that of 1.6, and of another version where one is named."""
    for query, namespace in (("wsdl", "2015/10"), ("WSDL=1.5", "2012/06"), ("wsdl=1.2", "2010/08")):
        with urllib.request.urlopen(f"http://127.0.0.1:{listener.port}/soap?{query}", timeout=PATIENCE_S) as answer:
            page = answer.read().decode()
        assert f'targetNamespace="urn://Ocpp/Cs/{namespace}/"' in page
        assert f'location="http://127.0.0.1:{listener.port}/soap"' in page
    assert listener.status_of("/soap?wsdl=1.7") == 101  # a charge point may be called as it likes


def test_one_connection_carries_many_requests(listener: Listener) -> None:
    """Requests that are kept alive, pipelined, chunked, or announced with Expect are answered in their order."""
    heartbeat = asked("1.5", "Heartbeat", {}, identity="many")
    head = b"POST /x HTTP/1.1\r\nHost: h\r\nContent-Type: text/xml\r\n"
    whole = head + b"Content-Length: %d\r\n\r\n" % len(heartbeat) + heartbeat
    chunked = head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(heartbeat) + heartbeat + b"\r\n0\r\n\r\n"
    with socket.create_connection(("127.0.0.1", listener.port), PATIENCE_S) as connected:
        connected.sendall(whole + chunked + whole)
        received = b""
        while received.count(b"</s:Envelope>") < 3:
            received += connected.recv(65_536)
        assert received.count(b"HTTP/1.1 200 OK") == 3
        last = head + b"Connection: close\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(heartbeat)
        connected.sendall(last)
        assert connected.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connected.sendall(heartbeat)
        rest = b""
        while data := connected.recv(65_536):
            rest += data
        assert rest.startswith(b"HTTP/1.1 200 OK")


def test_other_requests_are_refused(listener: Listener) -> None:
    """What is no XML, no POST, or no HTTP at all gets a status, and harms nobody."""
    assert post(listener.port, b"{}", **{"Content-Type": "application/json"})[0] == 415
    connection = http.client.HTTPConnection("127.0.0.1", listener.port, timeout=PATIENCE_S)
    connection.request("POST", "/x", b"<a/>", {"Content-Type": "text/xml"})
    assert connection.getresponse().read()
    connection.request("DELETE", "/x")
    assert connection.getresponse().status == 405
    connection.close()
    with socket.create_connection(("127.0.0.1", listener.port), PATIENCE_S) as connected:
        connected.sendall(b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")
        assert connected.recv(100).startswith(b"HTTP/1.1 400 ")


def test_a_password_is_asked_for(tmp_path: Path) -> None:
    """Who is listed with a password has to show it with each request; who is not listed is refused in the same way."""
    home = tmp_path / "home"
    home.mkdir()
    entry = {"identity": "CP001", "passwords": [passwords.make("secret")]}
    with listening(home) as running:
        running.scratch.configure("charge-points.json", json.dumps([entry]))
        heartbeat = asked("1.5", "Heartbeat", {})
        stranger = asked("1.5", "Heartbeat", {}, identity="CP002")
        until(lambda: post(running.port, heartbeat)[0] == 401, "the list to be in force")
        status, body = post(running.port, heartbeat, **basic("CP001", "wrong"))
        assert (status, read(body).fault) == (401, ("SecurityError", "Credentials, please."))
        assert post(running.port, stranger, **basic("CP002", "secret"))[0] == 401
        assert post(running.port, heartbeat, **basic("CP001", "secret"))[0] == 200
        assert post(running.port, heartbeat)[0] == 401
        until(lambda: running.has_said("CP002 refused 401"), "the refusal in the log")


def test_tls_is_tls(tmp_path: Path) -> None:
    """With a certificate the same is served over https."""
    made, key = certificate(tmp_path, "server")
    context = trusting(made)
    tls = {"SHOCPP_TLS_CERTIFICATE": str(made), "SHOCPP_TLS_KEY": str(key)}
    with listening(tmp_path / "home", context=context, **tls) as running:
        connection = http.client.HTTPSConnection("127.0.0.1", running.port, timeout=PATIENCE_S, context=context)
        for _ in range(2):
            connection.request("POST", "/x", asked("1.6", "Heartbeat", {}), {"Content-Type": "text/xml"})
            answer = connection.getresponse()
            assert (answer.status, "currentTime" in read(answer.read()).payload) == (200, True)
        connection.close()


def test_without_lxml_others_are_served(tmp_path: Path) -> None:
    """Where lxml is missing, a request over SOAP is told so, the log says once what helps, and WebSockets go on."""
    with listening(tmp_path / "home", launcher=[sys.executable, "-I", "-c", WITHOUT_LXML, str(ROOT)]) as running:
        assert [post(running.port, asked("1.5", "Heartbeat", {}))[0] for _ in range(2)] == [501, 501]
        assert running.status_of("/CP001") == 101
        until(lambda: running.has_said("needs lxml, which is not installed: "), "what is missing in the log")
        assert running.said().count("needs lxml") == 1


def test_a_command_is_posted(listener: Listener) -> None:
    """A command goes to where the charge point says that it is, in its version; its answer is a confirmation's."""
    with command_server() as server:
        connected(listener, "commanded", "1.5", server.url)
        command = Command(listener, "commanded", "UnlockConnector", {"connectorId": 1})
        soap_call = server.command()
        assert (soap_call.call.action, soap_call.call.payload) == ("UnlockConnector", {"connectorId": 1})
        assert (soap_call.envelope.identity, soap_call.envelope.dialect and soap_call.envelope.dialect.version) == (
            "commanded", "1.5",
        )  # fmt: skip
        server.answer(soap_call, CallResult("", {"status": "UnlockFailed"}))
        command.wait()
        assert command.answer is not None
        assert command.answer.payload == {"status": "UnlockFailed"}


def test_an_answer_is_taken_by_its_connection(listener: Listener) -> None:
    """Whatever an answer's headers relate to, and though a broken header has swallowed its body, it is the answer."""
    with command_server() as server:
        connected(listener, "odd", "1.5", server.url)
        command = Command(listener, "odd", "Reset", {"type": "Soft"})
        _, body = server.command().answer(CallResult("", {"status": "Accepted"}))
        body = body.replace(b">odd</m:chargeBoxIdentity>", b">undefined").replace(b"uuid:", b"uuid:another-")
        server.say(200, body)
        command.wait()
        assert command.answer is not None
        assert command.answer.payload == {"status": "Accepted"}


def test_a_refused_command_says_so(listener: Listener) -> None:
    """A fault, and what is no SOAP at all, are refusals with what was said."""
    with command_server() as server:
        connected(listener, "refusing", "1.6", server.url)
        for answer, words in (
            (
                lambda soap_call: soap_call.answer(CallError("", "NotSupported", "no such thing")),
                "NotSupported: no such",
            ),
            (lambda _: (404, b"<html>nothing here</html>"), "HTTP 404"),
        ):
            command = Command(listener, "refusing", "ClearCache", {})
            server.say(*answer(server.command()))
            command.wait()
            assert isinstance(command.error, RefusedError)
            assert words in str(command.error)


@pytest.mark.parametrize(("sender", "version", "action", "reason"), [
    ("", "1.5", "ClearCache", "its messages have no From"),
    ("ftp://127.0.0.1/", "1.5", "ClearCache", "its address is not http"),
    ("http://192.0.2.1:1/", "1.5", "ClearCache", "it says 192.0.2.1 and comes from 127.0.0.1"),
    ("http://127.0.0.1:1/", "1.5", "ClearCache", "127.0.0.1:1: "),
    ("http://127.0.0.1:1/", "1.2", "GetConfiguration", "OCPP 1.2 over SOAP has no GetConfiguration"),
])  # fmt: skip
def test_a_command_that_cannot_be_sent_says_why(
    listener: Listener, sender: str, version: str, action: str, reason: str
) -> None:
    """Without an address that is believed, or without words for it, a command ends as one to nobody does."""
    identity = f"unreachable {sender}{version}"
    connected(listener, identity, version, sender)
    command = Command(listener, identity, action, {})
    command.wait()
    assert isinstance(command.error, UnavailableError)
    assert reason in str(command.error)
