"""A simulated charge point over SOAP: the same machine, charges that are booked, commands that it carries out."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shocpp.calls import ask as calls
from shocpp.charge_point.quirks.envelopes import Envelopes
from shocpp.cli.charger import main
from shocpp.ocpp.soap.dialects import CHARGE_POINT, DIALECTS
from shocpp.ocpp.soap.read_envelope import EnvelopeError, read
from shocpp.ocpp.soap.write_envelope import response
from tests.support.listening import Listener, listening
from tests.support.patience import PATIENCE_S, until
from tests.support.preloaded import Process
from tests.support.soap_peers import asked

ODD_REQUESTS = ("soap-undeclared-prefix", "soap-no-action", "soap-no-message-id")
ODD_ANSWERS = ("soap-broken-header", "soap-headers-of-before")


@pytest.fixture(scope="module")
def listener(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listener]:
    """Give a listener that lets everybody in."""
    with listening(tmp_path_factory.mktemp("soap") / "home") as running:
        yield running


@contextmanager
def charger(listener: Listener, identity: str, version: str, *quirks: str) -> Iterator[Process]:
    """Run a charge point that does what is written to it."""
    options = [word for name in quirks for word in ("--quirk", name)]
    url = f"http://127.0.0.1:{listener.port}/soap/{identity}"
    command = ["--soap", version, "--connect", url, "--speed", "600", "--seed", "1", *options]
    process = Process("charger", command, os.environ, stdin=subprocess.PIPE, bufsize=0)
    try:
        yield process
    finally:
        process.kill()
        process.wait(PATIENCE_S)


def say(process: Process, line: str) -> None:
    """Have something happen at a charge point."""
    assert process.stdin is not None
    process.stdin.write(f"{line}\n".encode())


@pytest.mark.parametrize(("version", "quirks"), [("1.2", ODD_REQUESTS), ("1.5", ODD_ANSWERS), ("1.6", ())])
def test_a_charge_and_commands(listener: Listener, version: str, quirks: tuple[str, ...]) -> None:
    """A charge that a command begins and another one ends is booked to the Wh, whatever the envelopes are like."""
    identity = f"CP{version}"
    run_dir = str(listener.scratch.home / "run")
    with charger(listener, identity, version, *quirks) as process:
        until(lambda: listener.scratch.is_held(identity), "the charge point to be connected")
        say(process, "plug")
        started = calls.ask(
            run_dir, identity, "RemoteStartTransaction", {"idTag": "3333", "connectorId": 1}, PATIENCE_S
        )
        assert started.payload == {"status": "Accepted"}
        until(lambda: listener.has_said(f"{identity} started transaction="), "the charge to begin")
        stopped = calls.ask(run_dir, identity, "RemoteStopTransaction", {"transactionId": "current"}, PATIENCE_S)
        assert stopped.payload == {"status": "Accepted"}
        until(lambda: listener.has_said(f"{identity} booked"), "the charge to be booked")
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(PATIENCE_S) == 0
    (record,) = [each for each in listener.scratch.records().values() if each["charge_point"] == identity]
    assert (record["account"], record["id_tag"]) == ("family-y", "3333")
    assert record["consumed_wh"] == record["end_wh"] - record["begin_wh"]


def test_each_quirk_of_an_envelope_is_done() -> None:
    """The switches damage what they say, and what they damage is read all the same."""
    data = asked("1.5", "Heartbeat", {}, sender="http://127.0.0.1/")
    assert b"xmlns:a=" not in Envelopes({"soap-undeclared-prefix"}).request(data)
    for name, header in (
        ("soap-no-action", b"Action"),
        ("soap-no-message-id", b"MessageID"),
        ("soap-no-from", b"From"),
    ):
        damaged = Envelopes({name}).request(data)
        assert header not in damaged
        assert read(damaged).action == "Heartbeat"
    answers = [
        response(
            DIALECTS["1.5"], CHARGE_POINT, "Reset", {"status": "Accepted"}, "CP1", f"uuid:{number}", f"uuid:a{number}"
        )
        for number in range(2)
    ]
    before = Envelopes({"soap-headers-of-before"})
    assert [read(before.answer(each)).message_id for each in answers] == ["", "uuid:0"]
    swallowed = Envelopes({"soap-broken-header"}).answer(answers[0])
    assert read(swallowed).payload == {"status": "Accepted"}
    with pytest.raises(EnvelopeError):
        read(swallowed.replace(b"</status>", b""))


def test_what_makes_no_sense_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """SOAP goes to http:// alone, and not through a pipe."""
    for options, words in (
        (["--soap", "1.5"], "--soap needs --connect"),
        (["--soap", "1.5", "--connect", "ws://localhost/CP1", "plug"], "such as http://localhost"),
    ):
        assert main(options) == 64
        assert words in capsys.readouterr().err
