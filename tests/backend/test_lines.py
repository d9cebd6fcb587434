"""What a connection promises whatever comes and whatever fails: one answer, true sightings, and that it lives on."""

from __future__ import annotations

import errno
import fcntl
import json
import os
from pathlib import Path

import pytest

from shocpp.backend.lines import Lines
from shocpp.central_system.v16 import answers
from shocpp.ledger.accounts import Accounts
from shocpp.log import Log
from shocpp.spool.run import held_mailbox
from shocpp.transports.few_lines import Once
from tests.support.connection_bench import BEAT, IDENTITY, STOP, Bench
from tests.support.scratch import Scratch


def test_own_fault(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own code failing is an InternalError; the traceback is in the log only, and the next frame is served."""

    def fail(*_: object) -> None:
        raise KeyError("secret\nname")

    monkeypatch.setitem(answers.HANDLERS, "Authorize", fail)
    assert bench.call("1", "Authorize", idTag="1111") == [4, "1", "InternalError", "try again", {}]
    assert bench.say(BEAT)[:2] == [3, "b"]
    log = bench.log()
    assert any("Traceback (most recent call last)" in line for line in log)
    assert any("KeyError" in line for line in log)


def test_own_fault_while_settling(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails after the answer has left, in checking or in sightings, ends neither connection nor command."""
    monkeypatch.setattr("shocpp.ocpp.v16.payloads.fits", lambda *_: 1 / 0)
    monkeypatch.setattr("shocpp.spool.run.sightings.Sightings.flush", lambda _: 1 / 0)
    assert bench.call("1", "Authorize", idTag="1111")[0] == 3
    assert bench.say(BEAT)[:2] == [3, "b"]
    assert sum("ZeroDivisionError" in line for line in bench.log()) >= 2
    bench.backend.close()
    assert not bench.scratch.is_held(IDENTITY)


@pytest.mark.parametrize("kind", [3, 4])
@pytest.mark.parametrize("depth", [100, 970, *range(975, 1000), 10_000])
def test_deep_answer_to_a_command(bench: Bench, kind: int, depth: int) -> None:
    """An answer that nests ever so deeply does not end the connection (found: at just below the limit of recursion)."""
    (bench.scratch.folder(IDENTITY) / "request.json").write_text('[2,"c1","Reset",{"type":"Soft"}]')
    assert bench.backend.request() == '[2,"c1","Reset",{"type":"Soft"}]'
    deep = "[" * depth + "]" * depth
    answers = {3: f'[3,"c1",{{"a":{deep}}}]', 4: f'[4,"c1",{deep},{deep},{{"a":{deep}}}]'}
    assert bench.backend.receive(answers[kind].encode()) == []
    assert bench.say(BEAT)[:2] == [3, "b"]


@pytest.mark.parametrize("action", sorted({*answers.HANDLERS, *answers.OF_CHARGES}))
@pytest.mark.parametrize("depth", [100, 900, *range(975, 1000, 3), 10_000])
def test_deep_request(bench: Bench, action: str, depth: int) -> None:
    """A request that nests ever so deeply gets its one answer, leaves small sightings, and the stop after is booked."""
    deep = "[" * depth + "]" * depth
    fields = ("idTag", "transactionId", "connectorId", "status", "meterValue", "transactionData", "timestamp", "type")
    payload = ",".join(f'"{field}":{deep}' for field in fields)
    answer = bench.say(f'[2,"1","{action}",{{{payload},"meterStart":1,"meterStop":1}}]'.encode())
    assert answer[1] == "1"
    assert bench.say(STOP) == [3, "s", {}]
    assert len(json.dumps(bench.status())) < 2000


@pytest.mark.parametrize("value", [[], 5, "text", None, {"Heartbeat": "x", "1": 5}])
@pytest.mark.parametrize("section", ["quirks", "frames", "records", "connectors", "boot", "refused_tags", "identity"])
def test_somebody_wrote_into_the_sightings(bench: Bench, section: str, value: object) -> None:
    """Sightings of any content harm nobody: the charge point is served and its charge booked."""
    bench.backend.close()
    folder = bench.scratch.folder(IDENTITY)
    (folder / "transactions").mkdir()
    for name in ("status.json", "meter.json"):
        (folder / name).write_text(json.dumps({section: value, "1": value, "2": {"values": value}}))
    (folder / "transactions/10000001.json").write_text(json.dumps({"begin_wh": value, "connector_id": value}))
    bench.connect()
    bench.call("1", "Authorize", idTag=5, colour="red")
    for connector_id in (1, 2):
        bench.call("2", "StatusNotification", connectorId=connector_id, errorCode="NoError", status="Charging")
        values = [{"value": "1", "measurand": "Power.Active.Import"}]
        bench.call("3", "MeterValues", connectorId=connector_id, meterValue=[{"sampledValue": values}])
    assert bench.say(STOP) == [3, "s", {}]
    assert bench.status()["records"] == (6 if (section, value) == ("records", 5) else 1)
    assert [record["consumed_kwh"] for record in bench.scratch.records().values()] == ["2"]
    assert "Traceback" not in "".join(bench.log())


def test_the_meter_after_the_stop(bench: Bench) -> None:
    """What came with the last MeterValues is seen, except the power: it does not flow any more."""
    bench.call("1", "StartTransaction", idTag="1111", meterStart=1000, connectorId=1)
    values = [{"value": "2900"}, {"value": "11000", "measurand": "Power.Active.Import", "unit": "W"}]
    line = json.dumps([2, "2", "MeterValues", {"connectorId": 1, "meterValue": [{"sampledValue": values}]}])
    bench.backend.receive(line.encode())
    bench.say(STOP)
    bench.backend.close()
    meter = bench.scratch.sighting(IDENTITY, "meter.json")["1"]
    assert meter["energy_wh"] == 2900
    assert "power_w" not in meter


def test_without_a_mailbox(tmp_path: Path) -> None:
    """Where run/ cannot be made the charge point is served and its charge booked; the log says what does not work."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "run").write_text("in the way")
    bench = Bench(home)
    assert bench.say(STOP) == [3, "s", {}]
    bench.backend.close()
    assert len(bench.scratch.records()) == 1
    assert sum("no commands on this connection" in line for line in bench.log()) == 1


def test_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system without locks a charge point is served and its charge booked; the log says once what is not."""

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)
    (tmp_path / "home").mkdir()
    bench = Bench(tmp_path / "home")
    assert bench.say(STOP) == [3, "s", {}]
    bench.backend.close()
    assert len(bench.scratch.records()) == 1
    assert sum("no commands on any connection: cannot lock" in line for line in bench.log()) == 1


def test_that_there_are_no_locks_is_said_of_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two charge points of one listener, and one connection after another: one line, which names no charge point."""

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)
    log = Log(str(tmp_path / "log"))
    once, settings = Once(log.line), Scratch(tmp_path).settings
    for identity in ("CP1", "CP2", "CP1"):
        lines = Lines(identity, settings, Accounts, log.about(identity), say_once=once.line)
        lines.open()
        lines.close()
    log.flush()
    (said,) = [line for line in (tmp_path / "log").read_text().splitlines() if "INFO" not in line]
    assert said.endswith(
        f"ERROR no commands on any connection: cannot lock what is in {settings.run_dir}: No locks available"
    )


def test_a_foreign_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever locks a charge point's folder for long keeps it from having commands, not from being served."""
    monkeypatch.setattr(held_mailbox, "_PATIENCE_S", 0.05)
    folder = tmp_path / "home" / "run" / IDENTITY
    folder.mkdir(parents=True)
    foreign = os.open(folder, os.O_RDONLY)
    fcntl.flock(foreign, fcntl.LOCK_EX)
    bench = Bench(tmp_path / "home")
    assert bench.say(STOP) == [3, "s", {}]
    bench.backend.close()
    os.close(foreign)
    assert sum("is locked by another program" in line for line in bench.log()) == 1


def test_who_was_superseded_rests(bench: Bench) -> None:
    """A connection in whose place a newer one came writes no sightings and does not ask to be called again."""
    old = bench.backend
    bench.connect()
    bench.call("1", "StatusNotification", connectorId=1, status="Charging", errorCode="NoError")
    written = (bench.scratch.home / "run" / IDENTITY / "status.json").read_bytes()
    old.receive(b'[2,"2","StatusNotification",{"connectorId":1,"status":"Available","errorCode":"NoError"}]')
    bench.now += 5
    assert old.do_deferred(is_idle=True) is None
    assert (bench.scratch.home / "run" / IDENTITY / "status.json").read_bytes() == written
    old.close()
