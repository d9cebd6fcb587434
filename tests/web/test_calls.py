"""calls.json: what may stand in it, how an id is found, and that no id is shown whole."""

from __future__ import annotations

import hmac
import json
from pathlib import Path
from typing import Any

import pytest

from shocpp.calls import canned_file
from shocpp.calls.canned_file import CannedCall, CannedReading, UnknownIdError
from shocpp.errors import ConfigError, MissingError, ShocppError

ROOT = Path(__file__).resolve().parents[2]
ID = "kZ3v0XoT5b7q2WmHc9LrYs4N"
OTHER = "Qw8Rt6Yu4Io2Pa0Sd1Fg3Hj5"
RESET = {"call": "Reset", "payload": {"type": "Soft"}}
STOP = {"call": "RemoteStopTransaction", "payload": {"transactionId": "current"}}


def written(folder: Path, content: object) -> str:
    """Write a calls.json; give its path."""
    path = folder / "calls.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(path)


def test_an_entry_says_what_is_called_and_where(tmp_path: Path) -> None:
    """An id leads to its own entry, with all that this says."""
    path = written(tmp_path, {ID: {**STOP, "charge_point": "CP001", "connector_id": 2}, OTHER: {"reading": "SoC"}})
    call, reading = canned_file.read(path).find(ID), canned_file.read(path).find(OTHER)
    assert isinstance(call, CannedCall)
    assert (call.action, call.payload, call.charge_point, call.connector_id) == (
        "RemoteStopTransaction",
        {"transactionId": "current"},
        "CP001",
        2,
    )
    assert isinstance(reading, CannedReading)
    assert (reading.measurand, reading.charge_point, reading.connector_id, reading.oldest_s) == ("SoC", None, None, 900)


WRONG: dict[str, tuple[object, str]] = {
    "not JSON": ("{", "not JSON"),
    "a list": ([RESET], "a list is no object"),
    "an entry that is no object": ({ID: "Reset"}, "'Reset' is no object"),
    "neither call nor reading": ({ID: {"payload": {}}}, "call is missing"),
    "call and reading": ({ID: {**RESET, "reading": "SoC"}}, "no field is called 'call'"),
    "a misspelt field": (
        {ID: {**RESET, "chargepoint": "CP001"}},
        "no field is called 'chargepoint'; did you mean charge_point?",
    ),
    "oldest_s of a call": ({ID: {**RESET, "oldest_s": 5}}, "no field is called 'oldest_s'"),
    "an old age of 0": ({ID: {"reading": "SoC", "oldest_s": 0}}, "field oldest_s"),
    "a payload that is a text": ({ID: {**RESET, "payload": "Soft"}}, "field payload"),
    "an unknown call": ({ID: {"call": "Restart"}}, "a central system makes no call 'Restart'"),
    "a call that charge points make": ({ID: {"call": "Heartbeat"}}, "a central system makes no call 'Heartbeat'"),
    "a payload against the schema": ({ID: {"call": "Reset", "payload": {"type": "Gentle"}}}, "/type"),
    "a field too few": ({ID: {"call": "RemoteStartTransaction"}}, "idTag"),
    "a transaction that is no number": ({ID: {**STOP, "payload": {"transactionId": "last"}}}, "transactionId"),
    "a connector that says nothing": ({ID: {**RESET, "connector_id": 1}}, "field connector_id"),
    "a short id": ({"x7Qk": RESET}, "20 to 128"),
    "a long id": ({ID * 6: RESET}, "20 to 128"),
    "an id with a slash": ({f"{ID}/x": RESET}, "20 to 128"),
    "an id with a line's end": ({f"{ID}\n": RESET}, "20 to 128"),
    "an id that is guessed": ({"abababababababababababab": RESET}, "only 2 different"),
    "an id twice": (f'{{"{ID}": {{"call": "ClearCache"}}, "{ID}": {{"call": "ClearCache"}}}}', "stands twice"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_makes_no_sense_is_told_without_the_id(tmp_path: Path, kind: str) -> None:
    """A broken file gives one sentence with file and reason, in which no id can be read."""
    content, reason = WRONG[kind]
    path = written(tmp_path, content)
    with pytest.raises(ConfigError) as raised:
        canned_file.read(path)
    said = str(raised.value)
    assert said.startswith(path) and reason in said and "\n" not in said
    assert ID[:5] not in said and "ababab" not in said


def test_a_call_s_long_name_is_told(tmp_path: Path) -> None:
    """What looks like an id but is the name of a call is not masked."""
    with pytest.raises(ConfigError, match=r"kZ3v….*FirmwareStatusNotification"):
        canned_file.read(written(tmp_path, {ID: {"call": "FirmwareStatusNotification"}}))


def test_the_example_keeps_to_its_own_rules_and_never_answers() -> None:
    """calls.json.example has the usual cases and passes the check, but its ids, known to all, lead nowhere."""
    path = ROOT / "conf/calls.json.example"
    example: dict[str, Any] = json.loads(path.read_text())
    found = {entry.get("call") or entry["reading"] for entry in example.values()}
    assert found == {
        "RemoteStartTransaction",
        "RemoteStopTransaction",
        "Reset",
        "TriggerMessage",
        "Power.Active.Import",
    }
    known = canned_file.read(str(path))
    assert len(known) == 0
    for word in example:
        with pytest.raises(UnknownIdError, match="--new"):
            known.find(word)


def test_every_id_is_compared_in_constant_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All entries are compared by hmac.compare_digest, and none is left out because one before it was the right one."""
    words = [ID, OTHER, canned_file.fresh_id()]
    known = canned_file.read(written(tmp_path, dict.fromkeys(words, RESET)))
    compared: list[bytes] = []
    real = hmac.compare_digest

    def watched(one: bytes, other: bytes) -> bool:
        compared.append(one)
        return real(one, other)

    monkeypatch.setattr(hmac, "compare_digest", watched)
    for word in words:
        compared.clear()
        known.find(word)
        assert compared == [each.encode() for each in words]


HOSTILE = [
    "",
    "\x00",
    f"{ID}\n",
    f"{ID}\x00",
    ID[:-1],
    ID.lower(),
    "x" * 10_000,
    "../../etc/passwd",
    "\udcff",
    "💥",
    "$(id)",
    f"{ID};id",
]


@pytest.mark.parametrize("word", HOSTILE)
def test_nothing_but_the_id_itself_finds_an_entry(tmp_path: Path, word: str) -> None:
    """Whatever else is asked for is unknown, and its first characters at most are said, in one printable line."""
    with pytest.raises(UnknownIdError) as raised:
        canned_file.read(written(tmp_path, {ID: RESET})).find(word)
    assert isinstance(raised.value, MissingError)
    assert str(raised.value).replace("…", "").isascii() and str(raised.value).isprintable()
    assert len(str(raised.value)) < 60 and ID not in str(raised.value)


def test_no_file_is_said_so(tmp_path: Path) -> None:
    """A calls.json that is not there is named, and is no unknown id."""
    with pytest.raises(ShocppError, match=r"calls\.json is not there") as raised:
        canned_file.read(str(tmp_path / "calls.json"))
    assert not isinstance(raised.value, UnknownIdError)


def test_fresh_ids_can_be_used(tmp_path: Path) -> None:
    """Ids made by us differ, pass our check, and are no option when typed."""
    words = [canned_file.fresh_id() for _ in range(300)]
    assert len(set(words)) == 300
    assert all(word[0].isalnum() and len(word) == 32 for word in words)
    canned_file.read(written(tmp_path, {word: {"call": "ClearCache"} for word in words}))
