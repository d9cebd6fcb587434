"""JSON is read as ``json`` reads it, with the undocumented part of the standard library and without it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.json_reading import Rules, loads, make_scan
from tests.support.properties import examples
from tests.support.scratch import ROOT

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
BROKEN = [
    "",
    " ",
    "[1",
    "[1] 2",
    '{"a": 1,}',
    "nul",
    '"\n"',
    "1" * 5000,
    b"\xff",
    b"[\x00]",
    b"\xef\xbb\xbf[1",
    "\ufeff1",
]


def other(*_: object) -> None:
    """Stand for a part that is made in another way."""
    raise TypeError("takes other arguments")


def outcome(read: Callable[[], object]) -> object:
    """Give what is read, or what is wrong with it."""
    try:
        return read()
    except ValueError as error:
        return type(error), str(error)


@examples(100)
@given(VALUES, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]), st.sampled_from([None, 2]))
def test_any_value(value: object, encoding: str, indent: int | None) -> None:
    """A document is read as ``json.loads`` reads it, whatever its encoding."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    assert loads(f" {text}\n") == value
    data = text.encode(encoding, "surrogatepass")
    assert outcome(lambda: loads(data)) == outcome(lambda: json.loads(data))


@pytest.mark.parametrize("data", BROKEN)
def test_what_is_broken(data: str | bytes) -> None:
    """What is no document is refused in the words of ``json``."""
    found = outcome(lambda: loads(data))
    assert isinstance(found, tuple)
    assert found == outcome(lambda: json.loads(data))


WITHOUT_JSON = """
import sys
from shocpp.json_reading import Rules, loads, make_scan
scan = make_scan(Rules())
found = []
for data in eval(sys.argv[1]):
    text = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
    try:
        value, end = scan(text, 0)
        found.append(end < len(text))
    except ValueError:
        found.append(True)
assert "json" not in sys.modules
try:
    loads("[1")
except ValueError as error:
    found.append(type(error).__name__ == "JSONDecodeError")
print(all(found), len(found))
"""


def test_what_is_broken_without_json() -> None:
    """What is broken is found so, too, where nobody has imported ``json``, which the part in C has its errors from."""
    command = [sys.executable, "-c", WITHOUT_JSON, repr(BROKEN)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == f"True {len(BROKEN) + 1}\n", done.stderr


def test_what_nests_too_deeply() -> None:
    """Nesting ends in the error that callers look for, and in no crash."""
    with pytest.raises(RecursionError):
        loads("[" * 100_000)


@pytest.mark.parametrize("parts", [SimpleNamespace(), SimpleNamespace(make_scanner=other)])
def test_rules(parts: SimpleNamespace) -> None:
    """Both ways keep to the rules, and say where a document ends; where none begins there is a ``ValueError``."""
    rules = Rules(parse_int=len, parse_constant=str.lower, object_pairs_hook=tuple)
    for scan in (make_scan(rules), make_scan(rules, parts)):
        assert scan('x [1000, NaN, -Infinity, 0.5, {"a": 1, "a": 22}] y', 2) == (
            [4, "nan", "-infinity", 0.5, (("a", 1), ("a", 2))],
            48,
        )
        for nothing in ("", "x", "[1"):
            with pytest.raises(ValueError):
                scan(nothing, 0)


def test_the_fast_part_is_used() -> None:
    """Where this Python has it: else everything still works, and starts in twice the time."""
    assert make_scan(Rules()).__module__ == "shocpp.json_reading"
