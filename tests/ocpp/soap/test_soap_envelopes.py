"""Envelopes: what real peers send is read, and what is dangerous or half is refused."""

from __future__ import annotations

import time

import pytest
from lxml import etree

from shocpp.ocpp.soap import write_envelope
from shocpp.ocpp.soap.dialects import CENTRAL_SYSTEM, DIALECTS
from shocpp.ocpp.soap.read_envelope import EnvelopeError, is_answer, read

STOP = (
    '<stopTransactionRequest xmlns="urn://Ocpp/Cs/2012/06/"><transactionId>20009042</transactionId>'
    "<timestamp>2026-01-31T12:00:00Z</timestamp><meterStop>9075000</meterStop></stopTransactionRequest>"
)
SOAP = "http://www.w3.org/2003/05/soap-envelope"


def envelope(header: str = "", body: str = STOP) -> str:
    """Give an envelope as text."""
    return f'<s:Envelope xmlns:s="{SOAP}"><s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>'


UNDECLARED = envelope(
    '<h:chargeBoxIdentity xmlns:h="urn://Ocpp/Cp/2012/06/">CP1</h:chargeBoxIdentity><a:MessageID>uuid:1</a:MessageID>'
    "<a:From><a:Address>http://127.0.0.1:1/x</a:Address></a:From>"
    "<a:ReplyTo><a:Address>http://elsewhere/</a:Address></a:ReplyTo>"
    '<a:Action s:mustUnderstand="1">/StopTransaction</a:Action>'
)


def test_prefixes_that_nobody_declared_are_read_over() -> None:
    """ocpp-js declares none of its addressing headers' prefix, and gives the identity in the other namespace."""
    found = read(UNDECLARED.encode())
    assert (found.identity, found.message_id, found.from_address) == ("CP1", "uuid:1", "http://127.0.0.1:1/x")
    assert found.payload["meterStop"] == 9_075_000


def test_no_header_is_needed() -> None:
    """Neither a header nor anything in it has to be there; what is missing is empty."""
    found = read(f"<Envelope><Body>{STOP}</Body></Envelope>".encode())
    assert (found.identity, found.message_id, found.from_address, found.action) == ("", "", "", "StopTransaction")
    assert not is_answer(found)


def test_a_body_that_a_broken_header_swallows_is_found() -> None:
    """node-red-contrib-ocpp ends its header within an element of it; the message is whole all the same."""
    found = read(envelope("<c:chargeBoxIdentity>undefined").encode())
    assert (found.identity, found.payload["transactionId"]) == ("undefined", 20_009_042)
    swallowed = envelope("<c:chargeBoxIdentity>CP1").replace("</s:Header>", "")
    assert read(swallowed.encode()).payload["meterStop"] == 9_075_000


@pytest.mark.parametrize("damaged", [
    STOP.replace("</meterStop>", ""),
    STOP.replace("<meterStop>9075000", "<meterStop>90<75000"),
    STOP.replace("9075000", "90&75000;"),
    STOP.replace("9075000", "9&unknown;0"),
    STOP[: STOP.index("75000")],
])  # fmt: skip
@pytest.mark.parametrize("header", ["", "<c:chargeBoxIdentity>undefined"])
def test_half_a_body_is_none(damaged: str, header: str) -> None:
    """A body that is not well-formed is refused, whatever the header is like: half of a number is another number."""
    with pytest.raises(EnvelopeError):
        read(envelope(header, damaged).encode())


@pytest.mark.parametrize("end", range(0, len(UNDECLARED) - 1, 7))
def test_a_cut_envelope_is_none(end: int) -> None:
    """Wherever an envelope is cut, it is refused or it says all that it said."""
    try:
        found = read(UNDECLARED[:end].encode())
    except EnvelopeError:
        return
    assert found.payload == read(UNDECLARED.encode()).payload


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize("data", [
    (BOMB + envelope()).encode(),
    ('<?xml version="1.0"?>\n' + BOMB + envelope()).encode("utf-16"),
    ('<!DOCTYPE x SYSTEM "file:///etc/passwd">' + envelope()).encode(),
    envelope("<x>" * 10_000 + "</x>" * 10_000).encode(),
    envelope(body="<x>" * 200 + "</x>" * 200).encode(),
    b'<?xml version="1.0" encoding="utf-7"?>' + envelope().encode(),
    envelope().encode() + b"\xff",
    b"", b"<", b"{}", b"\x00" * 100, b"<a/>", b"<Envelope><Body/></Envelope>",
    envelope(body='<heartbeatRequest xmlns="urn://Ocpp/Cs/2099/06/"/>').encode(),
    envelope(body='<napRequest xmlns="urn://Ocpp/Cs/2012/06/"/>').encode(),
    envelope(body="<heartbeatRequest/>").encode(),
])  # fmt: skip
def test_what_is_no_message_is_refused(data: bytes) -> None:
    """Entities, depth, strange encodings and what has no meaning are refused in words."""
    with pytest.raises(EnvelopeError) as refused:
        read(data)
    assert str(refused.value)


def test_a_long_attribute_does_no_harm() -> None:
    """Ten million characters in an attribute are read over or refused, not kept."""
    data = envelope(f'<x y="{"a" * 10_000_000}"/>').encode()
    try:
        found = read(data)
    except EnvelopeError:
        return
    assert found.payload["meterStop"] == 9_075_000


def test_other_encodings_are_read() -> None:
    """UTF-16 with its mark, and Latin-1 that says so, are read as UTF-8 is."""
    body = '<authorizeRequest xmlns="urn://Ocpp/Cs/2012/06/"><idTag>Ä1</idTag></authorizeRequest>'
    latin = b'<?xml version="1.0" encoding="ISO-8859-1"?>' + envelope(body=body).encode("latin-1")
    marked = ('<?xml version="1.0" encoding="UTF-16"?>' + envelope(body=body)).encode("utf-16")
    for data in (latin, marked, envelope(body=body).encode("utf-8-sig")):
        assert read(data).payload == {"idTag": "Ä1"}


def test_any_fault_is_read() -> None:
    """Faults of SOAP 1.2, of 1.1 and of libraries in between give a code and a reason."""
    own = write_envelope.fault(DIALECTS["1.5"], CENTRAL_SYSTEM, "SecurityError", "no <card>", "CP1", "uuid:2", "uuid:1")
    etree.fromstring(own)
    found = read(own)
    assert (found.fault, found.identity, is_answer(found)) == (("SecurityError", "no <card>"), "CP1", True)
    unknown = write_envelope.fault(None, CENTRAL_SYSTEM, "ProtocolError", "no XML", "", "uuid:2", "")
    assert read(unknown).fault == ("ProtocolError", "no XML")
    value = "<Code><Value>SOAP-ENV:Server</Value><Subcode><Value>rpc:InternalServerError</Value></Subcode></Code>"
    library = f"<s:Fault>{value}<Reason><Text>oh</Text></Reason></s:Fault>"
    assert read(envelope(body=library).encode()).fault == ("InternalServerError", "oh")
    older = "<s:Fault><faultcode>s:Client</faultcode><faultstring>bad</faultstring></s:Fault>"
    assert read(envelope(body=older).encode()).fault == ("Client", "bad")


def test_the_subcode_tells_the_status() -> None:
    """What the sender did wrong is answered with 400, what we did with 500."""
    assert write_envelope.status_of(write_envelope.subcode_of("TypeConstraintViolation")) == 400
    assert write_envelope.status_of(write_envelope.subcode_of("InternalError")) == 500


@pytest.mark.parametrize("text", [
    f"{' ' * 300_000}<?",
    f"<a>{' ' * 300_000}</a>",
    f"<?xml {'?' * 300_000}",
    "<Body " + "<Envelope " * 60_000,
    "<Body>" * 50_000 + "</b>",
])  # fmt: skip
def test_what_is_long_and_says_nothing_takes_no_time(text: str) -> None:
    """Whoever may not connect can send it: the time grows with its length, not with the square of that."""
    began = time.process_time()
    with pytest.raises(EnvelopeError):
        read(text.encode())
    assert time.process_time() - began < 5
