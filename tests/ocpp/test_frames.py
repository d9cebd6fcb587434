"""The three messages: what is read as one, and how each is written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.ocpp.frames import Call, CallError, CallResult, FrameError, parse

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from([2, 3, 4, "2"]),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ([2, "1", "Heartbeat", {}], '[2,"1","Heartbeat",{}]'),
        ([2, "1", "Heartbeat", None], '[2,"1","Heartbeat",{}]'),
        ([2, "1", "Heartbeat"], '[2,"1","Heartbeat",{}]'),
        ([2.0, "1", "Heartbeat", {}], '[2,"1","Heartbeat",{}]'),
        ([2.0, 1, "Heartbeat"], '[2,1,"Heartbeat",{}]'),
        (["2", "1", "Heartbeat", {}, "more"], '[2,"1","Heartbeat",{}]'),
        ([2, 17, "A", {"ä": "\ud800"}], '[2,17,"A",{"\\u00e4":"\\ud800"}]'),
        ([3, "1", {"a": [1, 2.5]}], '[3,"1",{"a":[1,2.5]}]'),
        ([3, "1"], '[3,"1",{}]'),
        ([3, "1", None], '[3,"1",{}]'),
        ([4, "1", "InternalError", "words", {"a": 1}], '[4,"1","InternalError","words",{"a":1}]'),
        ([4, "1", "FormatViolation", "words"], '[4,"1","FormatViolation","words",{}]'),
        ([4, "1", "FormatViolation", None, None], '[4,"1","FormatViolation","",{}]'),
        ([4, "1", 17, 18, []], '[4,"1","17","18",{}]'),
        ([4, "1"], '[4,"1","GenericError","",{}]'),
        ([4, "1", [], {}, 5], '[4,"1","GenericError","",{}]'),
    ],
)
def test_read_as_meant(value: object, line: str) -> None:
    """What a charge point leaves out or puts into quotes is read as it was meant, and written as specified."""
    assert parse(value).encode() == line


@pytest.mark.parametrize(
    ("value", "unique_id"),
    [
        (None, None),
        ({}, None),
        ("2", None),
        ([], None),
        ([2], None),
        ([1, "1", {}], None),
        ([True, "1", "A", {}], None),
        ([2.5, "1", "A", {}], None),
        ([[2], "1", "A", {}], None),
        ([2, None, "A", {}], None),
        ([2, True, "A", {}], None),
        ([2, ["1"], "A", {}], None),
        ([2, float("inf"), "A", {}], None),
        ([2, "1"], "1"),
        ([2, "1", None, {}], "1"),
        ([2, 1.5, 17, {}], 1.5),
        ([2, "1", "A", []], "1"),
        ([2, 0, "A", "payload"], 0),
        ([3, "1", []], None),
        ([3, None, {}], None),
    ],
)
def test_no_frame(value: object, unique_id: object) -> None:
    """What is no frame says why; only where it was meant to be a CALL does it carry the id to refuse it by."""
    with pytest.raises(FrameError) as error:
        parse(value)
    assert str(error.value)
    assert (error.value.unique_id, type(error.value.unique_id)) == (unique_id, type(unique_id))


@given(ANY)
def test_any_json(value: Any) -> None:
    """Any JSON is a frame that can be written in one line of ASCII, or a FrameError."""
    try:
        line = parse(value).encode()
    except FrameError:
        return
    assert line.isascii()
    assert "\n" not in line
    assert json.loads(line)[1] == value[1]


def test_error_description_has_its_length() -> None:
    """A description is cut to the 255 characters that it may have (OCPP-J 1.6 §4.2.3)."""
    assert len(json.loads(CallError("1", "InternalError", "x" * 1000).encode())[3]) == 255


def test_what_is_written_is_read_again() -> None:
    """Each message that is written is read as the same one."""
    for frame in (Call("1", "A", {"b": 1}), CallResult(2, {"b": None}), CallError("3", "C", "d", {"e": []})):
        again = parse(json.loads(frame.encode()))
        assert type(again) is type(frame)
        assert again.encode() == frame.encode()
