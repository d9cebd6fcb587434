"""What `fits` and `explain` promise: one verdict, clear words, never an exception, and little to import."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.ocpp.codes import CODES
from shocpp.ocpp.v16 import payloads, schemas
from shocpp.ocpp.v16.operations import KINDS, OPERATIONS, UnknownActionError
from tests.support.properties import examples

ROOT = Path(__file__).parents[3]
TIME = "2023-09-03T09:52:10Z"
SAMPLE = {"value": "9042000", "measurand": "Energy.Active.Import.Register", "unit": "Wh", "phase": "L1"}
SCHEDULE = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.3, "numberPhases": 3}]}
PROFILE = {
    "chargingProfileId": 1,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxProfile",
    "chargingProfileKind": "Relative",
    "chargingSchedule": SCHEDULE,
}
HASH = {"hashAlgorithm": "SHA256", "issuerNameHash": "ab", "issuerKeyHash": "cd", "serialNumber": "1"}
GOOD: list[tuple[str, str, dict[str, Any]]] = [
    ("Authorize", "request", {"idTag": "1111"}),
    ("Authorize", "confirmation", {"idTagInfo": {"status": "Accepted", "expiryDate": TIME, "parentIdTag": "family"}}),
    ("BootNotification", "request", {"chargePointVendor": "v", "chargePointModel": "m", "iccid": ""}),
    ("DataTransfer", "request", {"vendorId": "v", "data": "{}"}),
    ("GetConfiguration", "confirmation", {"configurationKey": [{"key": "k", "readonly": True}], "unknownKey": ["u"]}),
    ("GetDiagnostics", "request", {"location": "ftp://example.com/", "retries": 1}),
    ("GetInstalledCertificateIds", "confirmation", {"status": "Accepted", "certificateHashData": [HASH]}),
    ("GetLog", "request", {"logType": "SecurityLog", "requestId": 1, "log": {"remoteLocation": "x"}}),
    ("Heartbeat", "request", {}),
    ("MeterValues", "request", {"connectorId": 1, "meterValue": [{"timestamp": TIME, "sampledValue": [SAMPLE] * 2}]}),
    ("SendLocalList", "request", {"listVersion": 1, "updateType": "Full", "localAuthorizationList": [{"idTag": "1"}]}),
    ("SetChargingProfile", "request", {"connectorId": 0, "csChargingProfiles": PROFILE}),
    ("StopTransaction", "request", {"transactionId": 10009042, "meterStop": 9075000, "timestamp": TIME}),
]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(["\ud800", "Celsius", TIME, "9" * 60, -(2**70), 0.1 + 0.2, 1e308, -0.0, "a:b"])
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """List every container of a payload with each of its keys."""
    if not isinstance(value, dict | list):
        return []
    keys = list(value) if isinstance(value, dict) else range(len(value))
    return [(value, key) for key in keys] + [place for key in keys for place in places(value[key])]


def verdict(action: str, kind: str, payload: object) -> bool:
    """Give the verdict that both judges share."""
    fits = payloads.fits(action, kind, payload)
    violation = payloads.explain(action, kind, payload)
    assert fits == (violation is None)
    assert violation is None or len(violation.message) < 600
    return fits


@pytest.mark.parametrize(("action", "kind", "payload"), GOOD)
def test_a_good_payload_fits(action: str, kind: str, payload: dict[str, Any]) -> None:
    """Payloads as the specification wants them fit."""
    assert verdict(action, kind, payload)


@given(st.sampled_from(GOOD), st.data())
@examples(250)
def test_both_judges_agree(good: tuple[str, str, dict[str, Any]], data: st.DataObject) -> None:
    """`fits` and `explain` never raise and never disagree, whatever JSON stands at whatever place of a payload."""
    action, kind = good[:2]
    payload: dict[str, Any] = {"payload": deepcopy(good[2])}
    for _ in range(data.draw(st.integers(1, 2))):
        container, key = data.draw(st.sampled_from(places(payload)))
        match data.draw(st.sampled_from(["replace", "remove", "add"])):
            case "remove":
                del container[key]
            case "add" if isinstance(container, dict) and container is not payload:
                container[data.draw(st.text(max_size=60))] = data.draw(ANYTHING)
            case _:
                container[key] = data.draw(ANYTHING)
        if not payload:
            payload["payload"] = None
    verdict(action, kind, payload["payload"])


@cache
def nested(depth: int) -> list[Any]:
    """Give arrays in arrays, so deep."""
    deep: list[Any] = []
    for _ in range(depth):
        deep = [deep]
    return deep


@pytest.mark.parametrize(
    ("action", "depth"),
    [
        *((action, depth) for action in OPERATIONS for depth in (8, 5_000)),
        ("MeterValues", 100_000),
        *(pytest.param(action, 100_000, marks=pytest.mark.thorough) for action in OPERATIONS),
    ],
)
def test_deep_nesting_is_judged(action: str, depth: int) -> None:
    """A payload that nests deeper than Python's stack is refused, not an exception."""
    deep = nested(depth)
    for kind in KINDS:
        fields = schemas.schema(action, kind).get("properties", {"unknown": {}})
        assert not verdict(action, kind, deep)
        assert not verdict(action, kind, dict.fromkeys(fields, deep))


@pytest.mark.parametrize(
    ("limit", "fits"),
    [
        *[(16, True), (16.0, True), (0.3, True), (-0.1, True), (1e15 + 0.5, True), (1e300, True), (10**400, True)],
        *[(0.35, False), (1e-9, False), (math.nan, False), (math.inf, False), (True, False), ("16", False)],
    ],
)
def test_a_limit_has_one_decimal(limit: object, fits: bool) -> None:
    """A limit is a finite number with one digit after the point at most, as it is written, not as binary has it."""
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}]}
    payload = {"status": "Accepted", "chargingSchedule": schedule}
    assert verdict("GetCompositeSchedule", "confirmation", payload) == fits


@pytest.mark.parametrize(
    ("timestamp", "fits"),
    [
        ("2023-09-03T09:52:10Z", True),
        ("2023-09-03t09:52:10.123456789z", True),
        ("2023-12-31T23:59:60Z", True),
        ("2024-02-29T00:00:00-23:59", True),
        ("1900-02-29T00:00:00Z", False),
        ("2000-02-29T00:00:00Z", True),
        ("2023-04-31T00:00:00Z", False),
        ("2023-04-00T00:00:00Z", False),
        ("2023-00-01T00:00:00Z", False),
        ("2023-13-31T00:00:00Z", False),
        ("2023-12-32T00:00:00Z", False),
        ("2023-09-03T24:00:00Z", False),
        ("2023-09-03T09:60:00Z", False),
        ("2023-09-03T09:52:61Z", False),
        ("2023-09-03T09:52:10.Z", False),
        ("2023-09-03T09:52:10+24:00", False),
        ("2023-09-03T09:52:10+02:60", False),
        ("2023-09-03T09:52:10+02", False),
        ("2023-09-03T09:52:10", False),
        ("2023-09-03 09:52:10Z", False),
        ("2023-09-03T09:52:10Z\n", False),
        ("٢٠٢٣-09-03T09:52:10Z", False),
        ("", False),
    ],
)
def test_a_time_has_a_day_that_exists_and_a_zone(timestamp: str, fits: bool) -> None:
    """A date-time is one of RFC 3339: every part in range, and a zone."""
    assert verdict("Heartbeat", "confirmation", {"currentTime": timestamp}) == fits


LONG = "secret" * 2000
EXPLAINED: list[tuple[str, str, object, str, str, str, str]] = [
    ("Authorize", "request", {"idTag": "x" * 21}, "/idTag", "maxLength", "21 characters long, at most 20", "Property"),
    ("Authorize", "request", {}, "/idTag", "required", "/idTag: is missing", "Occurence"),
    ("Authorize", "request", {"idTag": 7}, "/idTag", "type", "is an integer, must be a string", "Type"),
    ("Authorize", "request", [], "", "type", "the payload: is an array, must be an object", "Formation"),
    ("Authorize", "request", None, "", "type", "is null", "Formation"),
    ("Authorize", "request", {"idTag": "1", "a/~": 1}, "/a~1~0", "additionalProperties", "not a field", "Formation"),
    ("Heartbeat", "request", {"x": 1}, "/x", "additionalProperties", "not a field", "Formation"),
    ("Reset", "request", {"type": "Warm"}, "/type", "enum", 'is "Warm", must be one of Hard, Soft', "Property"),
    ("Heartbeat", "confirmation", {"currentTime": "now"}, "/currentTime", "format", "is not a date", "Property"),
    ("GetDiagnostics", "request", {"location": "x"}, "/location", "format", "is not a URI", "Property"),
    ("MeterValues", "request", {"connectorId": 1, "meterValue": []}, "/meterValue", "minItems", "at least 1", "Occur"),
    ("GetConfiguration", "request", {"key": ["a", 1.0]}, "/key/1", "type", "is a number with a point", "Type"),
    (
        "SetChargingProfile",
        "request",
        {
            "connectorId": 0,
            "csChargingProfiles": {**PROFILE, "chargingSchedule": {**SCHEDULE, "minChargingRate": 0.25}},
        },
        "/csChargingProfiles/chargingSchedule/minChargingRate",
        "multipleOf",
        "multiple of 0.1",
        "Property",
    ),
]


@pytest.mark.parametrize("case", EXPLAINED, ids=lambda case: f"{case[0]}-{case[4]}")
def test_a_fault_is_explained(case: tuple[str, str, object, str, str, str, str]) -> None:
    """A violation says where, which rule, why in words, and what for: its code is that of OCPP-J 1.6 table 7."""
    action, kind, payload, pointer, rule, words, code = case
    violation = payloads.explain(action, kind, payload)
    assert violation is not None
    assert (violation.pointer, violation.rule) == (pointer, rule)
    assert words in violation.message
    assert CODES[violation.refusal].startswith(code)
    assert CODES[violation.refusal].endswith("Violation")


def test_nothing_long_or_unprintable_is_shown() -> None:
    """A message shows no id tag, no address with a password, and of the network's own words only a safe beginning."""
    for action, payload in [
        ("Authorize", {"idTag": LONG}),
        ("Authorize", {LONG: 1, "idTag": "1"}),
        ("Reset", {"type": LONG}),
        ("Reset", {"type": "\x1b[31m\n"}),
        ("Reset", {"type": "Hard", "\x1b[31m\n\ud800": 1}),
        ("GetDiagnostics", {"location": "ftp user:secretsecretsecret@host"}),
    ]:
        violation = payloads.explain(action, "request", payload)
        assert violation is not None
        assert "secret" * 7 not in violation.message
        assert "secretsecretsecret@" not in violation.message
        assert violation.message.isprintable()
        assert violation.pointer.isprintable()


def test_a_number_too_long_to_print_is_judged() -> None:
    """An integer of more digits than Python prints is judged like any other."""
    huge = 10**5000
    assert verdict("UnlockConnector", "request", {"connectorId": huge})
    assert not verdict("Authorize", "request", {"idTag": huge})
    assert not verdict("Authorize", "request", huge)


@pytest.mark.parametrize("ask", [payloads.fits, payloads.explain])
def test_an_unknown_message_is_an_error(ask: Any) -> None:
    """There is no verdict on a message that does not exist, and its name is never imported."""
    for action, kind in [("Nap", "request"), ("types", "request"), ("../x", "request"), ("Reset", "answer")]:
        with pytest.raises(UnknownActionError, match="no message"):
            ask(action, kind, {})


def test_fits_imports_nothing_heavy() -> None:
    """A backend pays for `fits` with our own modules only: no library, and none of Python's own that start slowly."""
    program = f"""
import sys
before = set(sys.modules)
from shocpp.ocpp.v16 import payloads
for action, kind, payload in {GOOD!r}:
    assert payloads.fits(action, kind, payload)
print(*sorted(set(sys.modules) - before))
"""
    run = subprocess.run([sys.executable, "-S", "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    imported = run.stdout.split()
    assert "shocpp.ocpp.v16.validators.MeterValues" in imported
    assert [name for name in imported if not name.startswith("shocpp") and name != "__future__"] == []


def test_a_schema_may_be_changed_by_who_asked() -> None:
    """What `schema` gives is the caller's own."""
    schemas.schema("Reset", "request").clear()
    assert json.dumps(schemas.schema("Reset", "request")["required"]) == '["type"]'
