"""
Elements to a payload: texts become numbers and truth by the table, words those of OCPP 1.6.

Lenient, as everything that reads messages: order does not matter, an element that the table does not have keeps its
name, a text that is not of its type stays a text. Whoever knows what a payload has to be like says what is wrong.
"""

from __future__ import annotations

import re

from shocpp.ocpp.soap.elements import Fields, Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lxml.etree import _Element

    from shocpp.ocpp.frames import Payload
    from shocpp.ocpp.soap.elements import Field, Type

_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]*)?|\.[0-9]+)")
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


def local_name(tag: object) -> str:
    """
    Give a name without its namespace; a prefix that is declared nowhere is none of the name.

    >>> local_name("{urn://Ocpp/Cs/2012/06/}idTag"), local_name("a:MessageID")
    ('idTag', 'MessageID')
    """
    return str(tag).rpartition("}")[2].rpartition(":")[2]


def payload_of(element: _Element, fields: Fields) -> Payload:
    """
    Read a record.

    Args:
        element: That of the message, or of a record in it; nests no deeper than a parser lets it.
        fields: What the table says of it.
    """
    payload: Payload = {}
    for child in element:
        name = local_name(child.tag)
        field = fields.by_name.get(name)
        if child.get(_NIL) in _TRUTH and _TRUTH[child.get(_NIL, "")]:
            continue
        if field is None:
            payload[name] = _unknown(child)
        elif field.wrapper:
            for inner in child:
                _put(payload, field, _value(inner, field.type))
        else:
            _put(payload, field, _value(child, field.type))
    for name, text in element.attrib.items():
        field = fields.attributes.get(local_name(name))
        if field is not None:
            _put(payload, field, _scalar(str(text), field.type))
    if fields.text is not None:
        _put(payload, fields.text, _scalar(element.text or "", fields.text.type))
    return payload


def _put(payload: Payload, field: Field, value: object) -> None:
    """Set what an element says; of several where there may be one the last counts."""
    if not field.key:
        return
    if field.is_list:
        there = payload.setdefault(field.key, [])
        assert isinstance(there, list)  # noqa: S101 - only fields put anything under their keys
        there.append(value)
    else:
        payload[field.key] = value


def _value(element: _Element, kind: Type) -> object:
    if isinstance(kind, Fields):
        return payload_of(element, kind)
    return _scalar(element.text or "", kind) if not len(element) else _unknown(element)


def _scalar(text: str, kind: Type) -> object:
    """Read a text as its type says; what is none of it stays as it is."""
    assert isinstance(kind, Scalar)  # noqa: S101 - attributes and texts have no elements
    if kind.words is not None:
        return kind.lifted.get(text.strip(), text)
    if kind.base == "string" or kind.is_verbatim:
        return text
    text = text.strip()
    if kind.base == "int" and _INTEGER.fullmatch(text):
        return int(text)
    if kind.base == "boolean":
        return _TRUTH.get(text, text)
    if kind.base == "decimal" and _DECIMAL.fullmatch(text):
        number = float(text)
        return int(number) if number.is_integer() else number
    return text


def _unknown(element: _Element) -> object:
    """Give what an element says that the table does not have: a text, or an object."""
    if not len(element):
        return element.text or ""
    return {local_name(child.tag): _unknown(child) for child in element}
