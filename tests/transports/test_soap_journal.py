"""The journal of charge points that speak SOAP: frames as everybody's, and with a switch the envelopes, too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shocpp.cli.journal import main
from shocpp.ledger.forgotten_card import ForgottenCard
from shocpp.ocpp.frames import CallResult
from shocpp.spool.journal.journal_reader import entries
from tests.support.listening import listening
from tests.support.patience import until
from tests.support.scratch import Scratch
from tests.support.soap_peers import Command, ask, asked, command_server, connected
from tests.transports.test_soap_program import START, served

SECRET = "0a1b2c3d4e5f6071"


def told(folder: Path) -> list[dict[str, Any]]:
    """Read a journal."""
    return [json.loads(entry.line) for entry in entries(str(folder), lambda *_: None)]


def envelopes(folder: Path) -> list[tuple[str, str]]:
    """Give direction and text of each envelope in a journal."""
    found = [line["data"] for line in told(folder) if line.get("tags") == ["ocpp", "charger", "xml"]]
    return [(data["direction"], data["xml"]) for data in found]


def test_frames_alone_unless_more_is_wanted(tmp_path: Path) -> None:
    """Without the switch there is no XML in the journal."""
    scratch = Scratch(tmp_path, SHOCPP_JOURNALDIR=str(tmp_path / "journal"))
    served(scratch, asked("1.5", "StartTransaction", START))
    assert [line["direction"] for line in told(tmp_path / "journal") if "frame" in line] == ["in", "out"]
    assert envelopes(tmp_path / "journal") == []


def test_a_program_keeps_envelopes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """With it the request and its answer are there, byte for byte, beside the frames; and the command shows them."""
    folder = tmp_path / "journal"
    scratch = Scratch(tmp_path, SHOCPP_JOURNALDIR=str(folder), SHOCPP_JOURNAL_XML="1")
    request = asked("1.5", "StartTransaction", START)
    answer = served(scratch, request).body
    assert envelopes(folder) == [("in", request.decode()), ("out", answer.decode())]
    assert [line["direction"] for line in told(folder) if "frame" in line] == ["in", "out"]
    for name, value in scratch.environ.items():
        monkeypatch.setenv(name, value)
    assert main(["--charge-point", "CP001"]) == 0
    assert capfd.readouterr().out.count("s:Envelope") == 4
    assert main(["--events"]) == 0
    assert "Envelope" not in capfd.readouterr().out


def test_a_card_is_forgotten_in_envelopes(tmp_path: Path) -> None:
    """``--forget`` finds a card in XML as it does in JSON; a reading of the same digits stays."""
    scratch = Scratch(tmp_path, SHOCPP_JOURNALDIR=str(tmp_path / "journal"), SHOCPP_JOURNAL_XML="1")
    served(scratch, asked("1.5", "StartTransaction", START | {"meterStart": 3333}))
    days = (tmp_path / "journal").glob("*/*/*")  # at midnight the answer is in another one
    kept, count = ForgottenCard("3333", "gone").taken_out(b"".join(day.read_bytes() for day in days))
    assert count == 2
    assert b"<idTag>gone</idTag>" in kept
    assert b"<meterStart>3333</meterStart>" in kept


def test_a_listener_keeps_envelopes(tmp_path: Path) -> None:
    """So does the embedded listener, in both directions; a key that is sent is in none of them, nor when it is back."""
    folder = tmp_path / "journal"
    started = listening(tmp_path / "home", SHOCPP_JOURNALDIR=str(folder), SHOCPP_JOURNAL_XML="1")
    with started as running, command_server() as server:
        connected(running, "CP1", "1.6", server.url)
        payload = {"key": "AuthorizationKey", "value": SECRET}
        command = Command(running, "CP1", "ChangeConfiguration", payload)
        soap_call = server.command()
        assert soap_call.call.payload == payload
        server.answer(soap_call, CallResult("", {"status": "Accepted"}))
        command.wait()
        ask(running.port, "1.6", "DataTransfer", {"vendorId": "V", "data": f"it is {SECRET}"}, identity="CP1")
        until(lambda: len(envelopes(folder)) == 6, "six envelopes in the journal")
    kept = envelopes(folder)
    assert [direction for direction, _ in kept] == ["in", "out", "out", "in", "in", "out"]
    assert "value>***</" in kept[2][1]
    assert "it is ***" in kept[4][1]
    assert SECRET not in "".join(path.read_text() for path in folder.glob("*/*/*"))
