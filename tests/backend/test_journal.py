"""The journal of a connection: every frame in both directions, and what it may not cost."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shocpp.errors import WriteError
from shocpp.settings import passed_on
from shocpp.spool.journal import journal_writer as files
from tests.support.journalled import HEARTBEAT, Place


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


def test_answers_before_the_journal(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written before the answers have left."""
    written: list[bytes] = []
    monkeypatch.setattr(files.DayFile, "append", lambda _, day, lines: written.append(lines))  # noqa: ARG005
    answers = [place.backend.receive(HEARTBEAT) for _ in range(20)]
    assert len(answers) == 20 and written == []
    place.backend.do_deferred(is_idle=False)
    assert len(written) == 1 and written[0].count(b'"frame":') == 40
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
