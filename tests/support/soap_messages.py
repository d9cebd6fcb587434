"""Payloads that the tables of OCPP over SOAP allow, and the schemas that they give: for properties and for clients."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import strategies as some
from lxml import etree

from shocpp.ocpp.soap import wsdl
from shocpp.ocpp.soap.dialects import DIALECTS, REQUEST, RESPONSE, SIDES
from shocpp.ocpp.soap.elements import LEFT_OUT, TEXT, UNSAID, Field, Fields, Scalar

SCHEMA = "{http://www.w3.org/2001/XMLSchema}schema"

# all messages: version, side, action, kind
MESSAGES = [
    (version, side, action, kind)
    for version, dialect in DIALECTS.items()
    for side in SIDES
    for action in dialect.actions(side)
    for kind in (REQUEST, RESPONSE)
]
_TEXTS = some.characters(min_codepoint=0x20, max_codepoint=0x2FFF, exclude_categories=["Cs", "Cc"])
_TIMES = some.datetimes().map(lambda time: time.strftime("20%y-%m-%dT%H:%M:%S.%f")[:23] + "Z")


@cache
def schema(version: str, side: str) -> Any:
    """Give the schema in the WSDL of a service."""
    document = etree.fromstring(wsdl.wsdl(DIALECTS[version], side, "http://127.0.0.1/").encode())
    inner = etree.tostring(next(document.iter(SCHEMA)))  # with the namespaces that were declared around it
    return etree.XMLSchema(etree.fromstring(inner))


def fields_of(version: str, side: str, action: str, kind: str) -> Fields:
    """Give what a message holds."""
    fields = DIALECTS[version].message(side, action, kind)
    assert fields is not None
    return fields


def payloads(fields: Fields) -> some.SearchStrategy[dict[str, Any]]:
    """Give payloads that are the same after they were written as XML and read back: no word stands for another one."""
    said = [field for field in fields.fields if field.key and field.place not in (LEFT_OUT, UNSAID)]
    return some.fixed_dictionaries(
        {field.key: _values(field) for field in said if not field.is_optional},
        optional={field.key: _values(field) for field in said if field.is_optional},
    )


def _values(field: Field) -> some.SearchStrategy[Any]:
    if not field.is_list:
        return _one(field)
    return some.lists(_one(field), min_size=1, max_size=3 if field.is_repeated else 1)


def _one(field: Field) -> some.SearchStrategy[Any]:
    kind = field.type
    if isinstance(kind, Fields):
        return payloads(kind)
    if kind.words is not None:
        return some.sampled_from(sorted({meaning for word, meaning in kind.lifted.items() if _survives(kind, word)}))
    if kind.is_verbatim:
        return some.integers(-(2**31), 2**31 - 1).map(str)
    return {
        "int": some.integers(-(2**31), 2**31 - 1),
        "boolean": some.booleans(),
        "decimal": some.integers(0, 10**6).map(lambda tenths: tenths // 10 if tenths % 10 == 0 else tenths / 10),
        "dateTime": _TIMES,
        "anyURI": some.just("ftp://example.com/file"),
        "string": some.text(_TEXTS, max_size=kind.longest or 30),
    }[kind.base]


def _survives(kind: Scalar, word: str) -> bool:
    return kind.lowered[kind.lifted[word]] == word


def utmost(fields: Fields) -> dict[str, Any]:
    """Give a message as zeep takes it, with all that may be in it: longest texts, greatest numbers, last words."""
    said: dict[str, Any] = {}
    for field in fields.fields:
        if field.place in (LEFT_OUT, UNSAID):
            continue
        value = utmost(field.type) if isinstance(field.type, Fields) else _utmost(field.type)
        if field.place == TEXT:
            said["_value_1"] = value
        else:
            values = [value, value] if field.is_repeated else value
            said[field.wrapper or field.name] = [{field.name: values}] * 2 if field.wrapper else values
    return said


def _utmost(kind: Scalar) -> Any:
    if kind.words is not None:
        return kind.words[-1]
    return {
        "int": 2**31 - 1,
        "boolean": True,
        "decimal": Decimal("999999.9"),
        "dateTime": datetime(2026, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC),
        "anyURI": "ftp://example.com/" + "x" * 200,
        "string": "ß" * (kind.longest or 20),  # what has no limit in one version has that in another
    }[kind.base]
