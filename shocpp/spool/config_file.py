"""
A configuration file: read, held against its schema, and refused with the place of what is wrong.

Knows files, JSON and JSON Schema; what a configuration means is told by a ``build`` function.
"""

from __future__ import annotations

import json
import os

from shocpp.errors import ConfigError, MissingError
from shocpp.spool.durable import explained
from shocpp.strict_json import name_twice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    Value = TypeVar("Value")


_SECRET = "passwords"  # noqa: S105 - a field's name


def load(path: str, schema: str, build: Callable[[Any], Value], is_strict: bool = False) -> Value:
    """
    Read a configuration file and check it.

    Args:
        path: The file.
        schema: The name of its JSON Schema in ``spool/schemas``, without ``.json``.
        build: Makes the value out of the parsed JSON; raises ConfigError for what a schema cannot say.
        is_strict: ``build`` raises ConfigError for all that the schema forbids, too: then the schema is only
            asked to explain, and a backend that reads a good file is spared 150 ms of jsonschema.

    Raises:
        MissingError: There is no such file.
        ConfigError: It makes no sense; says file, entry and field.
        ShocppError: It cannot be read.
    """
    text = _read_text(path)
    try:
        parsed = _parse(path, text)
        if not is_strict:
            explain(path, schema, parsed)
        return _built(path, schema, parsed, build)
    except json.JSONDecodeError as error:
        raise ConfigError(f"{path}, line {error.lineno}, column {error.colno}: not JSON: {error.msg}") from None
    except RecursionError:
        raise ConfigError(f"{path}, the whole file: nested too deeply") from None


def explain(path: str, schema: str, parsed: object) -> None:
    """
    Hold a parsed file against its JSON Schema.

    Raises:
        ConfigError: It does not fit; names the entry, the field and the rule.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    here = os.path.join(os.path.dirname(__file__), "schemas", f"{schema}.json")
    with open(here, encoding="utf-8") as file:
        fault = best_match(Draft202012Validator(json.load(file)).iter_errors(parsed))
    if fault is not None:
        place = list(fault.absolute_path)
        # jsonschema shows the value, which may be a password that somebody put in the place of its hash
        said = f"breaks the rule {fault.validator} {fault.validator_value}" if _SECRET in place else fault.message[:200]
        raise ConfigError(f"{path}, {_place(place)}: {said}")


def _read_text(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return file.read().decode("utf-8-sig")
    except FileNotFoundError:
        raise MissingError(f"{path} is not there") from None
    except OSError as error:
        raise explained(error, path, "read") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: byte {error.start + 1} is not UTF-8; save the file as UTF-8") from None


def _built(path: str, schema: str, parsed: object, build: Callable[[Any], Value]) -> Value:
    try:
        return build(parsed)
    except ConfigError as error:
        explain(path, schema, parsed)
        raise ConfigError(f"{path}, {error}") from None


def _parse(path: str, text: str) -> Any:
    """Read JSON in which no field stands twice in an object."""
    twice: list[tuple[dict[str, object], str]] = []

    def build(pairs: list[tuple[str, object]]) -> dict[str, object]:
        built, field = dict(pairs), name_twice(pairs)
        if field is not None:
            twice.append((built, field))
        return built

    parsed = json.loads(text, object_pairs_hook=build, parse_int=_read_int)
    for spoilt, field in twice:
        place = _path_to(spoilt, parsed)
        if place is not None:
            raise ConfigError(f"{path}, {_place([*place, field[:40]])}: stands twice in one object")
    return parsed


def _read_int(digits: str) -> int | float:
    """Read a whole number; one beyond all sense is a float, since Python refuses to read it as what it is."""
    return int(digits) if len(digits) <= 40 else float(digits)


def _path_to(wanted: object, value: object) -> list[str | int] | None:
    """Find an object in what was parsed; None if it is not in there."""
    if value is wanted:
        return []
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        path = _path_to(wanted, inner)
        if path is not None:
            return [step, *path]
    return None


def _place(path: list[str | int]) -> str:
    """Name a place in a file for people: ``entry 2, field ids, item 1``."""
    words = []
    for depth, step in enumerate(path):
        if isinstance(step, int):
            words.append(f"{'entry' if depth == 0 else 'item'} {step + 1}")
        else:
            words.append(f"field {step}")
    return ", ".join(words) or "the whole file"
