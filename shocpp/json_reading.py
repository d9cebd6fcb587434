"""
JSON read as ``json`` reads it, without importing it: that takes as long as to start Python, and a backend starts for
every connection.

The part in C that ``json`` is made of is not documented: where that is not what it was, and for all that it does not
read, ``json`` itself is asked.
"""

from __future__ import annotations

import gc

try:
    import _json
except ImportError:
    _json = None  # type: ignore[assignment]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Scan = Callable[[str, int], tuple[Any, int]]

LONG = 1 << 16  # characters of a text in which there may be so many objects that Python would look for garbage in them
_BLANK = " \t\n\r"


class Rules:
    """
    What is made of what stands in a document.

    Args:
        parse_int: Makes a value of an integer's digits.
        parse_constant: Makes a value of NaN, Infinity and -Infinity.
        object_pairs_hook: Makes a value of an object's names and values; a dict without it.
    """

    strict = True
    object_hook = None

    def __init__(
        self,
        parse_int: Callable[[str], object] = int,
        parse_constant: Callable[[str], object] = float,
        object_pairs_hook: Callable[[list[tuple[str, object]]], object] | None = None,
    ) -> None:
        self.parse_float = float
        self.parse_int = parse_int
        self.parse_constant = parse_constant
        self.object_pairs_hook = object_pairs_hook


def make_scan(rules: Rules, parts: object = _json) -> Scan:
    """
    Give what reads the document that begins at a place in a text: it gives that, and where it ends.

    It raises ``ValueError`` where there is none, and ``RecursionError`` for what is nested too deeply.

    Args:
        rules: What is made of what it reads.
        parts: The part in C.
    """
    try:
        scan = parts.make_scanner(rules)  # type: ignore[attr-defined]
    except (AttributeError, TypeError):  # there is none, or it is made otherwise
        from json import JSONDecoder

        return JSONDecoder(
            parse_int=rules.parse_int,
            parse_constant=rules.parse_constant,
            object_pairs_hook=rules.object_pairs_hook,
        ).raw_decode

    def scan_at(text: str, at: int) -> tuple[Any, int]:
        try:
            found: tuple[Any, int] = scan(text, at)
        except StopIteration:
            raise ValueError("no JSON begins there") from None
        except SystemError:  # until Python 3.12 it has no error of its own for what is broken, unless json is imported
            raise ValueError("it is no JSON") from None
        return found

    return scan_at


def without_collection(scan: Scan, text: str, at: int = 0) -> tuple[Any, int]:
    """
    Read a document, meanwhile without Python's search for circles of garbage: there is none in JSON.

    In a long one, that search would take up to ten times as long as the reading.
    """
    if len(text) - at < LONG or not gc.isenabled():
        return scan(text, at)
    gc.disable()
    try:
        return scan(text, at)
    finally:
        gc.enable()


_RULES = Rules()
_scan = make_scan(_RULES)


def loads(data: bytes | str, rules: Rules = _RULES) -> Any:
    """
    Read a document, as ``json.loads`` does.

    Args:
        data: What stands in a file.
        rules: What is made of it; where it is no JSON this may be asked twice.

    Raises:
        ValueError: It is none; the error is ``json``'s.
        RecursionError: It is nested too deeply.

    >>> loads(b' [1, "2"]'), loads("NaN")
    ([1, '2'], nan)
    """
    try:
        text = (data if isinstance(data, str) else data.decode()).strip(_BLANK)
        value, end = _scan(text, 0) if rules is _RULES else make_scan(rules)(text, 0)
        if end == len(text):
            return value
    except ValueError:
        pass  # it may begin with a mark of its encoding; if not, json says what is wrong with it
    import json

    return json.loads(
        data,
        parse_int=rules.parse_int,
        parse_constant=rules.parse_constant,
        object_pairs_hook=rules.object_pairs_hook,
    )
