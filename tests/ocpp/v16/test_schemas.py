"""Our schemas against those of the `ocpp` package: payloads made from either get the same verdict from both."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import jsonschema
import ocpp.v16
import pytest

from shocpp.ocpp.v16 import payloads, schemas
from shocpp.ocpp.v16.operations import KINDS, OPERATIONS, may_start

Schema = dict[str, Any]
MESSAGES = [(action, kind) for action in OPERATIONS for kind in KINDS]
SPECIFIED = [(action, kind) for action, kind in MESSAGES if OPERATIONS[action].profile != "Vendor"]

WRONG_TYPES: dict[str, list[Any]] = {
    "array": [None, {}, "", 1],
    "boolean": [None, 0, 1, "true", [], {}],
    "integer": [None, True, "1", 1.0, 1.5, 1e300, [], {}],
    "number": [None, False, "1", [], {}],
    "object": [None, [], "", 0, False],
    "string": [None, 1, 1.5, True, [], {}, [""]],
}
WRONG_FORMATS = {
    "date-time": ["", "yesterday", "2023-09-03", "2023-09-03T09:52:10", "2023-02-29T09:52:10Z", "2023-09-03T24:01:00Z"],
    "uri": ["", "log.zip", "//host/path", "http://a b/", "http:"],
}
RIGHT_FORMATS = {
    "date-time": ["2023-09-03T09:52:10Z", "2024-02-29T09:52:10.123456+05:30", "1970-01-01T00:00:00-00:00"],
    "uri": ["https://example.com/log", "ftp://user:secret@example.com:21/a%20b?c=d#e", "mailto:a@example.com"],
}


class Difference(NamedTuple):
    """Where we judge otherwise than the package, on purpose."""

    why: str
    action: str
    kind: str
    payload: dict[str, Any]  # shows the difference
    covers: Callable[[str, Any], bool]  # field name and its value: does the difference lie here?


TIMESTAMP = "2023-09-03T09:52:10Z"
PERIODS: dict[str, Any] = {"chargingRateUnit": "A", "chargingSchedulePeriod": []}
DIFFERENCES = [
    Difference(
        "the errata sheet 4.0 (§3.84) adds Hertz to UnitOfMeasure; the package has it in MeterValues alone",
        "StopTransaction",
        "request",
        {
            "transactionId": 1,
            "meterStop": 1,
            "timestamp": TIMESTAMP,
            "transactionData": [{"timestamp": TIMESTAMP, "sampledValue": [{"value": "50", "unit": "Hertz"}]}],
        },
        lambda field, value: (field, value) == ("unit", "Hertz"),
    ),
    Difference(
        "MeterValue.sampledValue is 1..* (OCPP 1.6 §7.33); the package counts in MeterValues alone",
        "StopTransaction",
        "request",
        {
            "transactionId": 1,
            "meterStop": 1,
            "timestamp": TIMESTAMP,
            "transactionData": [{"timestamp": TIMESTAMP, "sampledValue": []}],
        },
        lambda field, value: (field, value) == ("sampledValue", []),
    ),
    Difference(
        "ChargingSchedule.chargingSchedulePeriod is 1..* (OCPP 1.6 §7.13); the package does not count",
        "GetCompositeSchedule",
        "confirmation",
        {"status": "Accepted", "chargingSchedule": PERIODS},
        lambda field, value: (field, value) == ("chargingSchedulePeriod", []),
    ),
]


def is_time(text: object) -> bool:
    """Judge a date-time by other means than ours."""
    try:
        return not isinstance(text, str) or datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def is_address(text: object) -> bool:
    """Judge a URI by other means than ours."""
    if not isinstance(text, str):
        return True
    parts = urlsplit(text)
    return bool(parts.scheme and (parts.netloc or parts.path) and " " not in text)


FORMATS = jsonschema.FormatChecker(formats=())
FORMATS.checks("date-time")(is_time)
FORMATS.checks("uri")(is_address)


@cache
def package_schema(action: str, kind: str) -> Schema:
    """Read a schema of the package, its factors exact as the package reads them."""
    name = f"{action}{'Response' * (kind == 'confirmation')}.json"
    path = Path(ocpp.v16.__file__).parent / "schemas" / name
    assert path.exists(), f"the package ocpp does not know {action}: the profile of a vendor's own is Vendor"
    text = path.read_text(encoding="utf-8-sig")
    loaded: Schema = json.loads(text, parse_float=Decimal)
    return loaded


@cache
def package_validator(action: str, kind: str) -> Any:
    return jsonschema.Draft4Validator(package_schema(action, kind), format_checker=FORMATS)


def package_fits(action: str, kind: str, payload: object) -> bool:
    """Give the package's verdict; it compares numbers as decimals."""
    exact = json.loads(json.dumps(payload), parse_float=Decimal)
    return bool(package_validator(action, kind).is_valid(exact))


def resolve(schema: Schema, root: Schema) -> Schema:
    if "$ref" not in schema:
        return schema
    _, section, name = schema["$ref"].split("/")
    found: Schema = root[section][name]
    return found


def make(schema: Schema, root: Schema, full: bool) -> Any:
    """Make the largest or the smallest payload that fits."""
    schema = resolve(schema, root)
    scalars = {"boolean": full, "integer": 2**40 if full else -1, "number": 16.3 if full else 0}
    match schema["type"]:
        case "object":
            names = schema.get("properties", {}) if full else schema.get("required", [])
            return {name: make(schema["properties"][name], root, full) for name in names}
        case "array":
            return [make(schema["items"], root, full)] * (2 if full else 1)
        case "string" if "enum" in schema:
            return schema["enum"][0]
        case "string" if "format" in schema:
            return RIGHT_FORMATS[schema["format"]][0]
        case "string":
            return "é" * schema.get("maxLength", 9) if full else ""
    return scalars[schema["type"]]


def variants(schema: Schema, root: Schema) -> Iterator[Any]:
    """Make payloads of which each differs in one place from the largest one: some fit, most do not."""
    schema = resolve(schema, root)
    yield from WRONG_TYPES[schema["type"]]
    whole = make(schema, root, full=True)
    match schema["type"]:
        case "object":
            yield {**whole, "vendorField": 1}
            for name, inner in schema.get("properties", {}).items():
                yield {key: value for key, value in whole.items() if key != name}
                yield from ({**whole, name: each} for each in variants(inner, root))
        case "array":
            yield []
            yield from ([whole[0], each] for each in variants(schema["items"], root))
        case "number":
            yield from (0, -16, 0.1, 0.3, 32.0, 1e15, 0.25, 0.30000000000000004, 1e-7)
        case "string" if "enum" in schema:
            yield from (*schema["enum"], "", schema["enum"][0].swapcase(), schema["enum"][0] + " ")
        case "string" if "format" in schema:
            yield from (*RIGHT_FORMATS[schema["format"]], *WRONG_FORMATS[schema["format"]])
        case "string":
            length = schema.get("maxLength", 3000)
            yield from ("", "x" * length, "x" * (length + 1))


def places(value: Any) -> Iterator[tuple[str, Any]]:
    """Give every field of a payload with its value."""
    if isinstance(value, list):
        for each in value:
            yield from places(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield name, each
            yield from places(each)


def on_purpose(payload: Any) -> bool:
    return any(each.covers(*place) for each in DIFFERENCES for place in places(payload))


@pytest.mark.parametrize(("action", "kind"), SPECIFIED)
def test_the_package_gives_the_same_verdict(action: str, kind: str) -> None:
    """Payloads made from our schema and from the package's, whole and with one fault, are judged alike by both."""
    for root in (schemas.schema(action, kind), package_schema(action, kind)):
        for full in (True, False):
            valid = make(root, root, full)
            assert payloads.fits(action, kind, valid)
            assert package_fits(action, kind, valid)
        for payload in variants(root, root):
            ours = payloads.fits(action, kind, payload)
            assert (payloads.explain(action, kind, payload) is None) == ours, payload
            if package_fits(action, kind, payload) != ours:
                assert on_purpose(payload), payload


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda each: each.why)
def test_a_difference_is_one(difference: Difference) -> None:
    """What the list says we judge otherwise, we do judge otherwise."""
    message = difference.action, difference.kind
    assert on_purpose(difference.payload)
    assert payloads.fits(*message, difference.payload) != package_fits(*message, difference.payload)


@pytest.mark.parametrize(("action", "kind"), MESSAGES)
def test_a_schema_is_sound(action: str, kind: str) -> None:
    """A schema is valid by its own standard, closed, complete in itself, and names milder faults last."""
    schema = schemas.schema(action, kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    text = json.dumps(schema)
    assert text.count('"$ref": ') == text.count('"$ref": "#/$defs/')
    for each in (schema, *schema.get("$defs", {}).values()):
        if each["type"] == "object":
            assert each["additionalProperties"] is False
            order = [key for key in each if key in ("type", "required", "properties", "additionalProperties")]
            assert order == sorted(order, key=["type", "required", "properties", "additionalProperties"].index)
            assert set(each.get("required", ())) <= each.get("properties", {}).keys()


def test_every_operation_is_there() -> None:
    """The table has the 28 operations of OCPP 1.6 and the 11 of the extension, started by the side that may."""
    theirs = {path.stem.removesuffix("Response") for path in (Path(ocpp.v16.__file__).parent / "schemas").iterdir()}
    differing = theirs ^ {action for action, _ in SPECIFIED}
    assert differing == set(), "not in both tables; the profile of a vendor's own operation is Vendor"
    assert len(theirs) == 28 + 11
    assert sum(may_start("central system", action) for action in theirs) == 19 + 7
    assert sum(may_start("charge point", action) for action in theirs) == 10 + 4
