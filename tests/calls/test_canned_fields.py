"""The quick check of an entry of calls.json, beside the schema that explains what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import shocpp.spool.conf
from shocpp.calls import canned_fields

SCHEMA = Draft202012Validator(
    json.loads((Path(next(iter(shocpp.spool.conf.__path__))) / "schemas" / "calls.json").read_text())
)
CALL: dict[str, Any] = {"call": "Reset", "payload": {"type": "Soft"}, "charge_point": "CP001", "connector_id": 1}
READING: dict[str, Any] = {"reading": "SoC", "charge_point": "", "connector_id": 0, "oldest_s": 60, "note": "mine"}
ENTRIES: dict[str, dict[str, Any]] = {"call": CALL, "short call": {"call": "Reset"}, "reading": READING, "empty": {}}
FIELDS = [*CALL, *READING, "colour"]
NUMBERS = [-1, 0, 1, 60, 86_400, 86_401, 1.0, 1.5, -1.0, 1e300, float("inf"), float("nan")]
TEXTS = ["x" * length for length in (0, 1, 50, 51, 64, 65, 255, 256)]
VALUES: list[Any] = [None, True, False, [], {}, {"type": "Soft"}, *NUMBERS, *TEXTS]


@pytest.mark.parametrize("kind", ENTRIES)
def test_the_quick_check_and_the_schema_agree(kind: str) -> None:
    """An entry is taken exactly when the schema takes it, whatever one field is: a good file needs no schema."""
    entry = ENTRIES[kind]
    variants = [entry, *({**entry, field: value} for field in FIELDS for value in VALUES)]
    variants += [{name: value for name, value in entry.items() if name != field} for field in entry]
    for each in variants:
        assert canned_fields.are_right(each) == SCHEMA.is_valid({"id": each}), each


@pytest.mark.parametrize("entry", VALUES)
def test_what_is_no_object_is_no_entry(entry: object) -> None:
    """Whatever stands in an entry's place and is none is refused, as the schema does."""
    assert not canned_fields.are_right(entry)
    assert not SCHEMA.is_valid({"id": entry})
