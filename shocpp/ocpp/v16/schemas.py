"""
The JSON Schemas of the messages, read from the files in ``schemas/``: one an action, and ``types.json`` for what they
share.

Knows where they lie and how they refer to each other; judges no payload. A backend that only judges does without this
module and the JSON files: its validators are generated from them (``tests.generators.validators``).
"""

from __future__ import annotations

import json
import pkgutil
from typing import Any

from shocpp.ocpp.v16.operations import require


def schema(action: str, kind: str) -> dict[str, Any]:
    """
    Give the JSON Schema of a message, complete in itself: its references lead to its own ``$defs``.

    Args:
        action: The operation, as in a CALL.
        kind: ``"request"`` or ``"confirmation"``.

    Returns:
        The caller's own: it may be kept and changed.

    Raises:
        UnknownActionError: There is no such message.
    """
    require(action, kind)
    types = document("types")["$defs"]
    root = _localised(document(action)["$defs"][kind])
    needed: dict[str, Any] = {}
    queue = _references(root)
    while queue:
        name = queue.pop()
        if name not in needed:
            needed[name] = _localised(types[name])
            queue += _references(needed[name])
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"{action} {kind}"}
    return {**head, **root, **({"$defs": dict(sorted(needed.items()))} if needed else {})}


def document(name: str) -> dict[str, Any]:
    """
    Read a schema file: an action's, or ``types``.

    Raises:
        FileNotFoundError: An operation is in the table, but has no schema; says what to write.
    """
    path = f"schemas/{name}.json"
    try:
        data = pkgutil.get_data(__package__, path)
    except FileNotFoundError:
        what = 'with a "request" and a "confirmation" in its "$defs"'
        raise FileNotFoundError(f"{name} has no schema: write shocpp/ocpp/v16/{path} {what}") from None
    assert data is not None  # noqa: S101 - only a loader that cannot give data answers None
    loaded: dict[str, Any] = json.loads(data)
    return loaded


def _localised(value: Any) -> Any:
    """Turn references to types.json into references within the document."""
    if isinstance(value, dict):
        return {key: _localised(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_localised(each) for each in value]
    return value.removeprefix("types.json") if isinstance(value, str) else value


def _references(value: Any) -> list[str]:
    """List the names of the shared types that a schema refers to."""
    if isinstance(value, list):
        return [name for each in value for name in _references(each)]
    if not isinstance(value, dict):
        return []
    if "$ref" in value:
        return [value["$ref"].rpartition("/")[2]]
    return [name for each in value.values() for name in _references(each)]
