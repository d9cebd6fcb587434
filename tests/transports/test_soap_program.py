"""OCPP over SOAP behind a web server: a process for each request, the same admission and records."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from shocpp.admission import passwords
from shocpp.log import Log
from shocpp.ocpp.soap.read_envelope import read
from shocpp.transports.soap import program
from shocpp.transports.soap.program import CgiResponse
from tests.support.listening import basic
from tests.support.patience import PATIENCE_S
from tests.support.preloaded import launched
from tests.support.scratch import Scratch
from tests.support.soap_peers import asked

START = {"connectorId": 1, "idTag": "3333", "timestamp": "2026-01-31T09:00:00Z", "meterStart": 9_042_700}
STOP = {"idTag": "3333", "timestamp": "2026-01-31T12:00:00Z", "meterStop": 9_075_300}


def served(scratch: Scratch, body: bytes, **variables: str) -> CgiResponse:
    """Have a request served in this process."""
    environ = {"REQUEST_METHOD": "POST", "CONTENT_TYPE": "application/soap+xml", "REMOTE_ADDR": "192.0.2.1"} | variables
    given: list[CgiResponse] = []
    log = Log(str(scratch.home / "log"))
    program.serve(scratch.settings, environ, body, log, given.append)
    log.flush()
    (response,) = given
    return response


@pytest.mark.parametrize("version", ["1.2", "1.5", "1.6"])
def test_a_charge_is_booked(tmp_path: Path, version: str) -> None:
    """Each request finds what the one before has left, and the record is exact."""
    scratch = Scratch(tmp_path)
    started = read(served(scratch, asked(version, "StartTransaction", START)).body).payload
    stop: dict[str, Any] = STOP | {"transactionId": started["transactionId"]}
    for _ in range(2):  # the second one is the same stop
        assert served(scratch, asked(version, "StopTransaction", stop)).status == 200
    (record,) = scratch.records().values()
    assert (record["charge_point"], record["consumed_wh"], record["account"]) == ("CP001", 32_600, "family-y")


@pytest.mark.parametrize("variables", [
    {"REQUEST_URI": "/soap/by%20path"},
    {"REQUEST_URI": "/cgi-bin/shocpp-soap/by%20path", "PATH_INFO": "/by path"},
    {"PATH_INFO": "/by path"},
])  # fmt: skip
def test_the_path_gives_the_identity(tmp_path: Path, variables: dict[str, str]) -> None:
    """Where no header does, the path that was asked for names it, or the part of it behind the program's own."""
    response = served(Scratch(tmp_path), asked("1.5", "Heartbeat", {}, identity=""), **variables)
    assert (response.status, read(response.body).identity) == (200, "by path")


def test_who_may_not_is_refused(tmp_path: Path) -> None:
    """A password is asked for as in a handshake; the refusal is in the log."""
    scratch = Scratch(tmp_path)
    entry = {"identity": "CP001", "passwords": [passwords.make("secret")]}
    (tmp_path / "conf/charge-points.json").write_text(json.dumps([entry]))
    heartbeat = asked("1.5", "Heartbeat", {})
    response = served(scratch, heartbeat, REQUEST_URI="/cs")
    assert (response.status, read(response.body).fault) == (401, ("SecurityError", "Credentials, please."))
    assert b"WWW-Authenticate: Basic" in response.as_cgi()
    right = basic("CP001", "secret")["Authorization"]
    assert served(scratch, heartbeat, REQUEST_URI="/cs", HTTP_AUTHORIZATION=right).status == 200
    assert "CP001 refused 401" in (tmp_path / "log").read_text()


def test_what_is_no_request_is_refused(tmp_path: Path) -> None:
    """Another method, another type and no XML have their statuses; nothing is kept of them."""
    scratch = Scratch(tmp_path)
    assert served(scratch, b"", REQUEST_METHOD="PUT").status == 405
    assert served(scratch, b"{}", CONTENT_TYPE="application/json").status == 415
    assert served(scratch, b"<a>").status == 400
    assert "refused 400: no request over SOAP: it is not well-formed" in (tmp_path / "log").read_text()
    page = served(scratch, b"", REQUEST_METHOD="GET", QUERY_STRING="wsdl=1.5", REQUEST_URI="/soap?wsdl=1.5")
    assert b'location="http://localhost/soap"' in page.body
    assert not (tmp_path / "run").exists()


def test_the_program_answers_as_cgi(tmp_path: Path) -> None:
    """The real program reads as many bytes as it is told, and writes what a web server reads."""
    scratch = Scratch(tmp_path)
    body = asked("1.5", "Heartbeat", {})
    environ = scratch.environ | {
        "GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": "POST", "CONTENT_TYPE": "text/xml",
        "CONTENT_LENGTH": str(len(body)), "REQUEST_URI": "/soap/CP001", "PATH": "/usr/bin:/bin",
    }  # fmt: skip
    done = subprocess.run(
        launched("soap"), env=environ, input=body + b"more", capture_output=True, timeout=PATIENCE_S, check=True
    )
    head, _, answer = done.stdout.partition(b"\n\n")
    assert head.startswith(b"Status: 200\nContent-Type: application/soap+xml")
    assert "currentTime" in read(answer).payload
    shown = subprocess.run([*launched("soap"), "--ocpp", "1.2"], env=scratch.environ, capture_output=True, check=True)
    assert b"urn://Ocpp/Cs/2010/08/" in shown.stdout
