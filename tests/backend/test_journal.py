"""The journal of a connection: every frame in both directions, and what it may not cost."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shocpp.errors import WriteError
from shocpp.log import Log
from shocpp.settings import Settings, passed_on
from shocpp.spool import journal_writer as files
from tests.support.in_place import InPlace

NOON = datetime(2026, 5, 1, 12, 0, 0, 250_000, tzinfo=UTC).timestamp()
HEARTBEAT = b'[2,"1","Heartbeat",{}]'


class Place:
    """A backend with a journal, and a clock that is set by hand."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.now = NOON
        environ = {"SHOCPP_HOME": str(home), "SHOCPP_JOURNALDIR": str(home / "journal")}
        self.settings = Settings.from_environ(environ)
        self.backend = InPlace("CP 1", self.settings, Log(str(home / "log"), self.clock), self.clock)
        self.backend.open()

    def clock(self) -> float:
        """Tell the time."""
        return self.now

    def say(self, *lines: bytes) -> list[str]:
        """Let the charge point say something; the answers."""
        answers = [answer for line in lines for answer in self.backend.receive(line)]
        self.backend.do_deferred(is_idle=True)
        return answers

    def ask(self, frame: list[Any]) -> None:
        """Send a CALL through the mailbox."""
        (self.home / "run/CP%201/request.json").write_text(json.dumps(frame))
        assert self.backend.request()
        self.backend.do_deferred(is_idle=True)

    def lines(self, day: str = "2026/05/01") -> list[bytes]:
        """Read a day of the journal."""
        return (self.home / f"journal/{day}.jsonl").read_bytes().splitlines()

    def frames(self) -> list[tuple[str, Any]]:
        """Read direction and frame of each line."""
        return [(entry["direction"], entry["frame"]) for entry in map(json.loads, self.lines())]

    def warnings(self) -> list[str]:
        """Give the log's lines about the journal."""
        return [line for line in (self.home / "log").read_text().splitlines() if "journal" in line]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Make a place."""
    return Place(tmp_path)


def test_both_directions(place: Place) -> None:
    """A CALL and its answer are a line each, with time, charge point and direction."""
    place.say(HEARTBEAT)
    entry = b'{"time":"2026-05-01T12:00:00.250Z","charge_point":"CP 1","direction":"%b","frame":%b}'
    answer = b'[3,"1",{"currentTime":"2026-05-01T12:00:00Z"}]'
    assert place.lines() == [entry % (b"in", HEARTBEAT), entry % (b"out", answer)]


def test_text_as_sent(place: Place) -> None:
    """A frame stands in the journal as it came: spaces, order, digits."""
    said = '[2, "1",  "MeterValues", {"connectorId":1,"meterValue":[{"sampledValue":[{"value":"ä","x":1.50}]}]}]'
    place.say(said.encode() + b"\r")
    assert said.encode() in place.lines()[0]


def test_line_ends_within(place: Place) -> None:
    """A frame with line ends in it, as a WebSocket message may have, is one line."""
    place.say(b'[2,\n"1",\r\n"Heartbeat",{}]', b'[2,\n"2","StatusNotification",{"connectorId":\n1}]')
    assert len(place.lines()) == 4
    assert place.frames()[0] == ("in", [2, "1", "Heartbeat", {}])
    assert place.frames()[2] == ("in", [2, "2", "StatusNotification", {"connectorId": 1}])


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (b"pong", ["pong"]),
        (b"\xff\xfe{", ["\ufffd\ufffd{"]),
        (b'\xef\xbb\xbf[2,"1","Heartbeat",{}]', [[2, "1", "Heartbeat", {}]]),
        (b'[2,"1","Heartbeat",{}][2,"2","Heartbeat",{}]', [[2, "1", "Heartbeat", {}], [2, "2", "Heartbeat", {}]]),
        (b'2,"1","Heartbeat",{}', [[2, "1", "Heartbeat", {}]]),
        (b'{"a":1}', ['{"a":1}']),
        (b'[2,"1","MeterValues",{"x":NaN,"y":-Infinity}]', [[2, "1", "MeterValues", {"x": None, "y": None}]]),
        (b'[2,"1","MeterValues",{"x":NaN}]', [[2, "1", "MeterValues", {"x": None}]]),
        (b'[2,"1","MeterValues",{"x":Infinity}]', [[2, "1", "MeterValues", {"x": None}]]),
        (b'[2,"1","MeterValues",{"x":"NaN"}]', [[2, "1", "MeterValues", {"x": "NaN"}]]),
        (b'[2,"1","Heartbeat",{"a":"\t"}]', [[2, "1", "Heartbeat", {"a": "\t"}]]),
        (b"[" * 100_000, ["[" * 4096]),
        (b"x" * 5_000_000, ["x" * 512]),
    ],
)
def test_not_as_it_should_be(place: Place, said: bytes, wanted: list[object]) -> None:
    """Whatever comes is in the journal as valid JSON: what could be mended as frames, garbage as a text."""
    place.say(said)
    place.backend.finish()
    place.backend.do_deferred(is_idle=True)
    assert [frame for way, frame in place.frames() if way == "in"] == wanted
    assert all(b"NaN," not in line and b"Infinity" not in line for line in place.lines())


def test_frame_over_lines(place: Place) -> None:
    """A pretty-printed frame is one line of the journal, with its secrets hidden."""
    place.ask([2, "x", "GetConfiguration", {}])
    frame = [3, "x", {"configurationKey": [{"key": "AuthorizationKey", "value": "0a0b0c", "readonly": False}]}]
    place.say(*json.dumps(frame, indent=2).encode().splitlines())
    assert [way for way, _ in place.frames()] == ["out", "in"]
    assert b"0a0b0c" not in b"".join(place.lines()) and b"***" in place.lines()[1]


def test_frames_in_one_message(place: Place) -> None:
    """Each frame of a message is one line of the journal, and only once."""
    place.backend.receive_message(b'[2,"1","Heartbeat",{}]\n[2,"2","Heartbeat",{}]\n')
    place.backend.do_deferred(is_idle=True)
    assert [frame[1] for way, frame in place.frames() if way == "in"] == ["1", "2"]


def test_secrets(place: Place) -> None:
    """Keys and passwords that pass in either direction are not in the journal, in whichever wrapping."""
    secret = "s3cr3tpw"  # the test's own
    place.ask([2, "1", "ChangeConfiguration", {"key": "AuthorizationKey", "value": secret}])
    place.say(b'[3,"1",{"status":"Accepted"}]')
    place.ask([2, "2", "GetDiagnostics", {"location": f"ftp://joe:{secret}@example.org/"}])
    place.say(f'[2,"3","DataTransfer",{{"vendorId":"x","data":"password={secret}"}}]'.encode())
    place.say(f'[3,"2",{{"configurationKey":[{{"key":"AuthorizationKey","value":"{secret}"'.encode())
    place.backend.finish()
    place.backend.close()
    assert len(place.lines()) == 6
    assert secret.encode() not in b"".join(place.lines())


def test_what_a_boot_tells_beyond_the_specification(place: Place) -> None:
    """A password that a firmware adds to its BootNotification is hidden as anywhere else."""
    boot = {"chargePointVendor": "v", "chargePointModel": "m", "password": "hunter22-secret"}
    place.say(json.dumps([2, "1", "BootNotification", boot]).encode())
    assert b"hunter22" not in b"".join(place.lines())
    assert place.frames()[0][1][3] == {**boot, "password": "***"}


def test_answers_before_the_journal(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written before the answers have left."""
    written: list[bytes] = []
    monkeypatch.setattr(files.DayFile, "append", lambda _, day, lines: written.append(lines))  # noqa: ARG005
    answers = [place.backend.receive(HEARTBEAT) for _ in range(20)]
    assert len(answers) == 20 and written == []
    place.backend.do_deferred(is_idle=False)
    assert len(written) == 1 and written[0].count(b"\n") == 40
    place.backend.do_deferred(is_idle=True)
    assert len(written) == 1


def test_end(place: Place) -> None:
    """What came last is in the journal when the backend ends."""
    place.backend.receive(HEARTBEAT)
    place.backend.close()
    assert len(place.lines()) == 2


def test_midnight(place: Place) -> None:
    """Each line goes to the file of the day on which it passed, in UTC."""
    place.now = datetime(2026, 5, 1, 23, 59, 59, 999_900, tzinfo=UTC).timestamp()
    place.backend.receive(HEARTBEAT)
    place.now += 0.001
    place.say(HEARTBEAT)
    assert len(place.lines()) == len(place.lines("2026/05/02")) == 2
    assert place.lines()[1].startswith(b'{"time":"2026-05-01T23:59:59.999Z"')
    assert place.lines("2026/05/02")[0].startswith(b'{"time":"2026-05-02T00:00:00.000Z"')


def test_full_disk(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal that cannot be written stops nothing; the log says so once, and once that it goes on."""

    def fail(*_: object) -> None:
        raise WriteError("cannot write x: no space")

    append: Callable[..., None] = files.DayFile.append
    for _ in range(2):
        monkeypatch.setattr(files.DayFile, "append", fail)
        assert [len(place.say(HEARTBEAT)) for _ in range(5)] == [1] * 5
        monkeypatch.setattr(files.DayFile, "append", append)
        assert [len(place.say(HEARTBEAT)) for _ in range(5)] == [1] * 5
    place.backend.close()
    assert len(place.lines()) == 20
    assert [line.partition(" CP 1 ")[2][:22] for line in place.warnings()] == [
        "frames are missing fro",
        "the journal is written",
    ] * 2


def test_removed(place: Place) -> None:
    """A file that somebody removed is written anew within a second or so."""
    place.say(HEARTBEAT)
    (place.home / "journal/2026/05/01.jsonl").unlink()
    place.now += 1.5
    place.say(HEARTBEAT)
    assert len(place.lines()) == 2


def test_off(tmp_path: Path) -> None:
    """Without the setting nothing is written, and nothing of the journal is imported by a backend."""
    program = (
        "import sys; from shocpp.cli.backend import main; main([]); print([m for m in sys.modules if 'journal' in m])"
    )
    environ = {"SHOCPP_HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environ, input=HEARTBEAT, capture_output=True, check=True
    )
    assert done.stdout.splitlines()[-1] == b"[]"
    assert "SHOCPP_JOURNALDIR" in passed_on()


@pytest.mark.parametrize(
    "echo",
    [
        '[4,"1","PropertyConstraintViolation","{} is no key",{{"was":"{}"}}]',
        '[4,"1","NoKey{}","",{{}}]',
        '[2,"9","SecurityEventNotification",{{"type":"x","timestamp":"","techInfo":"set to {}"}}]',
        '[2,"9","StatusNotification",{{"connectorId":1,"status":"Faulted","errorCode":"OtherError","info":"{}"}}]',
        '[2,"9","BootNotification",{{"chargePointVendor":"{}","chargePointModel":"m","{}":1}}]',
        '[2,"9","{}",{{}}]',
        "set {}",
    ],
)
def test_a_key_that_comes_back_is_hidden_by_its_value(place: Place, echo: str) -> None:
    """A key that was sent is neither in journal, log nor status, under whatever name the charge point says it again."""
    key = "0a1b2c3d4e5f60718293"  # the test's own
    place.ask([2, "1", "ChangeConfiguration", {"key": "AuthorizationKey", "value": key}])
    place.say(echo.format(key.upper(), key).encode())
    place.backend.finish()
    place.backend.close()
    written = [
        path
        for path in place.home.rglob("*")
        if path.is_file() and path.name not in ("request.json", "confirmation.json")
    ]
    assert len(written) > 2
    assert [path.name for path in written if key in path.read_text().lower()] == []
    assert "***" in b"".join(place.lines()[1:]).decode()


def test_a_long_frame_is_searched_no_longer_than_it_takes(place: Place) -> None:
    """A frame above 64 KiB is kept as it came where nothing can be hidden in it, else its length is; stops are kept."""
    filling = "x" * 70_000
    said = [
        ["DataTransfer", {"vendorId": "v", "data": filling}],
        ["DataTransfer", {"vendorId": "v", "data": filling, "password": "swordfish"}],
        ["DataTransfer", {"vendorId": "v", "data": f"{filling}\n"}],
        ["StopTransaction", {"transactionId": 10_000_001, "meterStop": 5000, "reason": f'{filling}"'}],
    ]
    place.say(*(json.dumps([2, "1", *each]).encode() for each in said))
    kept = [frame for way, frame in place.frames() if way == "in"]
    assert kept[0][2:] == said[0] and kept[3][2:] == said[3]
    for hidden in kept[1:3]:
        assert hidden.startswith("*** (70") and hidden.endswith("characters, too many to be searched for secrets)")


@pytest.mark.parametrize("key", ["0a1b2c/3d4e5f", "12345678", '"sword"fish"'])
def test_a_key_is_hidden_in_a_long_stop(place: Place, key: str) -> None:
    """Of a long stop in which a key comes back all else is in the journal, however the key is spelled there."""
    place.ask([2, "1", "ChangeConfiguration", {"key": "AuthorizationKey", "value": key}])
    payload = {"transactionId": 10_000_001, "meterStop": 5000, "reason": key, "idTag": "x" * 70_000}
    spelled = json.dumps([2, "2", "StopTransaction", payload])
    for text in (spelled, spelled.replace("/", "\\/")):
        place.say(text.encode())
    stops = [frame for way, frame in place.frames() if way == "in" and frame[2] == "StopTransaction"]
    assert stops == [[2, "2", "StopTransaction", {**payload, "reason": "***"}]] * 2
    place.say(spelled.replace("5000", "12345678").encode())
    assert key.encode() not in b"".join(place.lines()[1:])


def test_a_key_that_comes_back_after_a_reconnect(place: Place) -> None:
    """A backend that was not told of a key hides it, too: another process, or a listener that was started anew."""
    key = "0a1b2c3d4e5f60718293"  # the test's own
    place.ask([2, "1", "ChangeConfiguration", {"key": "AuthorizationKey", "value": key}])
    place.backend.close()
    other = Place(place.home)
    other.say(f'[2,"9","StatusNotification",{{"connectorId":1,"status":"Faulted","info":"{key}"}}]'.encode())
    other.say(f'[2,"9","SecurityEventNotification",{{"type":"x","techInfo":"set to {key.upper()}."}}]'.encode())
    other.say(f"set {key}".encode())
    other.backend.finish()
    other.backend.close()
    written = [path for path in place.home.rglob("*") if path.is_file() and path.name != "request.json"]
    assert [path.name for path in written if key in path.read_text().lower()] == []
    assert b"".join(place.lines()).count(b"***") == 4


def test_a_key_whose_mark_cannot_be_kept_is_sent(place: Place) -> None:
    """A folder that cannot be written to keeps no command from being sent; the log says what is lost."""
    (place.home / "run/CP%201/sent_keys.json.new").mkdir()
    place.ask([2, "1", "ChangeConfiguration", {"key": "AuthorizationKey", "value": "0a1b2c3d4e5f60718293"}])
    assert "a key that is sent now is not known any more" in (place.home / "log").read_text()


def test_what_is_short_or_no_key_is_not_hidden(place: Place) -> None:
    """A secret of seven characters, a value that is no secret and numbers stay: what is read later stays true."""
    place.ask([2, "1", "ChangeConfiguration", {"key": "AuthorizationKey", "value": "1234567"}])
    place.ask([2, "2", "ChangeConfiguration", {"key": "HeartbeatInterval", "value": "86400000"}])
    place.ask([2, "3", "ChangeConfiguration", {"key": "AuthorizationKey", "value": "10000001"}])
    said = '[2,"9","DataTransfer",{"vendorId":"1234567","data":"86400000","transactionId":10000001}]'
    place.say(said.encode())
    assert said.encode() in b"".join(place.lines())
