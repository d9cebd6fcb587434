"""The start of a charge as it was seen: what is written of it is read back, whatever else the file may say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.ledger.start import Start

SEEN = {
    "transaction_id": 20009042,
    "connector_id": 2,
    "id_tag": "1111",
    "account": "family-y",
    "begin_wh": 9_042_700,
    "started": "2023-09-03T06:52:10Z",
    "received": "2023-09-03T06:52:11Z",
}
anything = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.none(), max_size=1)


def test_a_sighting_reads_back() -> None:
    """What transactions/<id>.json says keeps its names and their order, with the mark if there is one."""
    assert list(Start.from_sighting(SEEN).sighting(20009042).items()) == list(SEEN.items())
    marked = {**SEEN, "ambiguous": True, "evidence": {"vendor": "acme", "location": "yard"}}
    assert Start.from_sighting(marked).sighting(20009042) == marked


def test_the_same_id_at_another_connector_is_ambiguous() -> None:
    """A start whose id is open elsewhere is marked; one that is repeated at its own connector is the same start."""

    def is_ambiguous(other: dict[str, Any] | None) -> bool:
        start = Start.from_sighting(SEEN)
        start.mark_if_ambiguous(other)
        return start.is_ambiguous

    assert is_ambiguous({**SEEN, "connector_id": 1})
    assert is_ambiguous({**SEEN, "connector_id": None})
    assert not is_ambiguous(SEEN)
    assert not is_ambiguous(None)


@pytest.mark.parametrize(
    ("begin_wh", "began", "stopped", "is_of_another"),
    [
        (9_042_700, "2023-09-03T06:52:10Z", "2023-09-03T10:00:00Z", False),
        (9_042_700, "2023-09-03T09:00:00Z", "2023-09-03T10:00:00Z", False),
        (9_042_700, "2023-09-03T06:52:10Z", "2023-09-03T06:00:00Z", False),
        (9_042_000, "2023-09-03T06:52:40Z", "2023-09-03T10:00:00Z", False),
        (9_042_000, "2023-09-03T06:52:40Z", None, False),
        (9_042_000, "2023-09-03T06:52:08Z", "2023-09-03T06:52:09Z", True),
        (9_042_000, "2023-09-03T06:53:11Z", "2023-09-03T10:00:00Z", True),
        (9_042_000, None, "2023-09-03T10:00:00Z", True),
    ],
)
def test_a_start_of_another_charge(begin_wh: int, began: str | None, stopped: str | None, is_of_another: bool) -> None:
    """What a stop says of its begin tells whether a sighting is of it: reading or time agree, and it was not before."""
    assert Start.from_sighting(SEEN).is_of_another(begin_wh, began, stopped) is is_of_another


@given(st.dictionaries(st.sampled_from([*SEEN, "ambiguous", "evidence"]), anything))
def test_whatever_a_file_says(seen: dict[str, Any]) -> None:
    """A sighting that somebody else wrote gives numbers, texts, or nothing."""
    start = Start.from_sighting(seen)
    assert {type(start.connector_id), type(start.meter_start_wh)} <= {int, type(None)}
    assert {type(each) for each in (start.id_tag, start.account, start.started, start.received)} <= {str, type(None)}
