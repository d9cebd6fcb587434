"""
Reading values as they were meant: a number in quotes is a number, what is missing stays missing.

Knows the types that payloads are made of and how charge points get them wrong (quirks 5, 6 and 13);
knows no action.
"""

from __future__ import annotations

_LARGEST = 1 << 63


def integer(value: object) -> int | None:
    """
    Read a whole number; a fraction is cut off.

    >>> integer(5), integer("5"), integer(" 5.9 "), integer(5.0), integer(True), integer(""), integer("1e999")
    (5, 5, 5, 5, None, None, None)
    """
    if value.__class__ is int:
        return value if -_LARGEST < value < _LARGEST else None
    if not isinstance(value, (float, str)) or len(str(value)) > 40:
        return None
    try:
        number = int(value)
    except (ValueError, OverflowError):
        try:
            number = int(float(value))
        except (ValueError, OverflowError):
            return None
    return number if -_LARGEST < number < _LARGEST else None


def text(value: object) -> str | None:
    """
    Read a text; a number is its digits, an empty text is missing.

    >>> text("a"), text(5), text(""), text(None), text({})
    ('a', '5', None, None, None)
    """
    if isinstance(value, str):
        return value or None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return None


def items(value: object) -> list[dict[str, object]]:
    """
    Read an array of objects; a single object is an array of one, anything else in it is left out.

    >>> items([{"a": 1}, 5]), items({"a": 1}), items(None)
    ([{'a': 1}], [{'a': 1}], [])
    """
    if isinstance(value, dict):
        return [value]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
