"""
Say what is wrong with a payload, in words and as a kind of refusal, by asking jsonschema.

Imported by `payloads.explain` alone, because jsonschema is slow to import. Has the same notion of numbers and
formats as the generated validators (`shocpp.ocpp.json_types`), and never prints a whole value: that may take long, or
not be possible at all.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema

from shocpp.ocpp import json_types, refusals
from shocpp.ocpp.v16.schemas import schema
from shocpp.ocpp.v16.validators import types
from shocpp.ocpp.v16.violation import Violation
from shocpp.texts import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# What a rule's violation is a refusal for. What is not here is a value that is not allowed.
REFUSALS = {
    "additionalProperties": refusals.MALFORMED,
    "minItems": refusals.MISSING,
    "required": refusals.MISSING,
    "type": refusals.WRONG_TYPE,
}
# Words for the types of JSON and of the schemas, and for the formats.
ARTICLES = {"array": "an array", "integer": "an integer", "object": "an object"}
FORMATS = {"date-time": "a date and time with a time zone, such as 2023-09-03T09:52:10Z", "uri": "a URI"}
SHOWN = 40
_ABOUT_A_NAME = ("required", "additionalProperties")  # rules whose errors have the name of a field as their message


def violations(action: str, kind: str, payload: object) -> Iterator[Violation]:
    """Give the violations in the order of the schema, one after another as they are asked for."""
    for error in _validator(action, kind).iter_errors(payload):
        path, rule = list(error.absolute_path), str(error.validator)
        words = WORDS[rule](error.validator_value, error.instance)
        if rule in _ABOUT_A_NAME:
            path.append(plain(error.message, SHOWN))
        pointer = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)
        refusal = REFUSALS.get(rule, refusals.NOT_ALLOWED)
        if rule == "type" and not path:
            refusal = refusals.MALFORMED  # no field has the wrong type: there are no fields at all
        yield Violation(pointer, rule, f"{pointer or 'the payload'}: {words}", refusal)


def _type_name(value: object) -> str:
    if value is None:
        return "null"
    if type(value) is float and not json_types.is_number(value):
        return "not a finite number"
    names = {bool: "a boolean", dict: "an object", float: "a number with a point", int: "an integer", list: "an array"}
    return names.get(type(value), "a string")


# What to say of each rule, given what it wants and what there is.
WORDS: dict[str, Callable[[Any, Any], str]] = {
    "additionalProperties": lambda _wanted, _value: "is not a field of this message",
    "enum": lambda wanted, value: f"is {plain(json.dumps(value), SHOWN)}, must be one of {', '.join(wanted)}",
    "format": lambda wanted, _value: f"is not {FORMATS[wanted]}",
    "maxLength": lambda wanted, value: f"is {len(value)} characters long, at most {wanted}",
    "minItems": lambda wanted, value: f"has {len(value)} items, at least {wanted}",
    "multipleOf": lambda wanted, _value: f"is not a multiple of {wanted}",
    "required": lambda _wanted, _value: "is missing",
    "type": lambda wanted, value: f"is {_type_name(value)}, must be {ARTICLES.get(wanted, f'a {wanted}')}",
}


@cache
def _validator(action: str, kind: str) -> Any:
    return _Validator(schema(action, kind), format_checker=_FORMAT_CHECKER)


def _type(validator: Any, wanted: Any, value: Any, _schema: Any) -> Iterator[jsonschema.ValidationError]:
    """Judge a type as jsonschema does, whose words would have the value in them, however large or deep it is."""
    if not validator.is_type(value, wanted):
        yield jsonschema.ValidationError(f"not of type {wanted}")


def _enum(_validator: Any, wanted: Any, value: Any, _schema: Any) -> Iterator[jsonschema.ValidationError]:
    """Judge a text as jsonschema does; what is none has the wrong type already."""
    if isinstance(value, str) and value not in wanted:
        yield jsonschema.ValidationError(f"none of {wanted}")


def _additional_properties(
    validator: Any, _wanted: Any, value: Any, schema: Any
) -> Iterator[jsonschema.ValidationError]:
    """Judge names as jsonschema does, which would put all in one message; none of our schemas lets in any other."""
    if validator.is_type(value, "object"):
        known = schema.get("properties", {}).keys()
        yield from (jsonschema.ValidationError(name) for name in value if name not in known)


def _required(validator: Any, wanted: Any, value: Any, _schema: Any) -> Iterator[jsonschema.ValidationError]:
    if validator.is_type(value, "object"):
        yield from (jsonschema.ValidationError(name) for name in wanted if name not in value)


def _multiple_of(_validator: Any, factor: float, value: Any, _schema: Any) -> Iterator[jsonschema.ValidationError]:
    if not json_types.is_tenths(value):
        yield jsonschema.ValidationError(f"not a multiple of {factor}")


def _items(validator: Any, items: Any, value: Any, _schema: Any) -> Iterator[jsonschema.ValidationError]:
    """Descend only into items that do not fit: in ten thousand sampled values that is one, and jsonschema is slow."""
    fits = getattr(types, items.get("$ref", "").rpartition("/")[2], None)
    for index, item in enumerate(value):
        if not (fits and fits(item)):
            yield from validator.descend(item, items, path=index)


_FORMAT_CHECKER = jsonschema.FormatChecker(formats=())
_FORMAT_CHECKER.checks("date-time")(json_types.is_date_time)
_FORMAT_CHECKER.checks("uri")(json_types.is_uri)

_Validator = jsonschema.validators.extend(  # type: ignore[no-untyped-call]
    jsonschema.Draft202012Validator,
    {
        "additionalProperties": _additional_properties,
        "enum": _enum,
        "items": _items,
        "multipleOf": _multiple_of,
        "required": _required,
        "type": _type,
    },
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine_many(
        {
            "integer": lambda _checker, value: json_types.is_integer(value),
            "number": lambda _checker, value: json_types.is_number(value),
        }
    ),
)
