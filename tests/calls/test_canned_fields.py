"""The quick check of an entry of calls.json, beside the schema that explains what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import shocpp.spool
from shocpp.calls import canned_fields

SCHEMA = Draft202012Validator(
    json.loads((Path(next(iter(shocpp.spool.__path__))) / "schemas" / "calls.json").read_text())
)
SCALAR: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, False, 0, -1, 1, 1.0, 1.5, 86_400, 86_401, float("inf"), "", "x", [], {}]
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "call": st.sampled_from(["Reset", "x" * 50, "x" * 51]),
    "reading": st.sampled_from(["SoC", "x" * 64, "x" * 65]),
    "payload": st.sampled_from([{}, {"type": "Soft"}, []]),
    "charge_point": st.sampled_from(["", "CP001", "x" * 255, "x" * 256]),
    "connector_id": st.integers(-1, 2),
    "oldest_s": st.sampled_from([0, 1, 60, 86_400, 86_401]),
    "note": st.just("mine"),
    "colour": st.just("red"),
}
ENTRY = st.lists(st.sampled_from(sorted(FIELDS)), max_size=4, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: FIELDS[name] | SCALAR for name in names})
)


@given(ENTRY | SCALAR)
@example({"call": "Reset", "payload": {}, "charge_point": "", "connector_id": 0, "note": ""})
@example({"reading": "SoC", "oldest_s": 1.0, "connector_id": 1.0})
@example({"reading": "SoC", "oldest_s": True})
@example({"call": "Reset", "reading": "SoC"})
def test_the_quick_check_and_the_schema_agree(entry: object) -> None:
    """An entry is taken exactly when the schema takes it, so that a good file needs no schema at run time."""
    assert canned_fields.are_right(entry) == SCHEMA.is_valid({"id": entry})
