"""
Types with which msgspec holds a request against its schema while it reads it, made of that schema.

What they accept fits. Of what fits they refuse some, such as a leap day: it is read, and judged, the general way.
Knows no message; of schemas no more than the words below. Imports msgspec, which not every machine has.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from shocpp.ocpp.v16.schemas import schema

_DATE = "[0-9]{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
_SCALARS = {
    ("integer", None): int,
    ("string", None): str,
    ("string", "date-time"): Annotated[str, msgspec.Meta(pattern=rf"\A{_DATE}T{_TIME}\Z")],
}
_ASIDE = {"$schema", "title", "$defs", "$comment"}  # what says nothing of a value


def request_type(action: str) -> Any:
    """
    Make the type of an action's request.

    Raises:
        ValueError: Its schema says something that no type is known for here.
    """
    rules = schema(action, "request")
    return _type(action, rules, rules.get("$defs", {}))


def _type(name: str, rules: dict[str, Any], shared: dict[str, Any]) -> Any:
    """Make a type of a schema, whose references lead to the shared ones."""
    said = rules.keys() - _ASIDE
    if said == {"$ref"}:
        name = rules["$ref"].rpartition("/")[2]
        return _type(name, shared[name], shared)
    if rules["type"] == "object" and said <= {"type", "required", "properties", "additionalProperties"}:
        return _struct(name, rules, shared)
    if rules["type"] == "array" and said <= {"type", "items", "minItems"}:
        least = msgspec.Meta(min_length=rules.get("minItems", 0))
        return Annotated[list[_type(name, rules["items"], shared)], least]  # type: ignore[misc]
    if said == {"type", "enum"}:
        return Literal[tuple(rules["enum"])]
    found = _SCALARS.get((rules["type"], rules.get("format")))
    if found is None or not said <= {"type", "format"}:
        raise ValueError(f"{name}: {rules}")
    return found


def _struct(name: str, rules: dict[str, Any], shared: dict[str, Any]) -> Any:
    if rules.get("additionalProperties", True):
        raise ValueError(f"{name} may have fields that nobody knows")
    required = rules.get("required", ())
    fields: list[Any] = []
    for field, its in sorted(rules["properties"].items(), key=lambda each: each[0] not in required):
        kind = _type(field, its, shared)
        fields.append((field, kind) if field in required else (field, kind | msgspec.UnsetType, msgspec.UNSET))
    return msgspec.defstruct(name, fields, forbid_unknown_fields=True, gc=False)
