"""JSON is written the same way, with the undocumented parts of the standard library and without them."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.compact_json import encode, make_encode, make_quote, quote
from tests.support.properties import examples

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def other(*_: object) -> None:
    """Stand for a part that is made in another way."""
    raise TypeError("takes other arguments")


@pytest.mark.parametrize(
    "parts", [SimpleNamespace(), SimpleNamespace(make_encoder=None), SimpleNamespace(make_encoder=other)]
)
@examples(50)
@given(VALUES)
def test_any_value(parts: SimpleNamespace, value: object) -> None:
    """Both ways give what the documented function gives."""
    wanted = json.dumps(value, separators=(",", ":"))
    assert encode(value) == wanted
    assert make_encode(parts)(value) == wanted


@given(st.text())
def test_any_text(text: str) -> None:
    """A text is quoted as it is within a value, in ASCII."""
    assert quote(text) == make_quote(SimpleNamespace())(text) == json.dumps(text)


def test_the_fast_parts_are_used() -> None:
    """Where this Python has them: else everything still works, and takes three times as long."""
    assert quote is json.encoder.encode_basestring_ascii
    assert encode.__module__ == "shocpp.compact_json"
