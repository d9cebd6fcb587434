"""Messages as JSON objects: EMQX's own to the letter, and whatever else comes instead of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.ocpp import emqx
from shocpp.ocpp.frames import Call, CallError, CallResult, Frame, FrameError, parse

# as the gateways write them: that of EMQX 4.4, then that of EMQX 5
LITERAL: dict[str, tuple[str, str, str]] = {
    "4.4: a CALL without its action, which the topic has": (
        '{"MessageTypeId": 2, "UniqueId": "1", "Payload": {"chargePointVendor":"vendor1","chargePointModel":"model1"}}',
        "BootNotification",
        '[2,"1","BootNotification",{"chargePointVendor":"vendor1","chargePointModel":"model1"}]',
    ),
    "4.4: an answer": (
        '{"MessageTypeId": 3, "UniqueId": "1", "Payload": {"status": "Accepted", "interval": 300}}',
        "",
        '[3,"1",{"status":"Accepted","interval":300}]',
    ),
    "5: a CALL": (
        '{"UniqueId":"42","Payload":{},"MessageTypeId":2,"Action":"Heartbeat"}',
        "",
        '[2,"42","Heartbeat",{}]',
    ),
    "5: an error, whose details were dropped": (
        '{"UniqueId":"9","MessageTypeId":4,"ErrorDescription":"no","ErrorCode":"NotSupported"}',
        "",
        '[4,"9","NotSupported","no",{}]',
    ),
}
PAYLOADS = st.dictionaries(st.text(max_size=5), st.none() | st.integers() | st.text(max_size=5), max_size=3)
IDS = st.text(max_size=36) | st.integers()
FRAMES: st.SearchStrategy[Frame] = st.one_of(
    st.builds(Call, IDS, st.text(min_size=1, max_size=20), PAYLOADS),
    st.builds(CallResult, IDS, PAYLOADS),
    st.builds(CallError, IDS, st.text(min_size=1, max_size=9), st.text(max_size=99), PAYLOADS),
)
ANY = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.sampled_from([2, 3, 4, "2", "3"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([emqx.TYPE, emqx.UNIQUE_ID, emqx.ACTION, emqx.PAYLOAD, emqx.CODE]), inner)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize("name", LITERAL)
def test_messages_of_the_gateways(name: str) -> None:
    """What EMQX writes is read as the frame that it stands for."""
    message, action, line = LITERAL[name]
    assert parse(emqx.array_of(json.loads(message), action)).encode() == line


def test_the_messages_own_action_counts() -> None:
    """Where message and topic both say an action, that of the message is the charge point's own word."""
    value = {"MessageTypeId": 2, "UniqueId": "1", "Action": "Heartbeat", "Payload": {}}
    assert emqx.array_of(value, "Notify") == [2, "1", "Heartbeat", {}]


@pytest.mark.parametrize("frame", [
    Call("c1", "Reset", {"type": "Soft"}),
    CallResult("1", {"currentTime": "2022-06-21T14:20:39Z"}),
    CallError("1", "NotImplemented", "Wave"),
], ids=lambda frame: type(frame).__name__)  # fmt: skip
def test_the_gateways_find_what_they_need(frame: Frame) -> None:
    """What we write has each key without which EMQX drops a message, under its name."""
    needed: dict[type, set[str]] = {
        Call: {"MessageTypeId", "UniqueId", "Action", "Payload"},
        CallResult: {"MessageTypeId", "UniqueId", "Payload"},
        CallError: {"MessageTypeId", "UniqueId", "ErrorCode", "ErrorDescription"},
    }
    assert json.loads(emqx.encode_frame(frame)).keys() == needed[type(frame)]


def test_details_of_an_error_are_kept() -> None:
    """What EMQX has no key for stands under one of ours, and is read again."""
    line = '[4,"1","InternalError","it broke",{"where":"relay"}]'
    assert parse(emqx.array_of(json.loads(emqx.encode_frame(parse(json.loads(line)))))).encode() == line


@given(FRAMES)
def test_round_trip(frame: Frame) -> None:
    """A frame that is written as an object is read as the same frame."""
    assert parse(emqx.array_of(json.loads(emqx.encode_frame(frame)))).encode() == frame.encode()


@given(ANY, st.text(max_size=5))
def test_anything(value: Any, action: str) -> None:
    """Whatever comes is a frame or is refused as one: nothing else is raised, and no array is touched."""
    array = emqx.array_of(value, action)
    assert isinstance(value, dict) or array is value
    assert emqx.is_call(array) in (True, False)
    try:
        parse(array)
    except FrameError:
        pass


def test_a_call_that_cannot_be_read_can_be_refused() -> None:
    """A CALL without an action anywhere, or whose payload is no object, says which message that was."""
    for message in ({"MessageTypeId": 2, "UniqueId": "7"}, {"MessageTypeId": "2", "UniqueId": "7", "Payload": []}):
        with pytest.raises(FrameError) as caught:
            parse(emqx.array_of(message))
        assert caught.value.unique_id == "7"
