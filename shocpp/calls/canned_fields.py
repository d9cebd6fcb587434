"""
The fields of an entry of calls.json, as ``spool/conf/schemas/calls.json`` describes them.

Says fast whether an entry has them as it should; which one is wrong is said by the schema, which takes a while to ask.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST_ACTION, _LONGEST_MEASURAND, _LONGEST_IDENTITY = 50, 64, 255
_OLDEST_S = 86_400


def are_right(entry: object) -> bool:
    """
    Tell whether an entry has all the fields that a call or a reading needs, and none that it cannot have.

    >>> are_right({"call": "Reset", "payload": {"type": "Soft"}}), are_right({"call": "Reset", "oldest_s": 5})
    (True, False)
    """
    if not isinstance(entry, dict):
        return False
    needed, fields = ("reading", _READING) if "reading" in entry else ("call", _CALL)
    return needed in entry and all(name in fields and fields[name](value) for name, value in entry.items())


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_action(value: object) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= _LONGEST_ACTION


def _is_measurand(value: object) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= _LONGEST_MEASURAND


def _is_identity(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_IDENTITY


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _is_whole(value: object) -> bool:
    """Tell whether a value is a whole number, as JSON Schema has it: 1.0 is one."""
    return value.__class__ is int or (isinstance(value, float) and value.is_integer())


def _is_connector(value: object) -> bool:
    return _is_whole(value) and value >= 0  # type: ignore[operator]


def _is_age(value: object) -> bool:
    return _is_whole(value) and 1 <= value <= _OLDEST_S  # type: ignore[operator]


_BOTH: dict[str, Callable[[object], bool]] = {
    "charge_point": _is_identity,
    "connector_id": _is_connector,
    "note": _is_text,
}
_CALL = {"call": _is_action, "payload": _is_object, **_BOTH}
_READING = {"reading": _is_measurand, "oldest_s": _is_age, **_BOTH}
