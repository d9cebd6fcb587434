"""What JSON for people promises: it is what ``json`` writes, byte for byte."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from shocpp.readable_json import document, nested_document

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
OBJECTS = st.recursive(
    st.dictionaries(st.text(max_size=8), SCALARS, max_size=4),
    lambda inner: st.dictionaries(st.text(max_size=8), SCALARS | inner, max_size=4),
    max_leaves=20,
)
LISTS = st.lists(SCALARS | OBJECTS, max_size=3)


@given(OBJECTS)
def test_objects_are_written_as_json_indents_them(value: dict[str, object]) -> None:
    """Whatever texts, numbers and objects there are, however deep."""
    assert nested_document(value).decode() == f"{json.dumps(value, indent=2)}\n"


@given(st.dictionaries(st.text(max_size=8), SCALARS | OBJECTS | LISTS, min_size=1, max_size=4))
def test_a_field_is_a_line(value: dict[str, object]) -> None:
    """What is in a field is written as ``json`` writes it on one line; lists are, wherever they stand."""
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(field)}" for name, field in value.items())
    assert document(value).decode() == f"{{\n{lines}\n}}\n"
    assert json.dumps(json.loads(nested_document(value))) == json.dumps(value)


def test_nothing_is_an_empty_object() -> None:
    """An object without fields is one all the same."""
    assert json.loads(document({})) == json.loads(nested_document({})) == {}
