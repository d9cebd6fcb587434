"""Signed meter values: kept as they were sent, and never so many that a record becomes too large."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.ocpp.v16.meter_values import energy_wh, samples
from shocpp.ocpp.v16.signed_values import MOST_BYTES, signed_values


def signed(context: str, size: int = 3, **more: Any) -> dict[str, Any]:
    """Make a signed value of so many characters."""
    return {"value": "S" * size, "format": "SignedData", "context": context, **more}


def at(*sampled: dict[str, Any]) -> dict[str, Any]:
    """Make a meter value."""
    return {"timestamp": "2026-03-15T11:00:00Z", "sampledValue": list(sampled)}


def test_as_sent() -> None:
    """What is signed is kept whole and in order, what is not is left; a single object is an array of one."""
    begin = signed("Transaction.Begin", encodingMethod="OCMF", number=5)
    end = {"value": "OCMF|{}|{}", "context": "Transaction.End"}
    raw = {"value": "9042700", "format": "Raw"}
    assert signed_values([at(raw, begin), at(end, raw)]) == ([begin, end], 0)
    assert signed_values(at(end)) == ([end], 0)
    assert signed_values(at(raw)) == ([], 0)


@pytest.mark.parametrize("letter", ["S", "\u00e4", "\U0001f50c"])
def test_a_night_of_them(letter: str) -> None:
    """Of too many those of the begin and the end are kept and as many between as fit; how many are not is said."""
    values = [signed("Sample.Periodic", 4000) for _ in range(1440)]
    for value in values:
        value["value"] = letter * 4000
    sent = [signed("Transaction.Begin", 9000), *values, signed("Transaction.End", 9000)]
    kept, left_out = signed_values([at(each) for each in sent])
    assert kept[0] is sent[0] and kept[-1] is sent[-1]
    assert len(kept) + left_out == len(sent) and left_out > 0
    assert MOST_BYTES * 0.7 < len(json.dumps(kept)) <= MOST_BYTES + 2


def test_what_is_too_large_alone_hides_no_other() -> None:
    """A value that is too large is left out, the next one is kept."""
    small = signed("Transaction.End")
    assert signed_values(at(signed("Transaction.Begin", MOST_BYTES), small)) == ([small], 1)


def test_a_signed_value_is_no_reading() -> None:
    """Where a reading and the signed one stand beside each other the reading is read."""
    found = samples(at({"value": "9042700", "context": "Transaction.Begin"}, signed("Transaction.Begin")))
    assert energy_wh(found, "Transaction.Begin") == 9_042_700


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
)


@given(st.lists(st.dictionaries(st.sampled_from(["value", "format", "context", "x"]), anything), max_size=4))
def test_whatever_is_sent(sampled: list[dict[str, Any]]) -> None:
    """What is kept is what strict JSON can hold; nothing is lost without being counted."""
    sampled.append({"value": "S", "format": "SignedData", "x": {"deep": [[]]}})
    kept, left_out = signed_values(at(*sampled))
    json.dumps(kept, allow_nan=False)
    assert left_out >= 1 and len(kept) + left_out <= len(sampled)
