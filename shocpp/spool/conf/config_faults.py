"""
What is wrong in a configuration file, all of it, in words for whoever wrote it.

Knows JSON Schema's rules and how each is said; what belongs into a file is in its schema, where a ``description`` is
the noun that a value is called by. Imported when something is wrong: jsonschema is slow to import.
"""

from __future__ import annotations

import json
import os
import re
from difflib import get_close_matches

from jsonschema import Draft202012Validator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from jsonschema.exceptions import ValidationError

    JsonPath = list[str | int]
    Say = Callable[[ValidationError, Any, Any], Iterator[str]]

_SECRET = "passwords"  # noqa: S105 - a field's name
_LONGEST = 60
_TYPES = {
    "string": "text in quotes",
    "integer": "whole number",
    "number": "number",
    "array": "list in square brackets",
    "object": "object in braces",
}


def find(schema: str, parsed: object) -> Iterator[tuple[JsonPath, str]]:
    """
    Hold a parsed file against its JSON Schema.

    Args:
        schema: The schema's name in ``spool/conf/schemas``, without ``.json``.
        parsed: What stands in the file.

    Yields:
        For each fault the path to it, as keys and indexes from the outside in, and what is wrong there.
    """
    here = os.path.join(os.path.dirname(__file__), "schemas", f"{schema}.json")
    with open(here, encoding="utf-8") as file:
        validator = Draft202012Validator(json.load(file))
    for error in validator.iter_errors(parsed):
        yield from _faults(error)


def _faults(error: ValidationError) -> Iterator[tuple[JsonPath, str]]:
    """Give what an error of jsonschema's comes to; of alternatives the one that the value is meant to be."""
    kind = error.validator
    if kind == "oneOf":
        meant = [inner for inner in error.context or () if not _is_of_another_type(inner)]
        if meant:
            for inner in meant:
                yield from _faults(inner)
            return
    say: Say = _WORDS.get(str(kind), _is_no)
    path: JsonPath = list(error.absolute_path)
    for words in say(error, error.instance, error.validator_value):
        yield path, words


def _rules(error: ValidationError) -> Mapping[str, Any]:
    """Give the part of the schema that a value breaks; ours have no other form."""
    assert isinstance(error.schema, dict)  # noqa: S101
    return error.schema


def _is_of_another_type(error: ValidationError) -> bool:
    """Tell whether an alternative is for values of another type."""
    return error.validator == "type" and len(error.relative_path) == 0


def _is_no(error: ValidationError, value: object, rule: Any) -> Iterator[str]:
    """Say what a value is not, and if that can be told, how to write what was meant."""
    type_of = _TYPES.get(str(rule)) if error.validator == "type" else None
    noun = _rules(error).get("description") or type_of or "value that can be used"
    if _SECRET in error.absolute_path:  # it may be a password that somebody put in the place of its hash
        yield f"this is no {noun}"
        return
    wish = _meant(_rules(error).get("pattern"), value)
    yield f"{_shown(value)} is no {noun}{f': write {wish}' if wish else ''}"


def _meant(pattern: str | None, value: object) -> str:
    """
    Give how to write what is nearly right, a number without quotes or with a comma; else nothing.

    Three digits behind a comma may be thousandths or what follows thousands: both are said.
    """
    if pattern is not None and isinstance(value, str) and re.fullmatch("[1-9][0-9]{0,2},[0-9]{3}", value):
        fits = [each for each in (value.replace(",", "."), value.replace(",", "")) if re.search(pattern, each)]
        if len(fits) > 1:
            return f"{' or '.join(fits)}, whichever is meant"
    text = str(value).replace(",", ".")
    if pattern is None or value.__class__ not in (int, float, str) or not re.search(pattern, text):
        return ""
    return text if isinstance(value, str) else f'"{text}"'


def _missing(error: ValidationError, value: dict[str, object], needed: list[str]) -> Iterator[str]:
    # jsonschema has an error for each that is missing, and says in words alone which one
    for name in needed:
        if name not in value and error.message.startswith(f"{name!r} "):
            yield f"{name} is missing"


def _unknown(error: ValidationError, value: dict[str, object], _: object) -> Iterator[str]:
    known = list(_rules(error).get("properties", {}))
    for name in value:
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
            yield f"no field is called {_shown(name)}; {hint}"


def _no_word(_: ValidationError, value: object, words: list[str]) -> Iterator[str]:
    near = get_close_matches(str(value).capitalize(), words, 1)
    yield f"{_shown(value)} is none of {', '.join(words)}{f': write {near[0]}' if near else ''}"


def _out_of_range(error: ValidationError, value: object, _: object) -> Iterator[str]:
    least, most = _rules(error).get("minimum"), _rules(error).get("maximum")
    yield f"{_shown(value)} is not {f'from {least} to {most}' if most is not None else f'{least} or more'}"


def _length(error: ValidationError, value: Any, _: object) -> Iterator[str]:
    yield "is empty" if not value else f"is longer than {_rules(error)['maxLength']} characters"


def _count(error: ValidationError, value: Any, _: object) -> Iterator[str]:
    yield "has nothing in it" if not value else f"has {len(value)} in it, and {_rules(error)['maxItems']} at most"


def _twice(_: ValidationError, value: list[object], __: object) -> Iterator[str]:
    same = next(each for number, each in enumerate(value) if each in value[:number])
    yield f"{_shown(same)} stands there twice"


_WORDS: dict[str, Say] = {
    "required": _missing,
    "additionalProperties": _unknown,
    "enum": _no_word,
    "minimum": _out_of_range,
    "maximum": _out_of_range,
    "minLength": _length,
    "maxLength": _length,
    "minItems": _count,
    "maxItems": _count,
    "uniqueItems": _twice,
}


def _shown(value: object) -> str:
    """Show a value as far as it helps: a text and a number as they stand there, of the rest what it is."""
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "an object"
    text = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    if not isinstance(value, str):
        text = json.dumps(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
