"""
JSON as charge points write it: what it says as far as it can be read, and how far it goes, in linear time.

Line ends within texts are texts; NaN, Infinity and numbers with more digits than Python converts are None. Knows no
frame.
"""

from __future__ import annotations

import json
import re

from shocpp.json_reading import without_collection


def _int(digits: str) -> int | None:
    """Read an integer; None if it has more digits than Python converts."""
    try:
        return int(digits)
    except ValueError:
        return None


_decoder = json.JSONDecoder(parse_constant=lambda _: None, strict=False)
# to call a function for each number takes three times as long, so this is only asked where one has too many digits
_decoder_of_digits = json.JSONDecoder(parse_constant=lambda _: None, parse_int=_int, strict=False)
# possessive, or a text full of backslashes would take quadratic time; the last one may go on to the end
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)


def read(text: str, at: int = 0) -> tuple[object, int]:
    """
    Read the document that begins at a place; give it and where it ends.

    Raises:
        ValueError: There is none; ``json.JSONDecodeError`` says where it breaks off.
        RecursionError: It is nested too deeply.

    >>> read('[1, NaN] [2]'), read('[1, NaN] [2]', 9)
    (([1, None], 8), ([2], 12))
    """
    try:
        return without_collection(_decoder.raw_decode, text, at)
    except json.JSONDecodeError:
        raise
    except ValueError:  # a number has more digits than Python converts
        return without_collection(_decoder_of_digits.raw_decode, text, at)


def document(text: str, at: int) -> tuple[object, int]:
    """Read the document that begins at a place; give it and where it ends, or None and where it breaks off."""
    try:
        return read(text, at)
    except json.JSONDecodeError as error:
        return None, error.pos
    except RecursionError:
        return None, at


def depth_of(text: str) -> int | None:
    """
    Count the brackets that a text opens and does not close; None when it ends within a string.

    >>> depth_of('[{"a":"]"'), depth_of('["a'), depth_of("[]]")
    (2, None, -1)
    """
    marks = _STRING.sub("", f"{text}|")
    if not marks.endswith("|"):
        return None
    return marks.count("[") + marks.count("{") - marks.count("]") - marks.count("}")
