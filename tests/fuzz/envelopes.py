"""
Envelopes and HTTP requests that went wrong, by number: the same number is the same damage on every machine.

What is damaged are requests of each action in each version; what may come of it is said in ``hammer_envelopes``.
"""

from __future__ import annotations

import random
import time

from lxml import etree

from shocpp.http.message import HttpError
from shocpp.http.reader import HttpReader
from shocpp.http.writing import request as http_request
from shocpp.ocpp.soap.dialects import CENTRAL_SYSTEM, DIALECTS
from shocpp.ocpp.soap.soap_call import SoapCall, read_call
from tests.support.soap_peers import asked

SLOWEST_S = 5.0
_STOP = {"transactionId": 20_009_042, "timestamp": "2026-01-31T12:00:00Z", "meterStop": 9_075_000}
_VALUE = {"timestamp": "2026-01-31T11:00:00Z", "sampledValue": [{"value": "9050000"}]}
_GOOD = [
    asked(version, action, payload, sender="http://127.0.0.1:1/")
    for version in DIALECTS
    for action, payload in (
        ("StopTransaction", _STOP),
        ("MeterValues", {"connectorId": 1, "meterValue": [_VALUE, _VALUE]}),
        ("BootNotification", {"chargePointVendor": "V", "chargePointModel": "M"}),
        ("Heartbeat", {}),
    )
]
_TOKENS = (
    b"<", b">", b"&", b"&amp;", b"&a;", b"&#0;", b"&#x110000;", b"]]>", b"<![CDATA[", b"</", b"/>", b"<!--", b"-->",
    b"<!DOCTYPE a>", b'<!ENTITY a "b">', b"<?xml version='1.0'?>", b"<?pi", b"<s:Body>", b"</s:Body>", b"</s:Header>",
    b'xmlns:s="x"', b'xmlns=""', b"a:", b'"', b"'", b"\x00", b"\xff", b"\xef\xbb\xbf", b"\r\n", b"9" * 400,
    b"<x>" * 300, b"urn://Ocpp/Cs/2012/06/", b"Request", b"Response", b"true", b"-",
)  # fmt: skip


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Do one to four things to bytes."""
    for _ in range(chance.randint(1, 4)):
        begin = chance.randrange(len(data) + 1)
        end = min(len(data), begin + chance.choice((1, 1, 2, 8, 60, 400)))
        kind = chance.randrange(6)
        if kind == 0:
            data = data[:begin] + data[end:]
        elif kind == 1:
            data = data[:begin] + chance.choice(_TOKENS) + data[begin:]
        elif kind == 2:
            data = data[:end] + data[begin:end] + data[end:]
        elif kind == 3:
            data = data[:begin] + chance.randbytes(end - begin) + data[end:]
        elif kind == 4:
            data = data[:begin]
        else:
            data = data[:begin] + chance.choice(_TOKENS) + data[end:]
    return data.decode("utf-8", "replace").encode("utf-16") if chance.randrange(40) == 0 else data


def hammer_envelopes(cases: int, first: int = 0) -> None:
    """
    Read so many damaged envelopes and HTTP requests; fail at the first broken promise, with its number in the words.

    Each is a CALL that can be written, or is refused with a fault that is well-formed; none takes long, and the good
    one behind it is read as ever.
    """
    for number in range(first, first + cases):
        chance = random.Random(number)
        good = _GOOD[number % len(_GOOD)]
        data = damaged(good, chance)
        began = time.process_time()
        try:
            _read(data)
            _read_http(damaged(http_request("/soap/CP1", "h", "text/xml", good, {}), chance))
        except Exception as error:
            raise AssertionError(f"envelope {number}: {error!r}") from error
        assert time.process_time() - began < SLOWEST_S, f"envelope {number} took too long"
        if number % 10 == 0:
            assert isinstance(read_call(good, CENTRAL_SYSTEM, "uuid:1"), SoapCall), f"envelope {number}: the next one"


def _read(data: bytes) -> None:
    asked = read_call(data, CENTRAL_SYSTEM, "uuid:1")
    if isinstance(asked, SoapCall):
        line = asked.call.encode()
        assert line.isascii() and line.isprintable()
    else:
        status, body = asked.response
        assert status == 400
        etree.fromstring(body)


def _read_http(data: bytes) -> None:
    reader = HttpReader(1 << 20)
    try:
        for message in reader.receive(data):
            assert len(message.body) <= len(data)
    except HttpError as error:
        assert error.status >= 400
