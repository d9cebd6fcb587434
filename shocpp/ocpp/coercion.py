"""
Payloads as people type them, made into what the schema asks for: ``connectorId=1``, ``"value": true``.

Knows schemas; changes only what can be meant in one way, and leaves the rest for validation to refuse.
"""

from __future__ import annotations

import json

from shocpp.ocpp.payloads import schema

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def coerce(action: str, payload: dict[str, object]) -> dict[str, object]:
    """
    Give a request's payload with its values in the types that the specification has for them.

    >>> coerce("ChangeConfiguration", {"key": "HeartbeatInterval", "value": 55})
    {'key': 'HeartbeatInterval', 'value': '55'}
    >>> coerce("UnlockConnector", {"connectorId": "1"})
    {'connectorId': 1}
    """
    rules = schema(action, "request")
    return {
        name: _coerce(rules["properties"][name], value, rules.get("$defs", {}))
        if name in rules.get("properties", {})
        else value
        for name, value in payload.items()
    }


def from_words(words: tuple[str, ...]) -> dict[str, object]:
    """
    Read ``key=value`` words; a value that is JSON's object or array is read as such, all else is text.

    Raises:
        ValueError: A word has no ``=``.

    >>> from_words(("type=Soft",)), from_words(("key=[1]", "note=a=b"))
    ({'type': 'Soft'}, {'key': [1], 'note': 'a=b'})
    """
    payload: dict[str, object] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise ValueError(f"{word[:40]!r} is neither JSON nor key=value")
        try:
            payload[name] = json.loads(value) if value[:1] in ("{", "[") else value
        except ValueError:
            payload[name] = value
    return payload


def _coerce(rule: dict[str, Any], value: object, shared: dict[str, Any]) -> object:
    if "$ref" in rule:
        return _coerce(shared[rule["$ref"].rpartition("/")[2]], value, shared)
    kind = rule.get("type")
    if kind == "object" and isinstance(value, dict):
        known = rule.get("properties", {})
        return {name: _coerce(known.get(name, {}), item, shared) for name, item in value.items()}
    if kind == "array":
        listed = value if isinstance(value, list) else [value]
        return [_coerce(rule.get("items", {}), item, shared) for item in listed]
    if kind == "string" and isinstance(value, (bool, int, float)):
        return json.dumps(value)
    if isinstance(value, str) and kind in ("integer", "number", "boolean"):
        return _read(kind, value)
    return value


def _read(kind: str, text: str) -> object:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    if isinstance(value, bool) or kind == "boolean":
        return value if isinstance(value, bool) and kind == "boolean" else text
    return value if isinstance(value, int) or (kind == "number" and isinstance(value, float)) else text
