"""
Payloads as people type them, made into what the schema asks for: ``connectorId=1``, ``"value": true``.

Knows schemas; changes only what can be meant in one way, and leaves the rest for validation to refuse.
"""

from __future__ import annotations

import json

from shocpp.ocpp.v16.schemas import schema
from shocpp.strict_json import name_twice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LONGEST_NAME = 255  # characters of what only names something; a text that may be longer may hold JSON


def coerce(action: str, payload: dict[str, object]) -> dict[str, object]:
    """
    Give a request's payload with its values in the types that the specification has for them.

    >>> coerce("ChangeConfiguration", {"key": "HeartbeatInterval", "value": 55})
    {'key': 'HeartbeatInterval', 'value': '55'}
    >>> coerce("UnlockConnector", {"connectorId": "1"})
    {'connectorId': 1}
    >>> coerce("DataTransfer", {"vendorId": "acme", "data": {"a": [1, "ü"]}})
    {'vendorId': 'acme', 'data': '{"a":[1,"ü"]}'}
    """
    rules = schema(action, "request")
    return {
        name: _coerce(rules["properties"][name], value, rules.get("$defs", {}))
        if name in rules.get("properties", {})
        else value
        for name, value in payload.items()
    }


def from_json(text: str | bytes) -> dict[str, object]:
    """
    Read a JSON object strictly: UTF-8, no NaN, no name twice, since one of the two would be lost without a word.

    Raises:
        ValueError: It is none; says what is wrong.

    >>> from_json('{"type": "Soft"}')
    {'type': 'Soft'}
    """
    try:
        value = _loads(text)
    except UnicodeDecodeError:
        raise ValueError("not JSON: not UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error}") from None
    except RecursionError:
        raise ValueError("not JSON: nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("not a JSON object such as {}")
    return value


def from_words(words: tuple[str, ...]) -> dict[str, object]:
    """
    Read ``key=value`` words; a value that is JSON's object or array is read as such, all else is text as it stands.

    Raises:
        ValueError: A word has no ``=``, or a key stands there twice.

    >>> from_words(("type=Soft",)), from_words(("key=[1]", "note=a=b"))
    ({'type': 'Soft'}, {'key': [1], 'note': 'a=b'})
    """
    payload: dict[str, object] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise ValueError(f"{word[:40]!r} is neither JSON nor key=value")
        if name in payload:
            raise ValueError(f"{name[:40]!r} stands there twice")
        try:
            payload[name] = _loads(value) if value[:1] in ("{", "[") else value
        except (ValueError, RecursionError):
            payload[name] = value
    return payload


def _loads(text: str | bytes) -> object:
    return json.loads(text, object_pairs_hook=_no_twice, parse_constant=_no_constant)


def _no_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    name = name_twice(pairs)
    if name is not None:
        raise ValueError(f"{name[:40]!r} stands there twice")
    return dict(pairs)


def _no_constant(name: str) -> object:
    raise ValueError(f"not JSON: {name} is no number")


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
    if kind == "string" and isinstance(value, _written_in(rule)):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if isinstance(value, str) and kind in ("integer", "number", "boolean"):
        return _read(kind, value)
    return value


def _written_in(rule: dict[str, Any]) -> tuple[type, ...]:
    """Say what is written out where a text belongs: a number or true in any, an object or a list in a long one."""
    is_long = rule.get("maxLength", _LONGEST_NAME + 1) > _LONGEST_NAME and "enum" not in rule
    return (bool, int, float, dict, list) if is_long else (bool, int, float)


def _read(kind: str, text: str) -> object:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if isinstance(value, bool) or kind == "boolean":
        return value if isinstance(value, bool) and kind == "boolean" else text
    return value if isinstance(value, int) or (kind == "number" and isinstance(value, float)) else text
