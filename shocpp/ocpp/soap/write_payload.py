"""
A payload to elements, in the order and with the words of a version; what that cannot say is told, not left out.

Knows the tables. What a table says may be left out is left out; of a list of sampled values those that cannot be said.
"""

from __future__ import annotations

import re

from shocpp.ocpp.soap.elements import ATTRIBUTE, ELEMENT, LEFT_OUT, TEXT, UNSAID, Fields, NotExpressibleError, Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shocpp.ocpp.frames import Payload
    from shocpp.ocpp.soap.elements import Field, Type

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
_TO_ESCAPE = re.compile('[&<>"\r\n\t]')
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0 §2.2


def escaped(text: str) -> str:
    """
    Write a text as XML; characters that XML does not have become U+FFFD.

    >>> escaped('a<b & "c"')
    'a&lt;b &amp; &quot;c&quot;'
    """
    text = _NO_XML.sub("\ufffd", text)
    return _TO_ESCAPE.sub(lambda found: _ESCAPES[found[0]], text)


def elements_of(payload: Payload, fields: Fields) -> str:
    """
    Write the elements of a record.

    Args:
        payload: What they shall say, in the words of OCPP 1.6.
        fields: What the table says of them.

    Raises:
        NotExpressibleError: There is a field or a word that this version does not have.
    """
    return "".join(_elements(payload, fields))


def _elements(payload: Payload, fields: Fields) -> Iterator[str]:
    unknown = payload.keys() - fields.keys
    if unknown:
        raise NotExpressibleError(f"there is no {min(unknown)}")
    for field in fields.fields:
        value = payload.get(field.key) if field.key else None
        if value is None:
            continue
        if field.place == ELEMENT:
            yield from _field(field, value)
        elif field.place == TEXT:
            yield escaped(_text(value, field))
        elif field.place == UNSAID:
            _text(value, field)
        else:
            assert field.place in (LEFT_OUT, ATTRIBUTE)  # noqa: S101 - attributes stand in the element's own tag


def _attributes(payload: Payload, fields: Fields) -> str:
    return "".join(
        f' {name}="{escaped(_text(value, field))}"'
        for name, field in fields.attributes.items()
        if (value := payload.get(field.key)) is not None
    )


def _field(field: Field, value: object) -> Iterator[str]:
    """Write the elements of a field: one, or as many as a list has."""
    if not field.is_list:
        yield _element(field, value)
        return
    if not isinstance(value, list):
        raise NotExpressibleError(f"{field.key} is no list")
    written = list(_those_that_can_be_said(field, value))
    if not field.is_repeated:
        del written[1:]
    if value and not written and not field.is_optional:
        raise NotExpressibleError(f"nothing in {field.key} can be said")
    if field.wrapper and written:
        yield f"<{field.wrapper}>"
    yield from written
    if field.wrapper and written:
        yield f"</{field.wrapper}>"


def _those_that_can_be_said(field: Field, values: Iterable[object]) -> Iterator[str]:
    for value in values:
        try:
            yield _element(field, value)
        except NotExpressibleError:
            if not isinstance(field.type, Fields) or not field.type.is_skippable:
                raise


def _element(field: Field, value: object) -> str:
    """Write one element."""
    kind: Type = field.type
    if isinstance(kind, Scalar):
        return f"<{field.name}>{escaped(_text(value, field))}</{field.name}>"
    if not isinstance(value, dict):
        raise NotExpressibleError(f"{field.key} is no object")
    return f"<{field.name}{_attributes(value, kind)}>{elements_of(value, kind)}</{field.name}>"


def _text(value: object, field: Field) -> str:
    """Write a value without elements; a word as this version has it."""
    kind = field.type
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format(value, ".10f").rstrip("0").rstrip(".")
    if not isinstance(value, (str, int)):
        raise NotExpressibleError(f"{field.key} is neither text nor number")
    text = str(value)
    if not isinstance(kind, Scalar) or kind.words is None:
        return text
    if text not in kind.lowered:
        raise NotExpressibleError(f"{field.key} cannot be {text[:50]}")
    return kind.lowered[text]
