"""
JSON as people read it: two spaces of indent, as ``json`` writes it.

``json`` indents in Python, part by part, which takes five to twenty times as long as a few lines of our own.
"""

from __future__ import annotations

from shocpp.compact_json import make_encode, quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_encode = make_encode(between=", ", colon=": ")


def document(fields: Mapping[str, object]) -> bytes:
    """
    Write an object, one field a line; what is in a field stays on its line.

    >>> print(document({"id": 5, "seen": {"at": None}}).decode(), end="")
    {
      "id": 5,
      "seen": {"at": null}
    }
    """
    lines = ",\n".join(
        [
            f"  {quote(name)}: {quote(v) if v.__class__ is str else v if v.__class__ is int else _encode(v)}"
            for name, v in fields.items()
        ]
    )
    return f"{{\n{lines}\n}}\n".encode()


def nested_document(fields: Mapping[str, object]) -> bytes:
    """
    Write an object, and the objects in it, one field a line; what is in a list stays on its line.

    >>> print(nested_document({"1": {"power_w": 5, "values": {}}}).decode(), end="")
    {
      "1": {
        "power_w": 5,
        "values": {}
      }
    }
    """
    return f"{_nested(fields, chr(10))}\n".encode()


def _nested(fields: Mapping[str, object], line: str) -> str:
    """
    Write an object.

    Args:
        fields: The object.
        line: What begins a new line as far in as the object.
    """
    if not fields:
        return "{}"
    inner = f"{line}  "
    texts = [
        f"{quote(name)}: {_nested(value, inner) if isinstance(value, dict) else _inline(value)}"
        for name, value in fields.items()
    ]
    return f"{{{inner}{f',{inner}'.join(texts)}{line}}}"


def _inline(value: object) -> str:
    """Write what stays on its line; texts and integers, which nearly all are, without ``json``."""
    if isinstance(value, str):
        return quote(value)
    return str(value) if value.__class__ is int else _encode(value)
