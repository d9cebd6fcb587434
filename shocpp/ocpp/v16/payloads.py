"""
Do payloads keep to the specification, and if not, what is wrong with them?

`fits` answers fast, from code generated out of the schemas; `explain` says what is wrong, slowly, with jsonschema.
Both judge alike: an integer is an ``int`` (``1.0`` is not), 0.3 is a multiple of 0.1, a time has a zone, and NaN
is no number (see `formats`). Knows nothing of frames and of what the messages mean. A backend imports this module
for every connection, so what only `explain` needs is imported there.

Source: OCPP 1.6 §6 and §7, the errata sheet 4.0, OCPP-J 1.6 §4.2.3.
"""

from __future__ import annotations

from shocpp.ocpp.v16.operations import OPERATIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

KINDS = ("request", "confirmation")

_validators: dict[tuple[str, str], Callable[[object], bool]] = {}


class UnknownActionError(KeyError):
    """No operation of OCPP 1.6 or its security extension has this name, or the kind is none of `KINDS`."""

    def __str__(self) -> str:
        return f"no message {self.args[0][:50]!r}"


class Violation:
    """
    What is wrong with a payload: the first fault that was found.

    Attributes:
        pointer: Where, as a JSON pointer; ``""`` is the payload itself. A missing field is named as if it were there.
        rule: The JSON Schema keyword that is broken, such as ``maxLength``.
        message: The fault in words, safe to log: it shows no value that could be long or secret.
        error_code: The code of the CALLERROR that would refuse it.
    """

    __slots__ = ("error_code", "message", "pointer", "rule")

    def __init__(self, pointer: str, rule: str, message: str, error_code: str) -> None:
        self.pointer = pointer
        self.rule = rule
        self.message = message
        self.error_code = error_code

    def __repr__(self) -> str:
        return f"Violation({self.pointer!r}, {self.rule!r}, {self.message!r}, {self.error_code!r})"


def fits(action: str, kind: str, payload: object) -> bool:
    """
    Tell whether a payload is exactly as specified.

    Args:
        action: The operation, as in a CALL.
        kind: ``"request"`` or ``"confirmation"``.
        payload: Any value as `json.loads` makes it.

    Raises:
        UnknownActionError: there is no such message; ask `shocpp.ocpp.v16.operations` first.

    >>> fits("Authorize", "request", {"idTag": "1111"}), fits("Authorize", "request", {"idTag": 1111})
    (True, False)
    """
    try:
        return _validators[action, kind](payload)
    except KeyError:
        return _load(action, kind)(payload)


def explain(action: str, kind: str, payload: object) -> Violation | None:
    """
    Say what is wrong with a payload, or None if it fits.

    Args and Raises are those of `fits`. The first call imports jsonschema, which takes a while.

    >>> explain("Authorize", "request", {"idTag": "x" * 21})
    Violation('/idTag', 'maxLength', '/idTag: is 21 characters long, at most 20', 'PropertyConstraintViolation')
    """
    from shocpp.ocpp.v16 import faults

    _require(action, kind)
    return faults.first(action, kind, payload)


def schema(action: str, kind: str) -> dict[str, Any]:
    """
    Give the JSON Schema of a message, complete in itself: its references lead to its own ``$defs``.

    Args and Raises are those of `fits`. The caller may keep and change what it gets.
    """
    _require(action, kind)
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
    """Read a schema file of the package: an action's, or ``types``."""
    import json
    import pkgutil

    data = pkgutil.get_data(__package__, f"schemas/{name}.json")
    assert data is not None  # noqa: S101 - only a loader that cannot give data answers None
    loaded: dict[str, Any] = json.loads(data)
    return loaded


def _require(action: str, kind: str) -> None:
    if action not in OPERATIONS or kind not in KINDS:
        raise UnknownActionError(f"{action}.{kind}")


def _load(action: str, kind: str) -> Callable[[object], bool]:
    _require(action, kind)
    module = __import__(f"shocpp.ocpp.v16.validators.{action}", fromlist=KINDS)
    for each in KINDS:
        _validators[action, each] = getattr(module, each)
    return _validators[action, kind]


def _localised(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _localised(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_localised(each) for each in value]
    return value.removeprefix("types.json") if isinstance(value, str) else value


def _references(value: Any) -> list[str]:
    if isinstance(value, list):
        return [name for each in value for name in _references(each)]
    if not isinstance(value, dict):
        return []
    if "$ref" in value:
        return [value["$ref"].rpartition("/")[2]]
    return [name for each in value.values() for name in _references(each)]
