"""
A configuration file: read, held against its schema, and refused with the path to what is wrong.

Knows files, JSON and JSON Schema; what a configuration means is told by a ``build`` function.
"""

from __future__ import annotations

from shocpp.errors import ConfigError, MissingError
from shocpp.json_reading import Rules, loads
from shocpp.spool.files.disk_faults import explained
from shocpp.strict_json import name_twice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from json import JSONDecodeError
    from typing import Any, TypeVar

    Value = TypeVar("Value")

_MARK = b"\xef\xbb\xbf"  # of UTF-8, which some editors put there
_MOST_FAULTS = 50  # whoever made more has made one of them again and again


def load(
    path: str,
    schema: str,
    build: Callable[[Any], Value],
    is_strict: bool = False,
    name_of: Callable[[str], str] | None = None,
) -> Value:
    """
    Read a configuration file and check it.

    Args:
        path: The file.
        schema: The name of its JSON Schema in ``spool/conf/schemas``, without ``.json``.
        build: Makes the value out of the parsed JSON; raises ConfigError for what a schema cannot say.
        is_strict: ``build`` raises ConfigError for all that the schema forbids, too: then the schema is only
            asked to explain, and a backend that reads a good file is spared 150 ms of jsonschema.
        name_of: How an entry is named whose key is a text; None where entries have numbers.

    Raises:
        MissingError: There is no such file.
        ConfigError: It makes no sense; its faults say file, entry and field of each mistake.
        ShocppError: It cannot be read.
    """
    text = _read_text(path)
    try:
        parsed = _parse(path, text)
        if not is_strict:
            _refuse(path, [words for _, words in _faults(schema, parsed, name_of)])
        try:
            return build(parsed)
        except ConfigError as error:
            faults = _faults(schema, parsed, name_of) if is_strict else []
            # of an entry whose shape is wrong the schema says better what is wrong with it
            told = tuple(f"{entry}{mark}" for entry, _ in faults for mark in ",:")
            own = [fault for fault in error.faults if not fault.startswith(told)]
            _refuse(path, [*(words for _, words in faults), *own])
            raise
    except RecursionError:
        raise ConfigError(f"{path}, the whole file: nested too deeply") from None


def _no_json(path: str, error: ValueError) -> ConfigError:
    """Say where a file is no JSON, and why."""
    from json import JSONDecodeError  # slow to import, and seldom needed

    assert isinstance(error, JSONDecodeError)  # noqa: S101 - ``_read_int`` takes any number
    return ConfigError(f"{path}, line {error.lineno}, column {error.colno}: not JSON: {_words(error)}")


def _words(error: JSONDecodeError) -> str:
    """Say what is wrong; the comma after the last of several, which people leave there, as what it is."""
    before, behind = error.doc[: error.pos].rstrip(), error.doc[error.pos :].lstrip(", \t\r\n")
    is_last = behind[:1] in ("]", "}") and (before.endswith(",") or error.doc[error.pos] == ",")
    return "a comma with nothing behind it" if is_last else error.msg


def _faults(schema: str, parsed: object, name_of: Callable[[str], str] | None) -> list[tuple[str, str]]:
    """Hold a parsed file against its schema: of each fault the entry that it is in, and what is wrong where."""
    from shocpp.spool.conf import config_faults

    found: dict[tuple[str, str], list[int]] = {}
    for path, words in config_faults.find(schema, parsed):
        depth = next((depth for depth, step in enumerate(path) if isinstance(step, int)), 0)
        fault = _named(path[: depth + 1], name_of), f"{_named(path, name_of)}: {words}"
        found[fault] = _position(path, parsed)
        if len(found) > _MOST_FAULTS:
            break
    return sorted(found, key=found.__getitem__)


def _refuse(path: str, faults: list[str]) -> None:
    """
    Refuse a file for its faults, if there are any.

    Raises:
        ConfigError: There are.
    """
    if faults:
        more = ["the whole file: and more of that kind"] if len(faults) > _MOST_FAULTS else []
        raise ConfigError(*(f"{path}, {fault}" for fault in [*faults[:_MOST_FAULTS], *more])) from None


def _read_text(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return file.read().removeprefix(_MARK).decode()
    except FileNotFoundError:
        raise MissingError(f"{path} is not there") from None
    except OSError as error:
        raise explained(error, path, "read") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: byte {error.start + 1} is not UTF-8; save the file as UTF-8") from None


def _parse(path: str, text: str) -> Any:
    """Read JSON in which no field stands twice in an object."""
    twice: list[tuple[dict[str, object], str]] = []

    def build(pairs: list[tuple[str, object]]) -> dict[str, object]:
        built, field = dict(pairs), name_twice(pairs)
        if field is not None:
            twice.append((built, field))
        return built

    try:
        parsed = loads(text, Rules(parse_int=_read_int, object_pairs_hook=build))
    except ValueError as error:
        raise _no_json(path, error) from None
    paths = [(_path_to(spoilt, parsed), field[:40]) for spoilt, field in twice]
    _refuse(path, [f"{_named([*at, field])}: stands twice in one object" for at, field in paths if at is not None])
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


def _position(path: list[str | int], value: Any) -> list[int]:
    """Give numbers by which paths sort as they stand in the file."""
    numbers = []
    for step in path:
        numbers.append(step if isinstance(step, int) else list(value).index(step))
        value = value[step]
    return numbers


def _named(path: list[str | int], name_of: Callable[[str], str] | None = None) -> str:
    """Name for people where a path leads: ``entry 2, field ids, item 1``."""
    words = []
    for depth, step in enumerate(path):
        if isinstance(step, int):
            words.append(f"{'entry' if depth == 0 else 'item'} {step + 1}")
        elif depth == 0 and name_of is not None:
            words.append(f"entry {name_of(step)}")
        else:
            words.append(f"field {step}")
    return ", ".join(words) or "the whole file"
