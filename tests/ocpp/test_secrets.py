"""What of a frame nobody shall read later."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.ocpp.secrets import masked_frame, masked_text, may_hold_secrets
from tests.support.properties import examples
from tests.support.units import cost_s, least_units

SECRET = "0a1b2c3d4e5f"  # the secret of all these tests

FRAMES: dict[str, list[Any]] = {
    "authorization key": [2, "1", "ChangeConfiguration", {"key": "AuthorizationKey", "value": SECRET}],
    "other case": [2, "1", "ChangeConfiguration", {"Key": "authorizationkey", "Value": SECRET}],
    "Wi-Fi": [2, "1", "ChangeConfiguration", {"key": "WifiPassword", "value": SECRET}],
    "SIM": [2, "1", "ChangeConfiguration", {"key": "SimCardPin", "value": SECRET}],
    "configuration": [
        3,
        "1",
        {"configurationKey": [{"readonly": False, "value": SECRET, "key": "AuthorizationKey"}, {"key": "a"}]},
    ],
    "diagnostics": [2, "1", "GetDiagnostics", {"location": f"ftp://joe:{SECRET}@example.org/up"}],
    "slash in it": [2, "1", "GetDiagnostics", {"location": f"ftp://joe:a/{SECRET}@example.org/up"}],
    "at sign in it": [2, "1", "GetDiagnostics", {"location": f"ftp://joe:a@{SECRET}@example.org/up"}],
    "colon and slash": [2, "1", "GetDiagnostics", {"location": f"ftp://joe:a/b:{SECRET}@example.org/up"}],
    "no user": [2, "1", "GetDiagnostics", {"location": f"ftp://:{SECRET}@example.org"}],
    "token alone": [2, "1", "UpdateFirmware", {"location": f"https://{SECRET}@example.org/fw.bin"}],
    "query": [2, "1", "UpdateFirmware", {"location": f"https://example.org/fw.bin?v=1&X-Amz-Signature={SECRET}"}],
    "log": [2, "1", "GetLog", {"log": {"remoteLocation": f"sftp://joe:{SECRET}@example.org/up"}}],
    "configured address": [
        3,
        "1",
        {"configurationKey": [{"key": "ServerURL", "value": f"wss://u:{SECRET}@example.org"}]},
    ],
    "vendor's object": [2, "1", "DataTransfer", {"vendorId": "x", "data": json.dumps({"password": SECRET})}],
    "vendor's words": [2, "1", "DataTransfer", {"vendorId": "x", "data": f"user=joe password={SECRET} ssid=home"}],
    "refusal": [4, "1", "InternalError", f"no upload to ftp://joe:{SECRET}@example.org", {}],
}


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("is_ascii", [True, False])
def test_hidden(name: str, is_ascii: bool) -> None:
    """No secret is left of a frame, and the frame stays one of the same kind."""
    frame = FRAMES[name]
    text = masked_frame(json.dumps(frame, ensure_ascii=is_ascii))
    assert text is not None and SECRET not in text and "***" in text
    masked = json.loads(text)
    assert masked[:2] == frame[:2] and len(masked) == len(frame)


def test_escaped_name() -> None:
    """A name spelled with escapes is the same name."""
    text = masked_frame('[2,"1","ChangeConfiguration",{"key":"\\u0041uthorizationKey","value":"0a"}]')
    assert text is not None and '"0a"' not in text


KEPT: list[list[Any]] = [
    [2, "1", "ChangeConfiguration", {"key": "HeartbeatInterval", "value": "55"}],
    [2, "1", "GetDiagnostics", {"location": "ftp://example.org/up"}],
    [2, "1", "UpdateFirmware", {"location": "https://example.org:8443/fw.bin?version=1.2", "retrieveDate": "2026"}],
    [3, "1", {"configurationKey": [{"key": "MeterValueSampleInterval", "readonly": True, "value": "60"}]}],
    [3, "1", {"configurationKey": [{"key": "AuthorizationKey", "readonly": False}], "unknownKey": ["x"]}],
    [2, "1", "RemoteStartTransaction", {"idTag": "04A2B3C4"}],
    [3, "1", {"transactionId": 10_000_001, "idTagInfo": {"status": "Accepted"}}],
]


@pytest.mark.parametrize("frame", KEPT)
def test_kept(frame: list[Any]) -> None:
    """What is no secret stays as it came, to the byte."""
    text = json.dumps(frame)
    assert masked_frame(text) == text


def test_not_json() -> None:
    """What Python reads beyond JSON does not get through, and what is no JSON is said to be none."""
    assert masked_frame('[2,"1","X",{"a":NaN,"b":-Infinity}]') == '[2,"1","X",{"a":null,"b":null}]'
    assert masked_frame("[2,") is None
    assert masked_frame("[" * 100_000) is None


def test_text() -> None:
    """Of a broken frame that mentions a secret nothing is left; an address loses its password."""
    assert SECRET not in masked_text(f'"AuthorizationKey","value":"{SECRET}')
    assert masked_text("ftp://joe:pw@example.org/") == "ftp://***@example.org/"
    assert masked_text("pong") == "pong"


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    """Nothing that somebody sends makes masking fail."""
    masked_text(text)
    masked_frame(json.dumps([2, "1", "X", {"data": text}]))


def test_long_text() -> None:
    """Texts of 200 kB made to be hard are masked in linear time; in quadratic it would be minutes."""

    def mask() -> None:
        for hard in ("://" * 60_000, "://a:" + "a" * 200_000, "?a" * 90_000, "password" * 25_000, "token=" * 30_000):
            masked_frame(json.dumps([2, "1", "X", {"data": hard}]))
            masked_text(hard)

    assert least_units(lambda: cost_s(mask), enough=250) <= 250


_SIGNS = [
    "password",
    "PIN",
    "token",
    "key",
    "AuthorizationKey",
    "psk",
    "://",
    "://a:b@c",
    "=1",
    '"',
    "\\",
    "\u017f",
    "x",
]
_WORDS = st.sampled_from(_SIGNS)
_TEXTS = st.lists(_WORDS | st.text(max_size=2), max_size=3).map("".join)
_LEAVES = _TEXTS | st.integers() | st.none()
# few texts: where there are many, one of them nearly always tells what another one hides
_VALUES = st.recursive(
    _LEAVES, lambda each: st.lists(each, max_size=2) | st.dictionaries(_TEXTS, each, max_size=2), max_leaves=3
)


@examples(1000)
@given(_VALUES, st.booleans())
def test_what_may_hold_no_secrets_holds_none(value: object, is_ascii: bool) -> None:
    """A frame that is said to hold no secrets, without reading it, is one that masking leaves as it is."""
    frame = json.dumps([2, "1", "X", {"data": value}], ensure_ascii=is_ascii)
    assert may_hold_secrets(frame) or masked_frame(frame) == frame
