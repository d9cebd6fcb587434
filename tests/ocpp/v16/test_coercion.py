"""What people type, made into what the schema asks for, and nothing that could be meant in another way."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.ocpp.v16 import payloads, schemas
from shocpp.ocpp.v16.coercion import coerce, from_json, from_words
from shocpp.ocpp.v16.operations import CENTRAL_SYSTEM, OPERATIONS, may_start

CALLS = sorted(action for action in OPERATIONS if may_start(CENTRAL_SYSTEM, action))
PROFILE = {
    "chargingProfileId": "1",
    "stackLevel": "0",
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Absolute",
    "chargingSchedule": {
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": "0", "limit": "16.5"}, {"startPeriod": 60, "limit": 6}],
    },
}

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("action", "typed", "sent"),
    [
        ("UnlockConnector", {"connectorId": "1"}, {"connectorId": 1}),
        ("UnlockConnector", {"connectorId": "1.0"}, {"connectorId": "1.0"}),
        ("UnlockConnector", {"connectorId": "true"}, {"connectorId": "true"}),
        ("UnlockConnector", {"connectorId": "[1]"}, {"connectorId": "[1]"}),
        ("RemoteStartTransaction", {"idTag": 1111}, {"idTag": "1111"}),
        ("RemoteStartTransaction", {"idTag": "0011"}, {"idTag": "0011"}),
        ("RemoteStartTransaction", {"idTag": "12e3"}, {"idTag": "12e3"}),
        ("ChangeConfiguration", {"key": "a", "value": True}, {"key": "a", "value": "true"}),
        ("ChangeConfiguration", {"key": "a", "value": 0.5}, {"key": "a", "value": "0.5"}),
        ("ChangeConfiguration", {"key": "a", "value": None}, {"key": "a", "value": None}),
        ("ChangeConfiguration", {"key": "a", "value": {"b": [1, None]}}, {"key": "a", "value": '{"b":[1,null]}'}),
        ("DataTransfer", {"vendorId": "a", "data": {"ü": True}}, {"vendorId": "a", "data": '{"ü":true}'}),
        ("DataTransfer", {"vendorId": "a", "data": [{}]}, {"vendorId": "a", "data": "[{}]"}),
        ("DataTransfer", {"vendorId": {"a": 1}}, {"vendorId": {"a": 1}}),
        ("RemoteStartTransaction", {"idTag": ["1111"]}, {"idTag": ["1111"]}),
        ("Reset", {"type": {"Soft": 1}}, {"type": {"Soft": 1}}),
        ("GetConfiguration", {"key": "a"}, {"key": ["a"]}),
        ("GetConfiguration", {"key": ["a", 1]}, {"key": ["a", "1"]}),
        ("Reset", {"type": "Soft", "unknown": 1}, {"type": "Soft", "unknown": 1}),
    ],
)
def test_coerce(action: str, typed: dict[str, Any], sent: dict[str, Any]) -> None:
    """A value gets the schema's type if it can be meant in that way alone, and else stays as it is."""
    assert coerce(action, typed) == sent


def test_coerce_within() -> None:
    """Objects and lists within a payload are read in the same way; the payload itself is left alone."""
    typed: dict[str, object] = {"connectorId": "0", "csChargingProfiles": PROFILE}
    before = json.dumps(typed)
    sent = coerce("SetChargingProfile", typed)
    assert payloads.explain("SetChargingProfile", "request", sent) is None
    assert json.dumps(typed) == before


@given(st.sampled_from(CALLS), st.data())
def test_coerce_whatever_comes(action: str, data: st.DataObject) -> None:
    """Whatever is typed, nothing is raised; what is done once is done."""
    names = st.sampled_from([*schemas.schema(action, "request").get("properties", {}), "x"])
    typed: Any = data.draw(st.dictionaries(names, values, max_size=4))
    once = coerce(action, typed)
    assert list(once) == list(typed)
    assert coerce(action, once) == once


@pytest.mark.parametrize(
    ("words", "payload"),
    [
        ((), {}),
        (("type=Soft",), {"type": "Soft"}),
        (("a=1", "b="), {"a": "1", "b": ""}),
        (("key=a=b",), {"key": "a=b"}),
        (('key=["a","b"]',), {"key": ["a", "b"]}),
        (('profile={"a": 1}',), {"profile": {"a": 1}}),
        (("note=[not json",), {"note": "[not json"}),
        (('data={"a":1,"a":2}',), {"data": '{"a":1,"a":2}'}),
        (("data=[NaN]",), {"data": "[NaN]"}),
    ],
)
def test_words(words: tuple[str, ...], payload: dict[str, Any]) -> None:
    """A word is a name and a text, or an object or array that is spelled out."""
    assert from_words(words) == payload


@pytest.mark.parametrize("words", [("Soft",), ("=Soft",), ("type=Soft", "Hard"), ("a=1", "a=2")])
def test_words_that_are_none(words: tuple[str, ...]) -> None:
    """A word without a name or a value, and a name that stands twice, is refused."""
    with pytest.raises(ValueError, match=r"neither|twice"):
        from_words(words)


def test_deep_word() -> None:
    """A value that is nested without end is a text, and nothing breaks."""
    deep = "[" * 100_000
    assert from_words((f"connectorId={deep}",)) == {"connectorId": deep}
    assert coerce("UnlockConnector", {"connectorId": deep}) == {"connectorId": deep}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "1",
        "null",
        '{"a": 1, "a": 2}',
        '{"a": NaN}',
        '{"a": {"b": 1, "b": 1}}',
        '{"a": 1} x',
        "[" * 10**5,
    ],
)
def test_json_that_is_none(text: str) -> None:
    """What is no JSON object, or would lose a value, is refused in words; bytes are read in the same way."""
    for each in (text, text.encode()):
        with pytest.raises(ValueError, match=r"JSON|twice"):
            from_json(each)


def test_json_in_bytes() -> None:
    """Bytes are UTF-8, with a byte order mark or without."""
    assert from_json('{"a": "Ł"}'.encode()) == {"a": "Ł"}
    assert from_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
    with pytest.raises(ValueError, match="UTF-8"):
        from_json(b'{"a": "\xff"}')
