"""
JSON as it is sent and kept: ASCII, without blanks.

The standard library makes an encoder anew for each text, which takes two thirds of its time. The parts that it is made
of are not documented: where they are not what they were, what is documented does the same, more slowly.
"""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Quote = Callable[[str], str]
    Encode = Callable[[object], str]


def make_quote(parts: object) -> Quote:
    """
    Give what writes a text as JSON.

    Args:
        parts: The module ``json.encoder``.
    """
    found: Quote = getattr(parts, "encode_basestring_ascii", json.dumps)
    return found


def make_encode(parts: object, between: str = ",", colon: str = ":") -> Encode:
    """
    Give what writes any value as JSON.

    Args:
        parts: The module ``json.encoder``.
        between: What stands between two values.
        colon: What stands between a name and its value.
    """
    encoder = json.JSONEncoder(check_circular=False, separators=(between, colon))
    try:
        separators = (colon, between)
        chunks = parts.c_make_encoder(None, encoder.default, make_quote(parts), None, *separators, False, False, True)  # type: ignore[attr-defined]
    except (AttributeError, TypeError):  # there is none, or it is made otherwise
        return encoder.encode
    return lambda value: "".join(chunks(value, 0))


quote = make_quote(json.encoder)
encode = make_encode(json.encoder)
