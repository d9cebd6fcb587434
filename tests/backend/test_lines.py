"""What a connection promises whatever comes: one answer, an honest log, small sightings, and that it lives on."""

from __future__ import annotations

import errno
import fcntl
import json
import os
from pathlib import Path
from typing import Any

import pytest

from shocpp.central_system.v16 import answers
from shocpp.log import Log
from shocpp.ocpp.assembler import MOST_FRAMES
from shocpp.spool import held_mailbox
from tests.support.in_place import InPlace
from tests.support.scratch import Scratch

BEAT = b'[2,"b","Heartbeat",{}]'
STOP = b'[2,"s","StopTransaction",{"transactionId":10000001,"meterStop":3000,"timestamp":"2023-09-03T06:00:00Z"}]'
IDENTITY = "CP001"


class Bench:
    """A backend in a scratch home whose clock stands still until it is moved."""

    def __init__(self, folder: Path, identity: str = IDENTITY, **environ: str) -> None:
        self.now = 1_773_576_000.0
        self.identity = identity
        self.scratch = Scratch(folder, **environ)
        self.connect()

    def connect(self) -> None:
        """Make a new connection."""
        log = Log(str(self.scratch.home / "log"), lambda: self.now)
        self.backend = InPlace(self.identity, self.scratch.settings, log, lambda: self.now)
        self.backend.open()

    def call(self, unique_id: object, action: str, **payload: object) -> Any:
        """Send a CALL; its one answer, parsed."""
        return self.say(json.dumps([2, unique_id, action, payload]).encode())

    def say(self, line: bytes) -> Any:
        """Send a line; its one answer, parsed."""
        (answer,) = self.backend.receive(line)
        self.backend.do_deferred(is_idle=True)
        return json.loads(answer)

    def log(self) -> list[str]:
        """Give the lines of the log."""
        self.backend.do_deferred(is_idle=True)
        return (self.scratch.home / "log").read_text().splitlines()

    def status(self) -> dict[str, Any]:
        """Give status.json as it stands after the connection."""
        self.backend.close()
        return self.scratch.sighting(self.identity)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Give a backend that has just been connected."""
    (tmp_path / "home").mkdir()
    return Bench(tmp_path / "home")


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
    monkeypatch.setattr("shocpp.spool.sightings.Sightings.flush", lambda _: 1 / 0)
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


@pytest.mark.parametrize("action", sorted(answers.HANDLERS))
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


def test_quirk_is_logged_once_and_counted(bench: Bench) -> None:
    """A quirk is one line of the log for a connection and kind, and counted each time, over connections too."""
    for _ in range(3):
        bench.call("1", "Authorize", idTag=1111)
        bench.call("1", "Heartbeat", uptime=1)
    assert [line.split()[3:5] for line in bench.log() if " quirk " in line] == [
        ["quirk", "Authorize/idTag:"],
        ["quirk", "Heartbeat/uptime:"],
    ]
    bench.backend.close()
    bench.connect()
    bench.call("1", "Authorize", idTag=1111)
    assert sum(" quirk Authorize/idTag" in line for line in bench.log()) == 2
    assert bench.status()["quirks"] == {"Authorize/idTag": 4, "Heartbeat/uptime": 3}


def test_frames_are_counted(bench: Bench) -> None:
    """status.json counts the frames by action; unknown actions together."""
    for action in ("Heartbeat", "Heartbeat", "Nap", "Rest"):
        bench.call("1", action)
    assert bench.status()["frames"] == {"Heartbeat": 2, "unknown": 2}


FORGED = "\n2026-03-15T12:00:00Z INFO CP001 forged\r\x1b[2J\x85\u2028\u2029\u202e\x00"


@pytest.mark.parametrize(("id_tag", "status"), [("1111", "Accepted"), ("9999", "Invalid")])
def test_log_says_what_became_of_a_card(bench: Bench, id_tag: str, status: str) -> None:
    """Who holds a card to the reader finds in the log whether it was taken; which card it was is not there."""
    bench.backend.receive(json.dumps([2, "77", "Authorize", {"idTag": id_tag}]).encode())
    (line,) = [line for line in bench.log() if "id=77" in line]
    assert line.endswith(f"Authorize id=77 answered, card {status}") and id_tag not in line


def test_a_check_that_fails_is_ours(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails in holding a payload against its schema is told once, after the answer; the next frame is served."""
    monkeypatch.setattr("shocpp.ocpp.v16.payloads.fits", lambda *_: 1 / 0)
    assert bench.call("1", "Heartbeat")[0] == 3
    assert bench.call("2", "Authorize", idTag="1111")[0] == 3
    assert sum("checking a payload failed by our own fault" in line for line in bench.log()) == 2


@pytest.mark.parametrize(("least", "debug"), [("debug", {"id=1": "DEBUG", "id=2": "DEBUG"}), ("info", {})])
def test_what_comes_again_and_again_is_for_debugging(tmp_path: Path, least: str, debug: dict[str, str]) -> None:
    """Heartbeats and meter values that were answered are DEBUG, made if anybody wants it, and nothing else is."""
    (tmp_path / "home").mkdir()
    bench = Bench(tmp_path / "home", SHOCPP_LOGLEVEL=least)
    bench.call("1", "Heartbeat")
    bench.call("2", "MeterValues", connectorId=1, meterValue=[])
    bench.call("3", "BootNotification", chargePointVendor="a", chargePointModel="b")
    levels = {line.split()[4]: line.split()[1] for line in bench.log() if " id=" in line}
    assert levels == {**debug, "id=3": "INFO"}


def test_nobody_forges_log_lines(tmp_path: Path) -> None:
    """Whatever tags, ids, actions, fields and identities hold, the log has no line and no control character of it."""
    home = tmp_path / "home"
    home.mkdir()
    bench = Bench(home, identity=f"CP{FORGED}")
    bench.call(f"1{FORGED}", "Authorize", idTag=f"x{FORGED}")
    bench.call(f"2{FORGED}", f"Nap{FORGED}")
    bench.call("3", "Heartbeat", **{f"field{FORGED}": 1})
    bench.call("4", "StatusNotification", connectorId=1, errorCode="NoError", status=f"odd{FORGED}")
    bench.call("5", "SecurityEventNotification", type=f"odd{FORGED}", techInfo=FORGED)
    bench.call("6", "StopTransaction", transactionId=f"5{FORGED}", meterStop=5, timestamp=FORGED, reason=FORGED)
    bench.backend.receive(json.dumps([3, f"nobody{FORGED}", {}]).encode())
    bench.backend.receive(FORGED.encode())
    text = "\n".join(bench.log())
    assert all(line.startswith("2026-03-15T12:00:00Z ") for line in text.split("\n"))
    assert not set(text) & (set(FORGED) - set("2026-03-15T12:00:00Z INFO CP001 forged[2J\n"))


def test_long_things_are_short_in_the_log(bench: Bench) -> None:
    """No frame makes a line of the log long."""
    long = "x" * 500_000
    for action in ("Authorize", long, "StatusNotification", "SecurityEventNotification"):
        bench.call(long, action, idTag=long, status=long, type=long, techInfo=long, **{long: 1})
    bench.backend.receive(json.dumps([4, long, long, long, {}]).encode())
    assert max(map(len, bench.log())) < 2000


def test_sightings_are_bounded(bench: Bench) -> None:
    """A charge point that sends ever new names, tags and values fills neither the memory nor the disk."""
    long = "x" * 10_000
    for number in range(300):
        each = f"{number}-{long}"
        bench.backend.receive(json.dumps([2, "1", "Authorize", {"idTag": each, each: 1}]).encode())
        status = {"connectorId": number, "status": each, "info": long, "errorCode": long}
        bench.backend.receive(json.dumps([2, "1", "StatusNotification", status]).encode())
        values = [{"value": long, "measurand": f"{number}-{each}", "unit": long} for each in range(4)]
        meter = {"connectorId": number % 3, "transactionId": long, "meterValue": [{"sampledValue": values}]}
        bench.backend.receive(json.dumps([2, "1", "MeterValues", meter]).encode())
        start = {"connectorId": number, "idTag": long, "meterStart": number * 1000, "timestamp": long}
        bench.backend.receive(json.dumps([2, "1", "StartTransaction", start]).encode())
        bench.now += 0.01
    bench.call("1", "BootNotification", **{f"{number}{long}": long for number in range(300)})
    bench.backend.close()
    folder = bench.scratch.folder(IDENTITY)
    assert (folder / "status.json").stat().st_size < 200_000
    assert (folder / "meter.json").stat().st_size < 200_000
    assert len(list((folder / "transactions").iterdir())) == 100
    assert (folder / "transactions/8000299.json").stat().st_size < 2000


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
    assert sum("no commands on this connection: cannot lock" in line for line in bench.log()) == 1


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


def test_record_fields_are_bounded(bench: Bench) -> None:
    """A tag, reason or time of half a MiB makes no record of half a MiB."""
    long = "x" * 500_000
    stop = {"transactionId": 10000001, "meterStop": 2000, "idTag": long, "reason": long, "timestamp": long}
    assert bench.call("1", "StopTransaction", **stop)[0] == 3
    (record,) = bench.scratch.records().values()
    assert len(json.dumps(record)) < 3000


def test_two_thousand_frames(bench: Bench) -> None:
    """Of two thousand CALLs in one line or message the first few dozen are answered, in order."""
    line = b"".join(b'[2,"%d","Heartbeat",{}]' % number for number in range(2000))
    for lines in (bench.backend.receive(line), bench.backend.receive_message(line)):
        assert [json.loads(answer)[1] for answer in lines] == [str(number) for number in range(MOST_FRAMES)]


def test_thousands_of_stops(bench: Bench) -> None:
    """One message of a MiB books a few dozen charges at most (found: 6608); the others are not confirmed."""
    stop = '[2,"%d","StopTransaction",{"transactionId":10000001,"meterStop":%d,"timestamp":"2023-09-03T06:00:00Z"}]'
    message = "\n".join(stop % (number, 2000 + 1000 * number) for number in range(9000)).encode()
    confirmed = bench.backend.receive_message(message)
    assert len(bench.scratch.records()) == len(confirmed) == MOST_FRAMES


@pytest.mark.parametrize("indent", [None, 2])
def test_a_night_in_one_message(bench: Bench, indent: int | None) -> None:
    """A StopTransaction of a megabyte is booked with begin and end, over one line or many."""
    samples = [sample("Sample.Periodic", 2_000 + number) for number in range(6000 if indent is None else 3500)]
    data = [sample("Transaction.Begin", 1_234), *samples, sample("Transaction.End", 9_876)]
    stop = {"transactionId": 10000001, "timestamp": "2023-09-03T06:00:00Z", "transactionData": data}
    message = json.dumps([2, "1", "StopTransaction", stop], indent=indent).encode()
    assert 900_000 < len(message) <= 1 << 20
    (answer,) = bench.backend.receive_message(message)
    assert json.loads(answer)[:2] == [3, "1"]
    (record,) = bench.scratch.records().values()
    assert (record["begin_wh"], record["end_wh"]) == (1_234, 9_876)


def sample(context: str, wh: int) -> dict[str, object]:
    """Make an entry of transactionData."""
    value = {"value": str(wh), "context": context, "measurand": "Energy.Active.Import.Register", "unit": "Wh"}
    return {"timestamp": "2023-09-03T05:00:00Z", "sampledValue": [value]}


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


def test_a_flood_of_unlisted_cards(bench: Bench) -> None:
    """After 20 within a minute unlisted cards are refused as ever, but noted nowhere; all others are served as ever."""
    for number in range(50):
        invalid = [3, number, {"idTagInfo": {"status": "Invalid"}}]
        assert bench.call(number, "Authorize", idTag=f"wrong-{number}") == invalid
    assert bench.call("good", "Authorize", idTag="1111")[2]["idTagInfo"]["status"] == "Accepted"
    assert bench.call("blocked", "Authorize", idTag="6666")[2]["idTagInfo"]["status"] == "Blocked"
    log, status = bench.log(), bench.status()
    assert len([line for line in log if "card Invalid" in line]) == 20
    assert len([line for line in log if "id=good answered" in line or "id=blocked answered" in line]) == 2
    assert set(status["refused_tags"]) == {*(f"wrong-{number}" for number in range(20)), "6666"}
    assert status["frames"]["Authorize"] == 52
