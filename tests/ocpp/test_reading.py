"""Values as they were meant: numbers, texts and arrays, and that nothing is made of what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.ocpp.reading import integer, items, text

ANYTHING: st.SearchStrategy[object] = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers()) | st.just({})
)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (0, 0),
        (-1, -1),
        ("42", 42),
        (" 42\n", 42),
        ("-7", -7),
        ("9042700.0", 9042700),
        ("9042.7", 9042),
        (9042.7, 9042),
        ("1e3", 1000),
        (2**63 - 1, 2**63 - 1),
        (2**63, None),
        (-(2**63), None),
        (10**4000, None),
        (1e300, None),
        (float("nan"), None),
        (float("-inf"), None),
        ("nan", None),
        ("Infinity", None),
        ("1e999", None),
        ("9" * 41, None),
        ("0x10", None),
        ("", None),
        (" ", None),
        ("12 kWh", None),
        (None, None),
        (True, None),
        ([5], None),
        ({"value": 5}, None),
    ],
)
def test_integer(value: object, number: int | None) -> None:
    """A number is read in whatever form it comes; what is none, or beyond all meters, is missing and never 0."""
    assert integer(value) == number


@given(ANYTHING)
def test_integer_of_anything(value: object) -> None:
    """Whatever comes, it is a number of 64 bits or missing."""
    number = integer(value)
    assert number is None or (type(number) is int and -(2**63) < number < 2**63)


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_integer_in_quotes(number: int) -> None:
    """A number in quotes is that number, exactly."""
    assert integer(str(number)) == integer(number) == number


@given(ANYTHING)
def test_text_of_anything(value: object) -> None:
    """Whatever comes, it is a text that says something or missing."""
    said = text(value)
    assert said is None or (isinstance(said, str) and said)


@given(ANYTHING)
def test_items_of_anything(value: object) -> None:
    """Whatever comes, it is an array of objects."""
    assert all(isinstance(item, dict) for item in items([value, {"a": 1}, value]))
    assert all(isinstance(item, dict) for item in items(value))
