"""Payloads to elements and back: nothing is lost, and what a version cannot say is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from lxml import etree

from shocpp.ocpp import v16
from shocpp.ocpp.soap.dialects import CENTRAL_SYSTEM, CHARGE_POINT, DIALECTS, REQUEST, RESPONSE
from shocpp.ocpp.soap.elements import NotExpressibleError
from shocpp.ocpp.soap.read_envelope import read
from shocpp.ocpp.soap.write_envelope import request, response
from tests.support.properties import examples
from tests.support.soap_messages import MESSAGES, fields_of, payloads, schema

SCHEMAS = Path(v16.__file__).parent / "schemas"
BODY = "{http://www.w3.org/2003/05/soap-envelope}Body"


def written(version: str, side: str, action: str, kind: str, payload: dict[str, Any]) -> bytes:
    """Write a message as it is sent."""
    if kind == REQUEST:
        return request(DIALECTS[version], side, action, payload, "CP1", "uuid:1", "http://127.0.0.1/")
    return response(DIALECTS[version], side, action, payload, "CP1", "uuid:2", "uuid:1")


def journey(version: str, side: str, action: str, payload: dict[str, Any], kind: str = REQUEST) -> dict[str, Any]:
    """Give what is read of what is written."""
    return read(written(version, side, action, kind, payload)).payload


@examples(200)
@given(some.data())
def test_a_payload_survives_the_journey(data: some.DataObject) -> None:
    """Whatever a message of any version may say is written as its schema wants it, and read as it was."""
    version, side, action, kind = data.draw(some.sampled_from(MESSAGES))
    payload = data.draw(payloads(fields_of(version, side, action, kind)))
    envelope = written(version, side, action, kind, payload)
    message = next(etree.fromstring(envelope).iter(BODY))[0]
    schema(version, side).assertValid(message)
    found = read(envelope)
    assert found.dialect is DIALECTS[version]
    assert (found.side, found.action, found.kind, found.payload) == (side, action, kind, payload)


@pytest.mark.parametrize(("version", "side", "action", "kind"), MESSAGES)
def test_a_version_speaks_as_16_does(version: str, side: str, action: str, kind: str) -> None:
    """The keys that a payload has for a message of any version are those of the same message of OCPP 1.6-J."""
    schemas = json.loads((SCHEMAS / f"{action}.json").read_text())["$defs"]
    schema_of_16 = schemas["request" if kind == REQUEST else "confirmation"]
    keys = {field.key for field in fields_of(version, side, action, kind).fields if field.key}
    assert keys <= schema_of_16.get("properties", {}).keys()


def test_what_15_says_otherwise_is_read_as_16() -> None:
    """Occupied, Mode3Error, Amp and Volt, heartbeatInterval and the level more in transactionData are OCPP 1.6's."""
    payload = journey("1.5", CENTRAL_SYSTEM, "StatusNotification", {
        "connectorId": 1, "status": "SuspendedEV", "errorCode": "EVCommunicationError",
    })  # fmt: skip
    assert payload == {"connectorId": 1, "status": "Charging", "errorCode": "EVCommunicationError"}
    sent = written("1.5", CENTRAL_SYSTEM, "StatusNotification", REQUEST, payload)
    assert b"<status>Occupied</status><errorCode>Mode3Error</errorCode>" in sent
    value = {"timestamp": "2026-01-01T00:00:00Z", "sampledValue": [{"value": "16.0", "unit": "A"}]}
    stop = {"transactionId": 1, "timestamp": "2026-01-01T00:00:00Z", "meterStop": 5, "transactionData": [value, value]}
    assert journey("1.5", CENTRAL_SYSTEM, "StopTransaction", stop | {"reason": "Local"}) == stop
    sent = written("1.5", CENTRAL_SYSTEM, "StopTransaction", REQUEST, stop)
    assert sent.count(b"<transactionData>") == 1
    assert sent.count(b'<value unit="Amp">16.0</value></values>') == 2
    boot = {"status": "Pending", "currentTime": "2026-01-01T00:00:00Z", "interval": 9}
    assert journey("1.5", CENTRAL_SYSTEM, "BootNotification", boot, RESPONSE) == boot | {"status": "Rejected"}
    assert b"<heartbeatInterval>9" in written("1.5", CENTRAL_SYSTEM, "BootNotification", RESPONSE, boot)


def test_12_has_whole_wh_alone() -> None:
    """Of several sampled values 1.2 gets the energy in Wh; a meter value without one is left out."""
    values = [
        {"value": "230", "measurand": "Voltage", "unit": "V"},
        {"value": "9", "unit": "kWh"},
        {"value": "8000", "phase": "L1"},
        {"value": "9000", "measurand": "Energy.Active.Import.Register", "context": "Sample.Clock"},
    ]
    first = {"timestamp": "2026-01-01T00:00:00Z", "sampledValue": values}
    other = {"timestamp": "2026-01-01T00:00:01Z", "sampledValue": values[:3]}
    sent = {"connectorId": 1, "transactionId": 3, "meterValue": [first, other]}
    expected = [{"timestamp": "2026-01-01T00:00:00Z", "sampledValue": [{"value": "9000"}]}]
    assert journey("1.2", CENTRAL_SYSTEM, "MeterValues", sent) == {"connectorId": 1, "meterValue": expected}


@pytest.mark.parametrize("odd", [
    {"measurand": "SoC"}, {"unit": "Percent"}, {"phase": "L1"}, {"location": "EV"}, {"measurand": "Power.Offered"},
])  # fmt: skip
def test_15_leaves_out_what_would_be_taken_for_energy(odd: dict[str, str]) -> None:
    """A sampled value with a word that 1.5 does not have is not sent without that word."""
    sampled = [{"value": "80"} | odd, {"value": "9000", "context": "Trigger"}]
    sent = {"connectorId": 1, "meterValue": [{"timestamp": "2026-01-01T00:00:00Z", "sampledValue": sampled}]}
    (value,) = journey("1.5", CENTRAL_SYSTEM, "MeterValues", sent)["meterValue"]
    assert value["sampledValue"] == [{"value": "9000", "context": "Sample.Periodic"}]


@pytest.mark.parametrize(("version", "action", "payload", "reason"), [
    ("1.2", "GetConfiguration", {}, "OCPP 1.2 over SOAP has no GetConfiguration"),
    ("1.5", "RemoteStartTransaction", {"idTag": "1", "chargingProfile": {}}, "there is no chargingProfile"),
    ("1.5", "Reset", {"type": "Immediate"}, "type cannot be Immediate"),
    ("1.6", "SendLocalList", {"localAuthorizationList": "all"}, "localAuthorizationList is no list"),
    ("1.6", "SendLocalList", {"localAuthorizationList": ["all"]}, "localAuthorizationList is no object"),
    ("1.6", "Reset", {"type": {}}, "type is neither text nor number"),
])  # fmt: skip
def test_what_cannot_be_said_is_told(version: str, action: str, payload: dict[str, Any], reason: str) -> None:
    """A command with what a version has no words for is not sent without it."""
    with pytest.raises(NotExpressibleError, match=reason):
        written(version, CHARGE_POINT, action, REQUEST, payload)


def message(inner: str, name: str = "startTransactionRequest") -> bytes:
    """Give an envelope with a message of 1.5 as somebody else writes it."""
    return f'<E><Body><{name} xmlns="urn://Ocpp/Cs/2012/06/">{inner}</{name}></Body></E>'.encode()


@pytest.mark.parametrize(("inner", "expected"), [
    ("<connectorId> 1 </connectorId>", {"connectorId": 1}),
    ("<connectorId>one</connectorId>", {"connectorId": "one"}),
    ("<connectorId/>", {"connectorId": ""}),
    ("<connectorId>99999999999999999999</connectorId>", {"connectorId": "99999999999999999999"}),
    ("<connectorId><x/></connectorId>", {"connectorId": {"x": ""}}),
    ("<meterStart>1</meterStart><meterStart>2</meterStart>", {"meterStart": 2}),
    ("<idTag>a b</idTag><own><deep>1</deep></own>", {"idTag": "a b", "own": {"deep": "1"}}),
    ('<idTag xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>', {}),
    ('<idTag xmlns="">1</idTag>', {"idTag": "1"}),
    ("<!-- c --><idTag>1<!-- c -->2</idTag><?pi ?>", {"idTag": "12"}),
    ("<idTag><![CDATA[<1>]]></idTag>", {"idTag": "<1>"}),
])  # fmt: skip
def test_odd_elements_are_read_leniently(inner: str, expected: dict[str, Any]) -> None:
    """What is not as the table says keeps its name and its text, so that somebody can say what is wrong with it."""
    assert read(message(inner)).payload == expected
