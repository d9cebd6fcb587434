"""
A command as a form: fields made of the call's JSON Schema, and the payload made of what was filled in.

Pure. What a value has to be is checked when it is sent, as of any command; here a field that is left empty is left out.
"""

from __future__ import annotations

import json

from shocpp.errors import DataError
from shocpp.ocpp.v16.schemas import schema

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    Rules = dict[str, Any]

CHOICE, NUMBER, TEXT, LONG = "choice", "number", "text", "long"
_LONG_TEXT = 100  # characters, from which on a text has a field of several lines


class FormField:
    """
    A field of a form.

    Attributes:
        name: As in the specification.
        kind: ``CHOICE``, ``NUMBER``, ``TEXT``, or ``LONG``: several lines, of an object or a list as JSON.
        is_required: It may not be left empty.
        choices: What may be chosen, for a ``CHOICE``.
        longest: How many letters it takes; None for any.
        is_json: What is written there is JSON.
    """

    __slots__ = ("choices", "is_json", "is_required", "kind", "longest", "name")

    def __init__(self, name: str, rules: Rules, is_required: bool) -> None:
        self.name = name
        self.is_required = is_required
        self.longest: int | None = rules.get("maxLength")
        self.is_json = rules.get("type") in ("object", "array")
        self.choices: list[str] = rules.get("enum") or (["true", "false"] if rules.get("type") == "boolean" else [])
        if self.choices:
            self.kind = CHOICE
        elif rules.get("type") in ("integer", "number"):
            self.kind = NUMBER
        else:
            self.kind = LONG if self.is_json or (self.longest or 0) > _LONG_TEXT else TEXT


def fields_of(action: str) -> list[FormField]:
    """
    Give the fields of a call, the required ones first.

    >>> [(field.name, field.kind, field.choices) for field in fields_of("Reset")]
    [('type', 'choice', ['Hard', 'Soft'])]
    """
    rules = schema(action, "request")
    required = rules.get("required", ())
    fields = [
        FormField(name, _resolved(each, rules), name in required) for name, each in rules.get("properties", {}).items()
    ]
    return sorted(fields, key=lambda field: not field.is_required)


def payload_of(action: str, filled: Mapping[str, str]) -> dict[str, object]:
    """
    Make a payload of a form.

    Args:
        action: The call's name.
        filled: What stands in its fields.

    Raises:
        DataError: A field that takes JSON has none.

    >>> payload_of("GetConfiguration", {"key": '["HeartbeatInterval"]', "token": "x"})
    {'key': ['HeartbeatInterval']}
    """
    payload: dict[str, object] = {}
    for field in fields_of(action):
        text = filled.get(field.name, "").strip()
        if text:
            payload[field.name] = _parsed(field, text) if field.is_json else text
    return payload


def _parsed(field: FormField, text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise DataError(f"{field.name} takes JSON, such as {'[…]'} or {'{…}'}") from None


def _resolved(rules: Rules, whole: Rules) -> Rules:
    """Follow a reference to a type that messages share."""
    name = rules.get("$ref", "").rpartition("/")[2]
    found: Rules = whole.get("$defs", {}).get(name, rules) if name else rules
    return found
