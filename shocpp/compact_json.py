"""
JSON as it is sent and kept: ASCII, without blanks.

The standard library makes an encoder anew for each text, which takes two thirds of its time, and to import it takes as
long as to start Python. The part in C that it is made of is not documented: where that is not what it was, what is
documented does the same, more slowly.
"""

from __future__ import annotations

try:
    import _json
except ImportError:
    _json = None  # type: ignore[assignment]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    Quote = Callable[[str], str]
    Encode = Callable[[object], str]


def make_quote(parts: object = _json) -> Quote:
    """
    Give what writes a text as JSON.

    Args:
        parts: The part in C.
    """
    try:
        found: Quote = parts.encode_basestring_ascii  # type: ignore[attr-defined]
    except AttributeError:
        from json import dumps

        return dumps
    return found


def make_encode(parts: object = _json, between: str = ",", colon: str = ":") -> Encode:
    """
    Give what writes any value as JSON.

    Args:
        parts: The part in C.
        between: What stands between two values.
        colon: What stands between a name and its value.
    """
    try:
        separators = (colon, between)
        chunks = parts.make_encoder(None, _refuse, make_quote(parts), None, *separators, False, False, True)  # type: ignore[attr-defined]
    except (AttributeError, TypeError):  # there is none, or it is made otherwise
        from json import JSONEncoder

        return JSONEncoder(check_circular=False, separators=(between, colon)).encode
    return lambda value: "".join(chunks(value, 0))


def _refuse(value: object) -> NoReturn:
    """Refuse what JSON has no form for, in the words of ``json``."""
    raise TypeError(f"Object of type {value.__class__.__name__} is not JSON serializable")


quote = make_quote()
encode = make_encode()
