"""What a record looks like, and what it is named after: fields, their order, and the identity of the stop."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.ledger.record import Stop
from shocpp.ledger.start import Start
from tests.support.recorded import RECEIVED, STOPPED, UNITS, book, fields


def test_the_first_six_are_as_ever() -> None:
    """A record begins with the six keys that every shocpp record has had, in order, all strings."""
    assert list(fields().items())[:6] == [
        ("localtime", "2023-09-03 09:52:10"),
        ("unixtime", "1693727530"),
        ("account", "family-y"),
        ("begin_kwh", "9042"),
        ("end_kwh", "9075"),
        ("consumed_kwh", "33"),
    ]


def test_what_is_unknown_is_absent() -> None:
    """Beyond the six there is what is known, in natural types; nothing is null and nothing is guessed."""
    assert list(fields().items())[6:] == [
        ("charge_point", "CP001"),
        ("transaction_id", 10_009_042),
        ("account_index", 1),
        ("id_tag", "1111"),
        ("reason", "Local"),
        ("end_wh", 9_075_100),
        ("stopped", "2023-09-03T07:52:10Z"),
        ("received", "2023-09-03T07:52:14Z"),
    ]


def test_what_was_seen_of_the_start_makes_it_exact() -> None:
    """A start that agrees with the id gives connector, card, Wh, begin and duration."""
    start = Start(9_042_700, "2023-09-03T06:52:10Z", 2, "AAAA")
    assert {name: value for name, value in fields(start=start).items() if name not in fields()} == {
        "connector_id": 2,
        "begin_wh": 9_042_700,
        "consumed_wh": 32_400,
        "started": "2023-09-03T06:52:10Z",
        "duration_s": 3600,
    }
    assert fields(start=start)["id_tag"] == "AAAA"


def test_a_start_that_disagrees_with_the_id_is_not_believed() -> None:
    """The id alone decides what is billed: a sighting with another reading adds no Wh and changes no kWh."""
    disagreeing = fields(start=Start(9_043_000, None))
    assert "begin_wh" not in disagreeing and "consumed_wh" not in disagreeing
    assert (disagreeing["begin_kwh"], disagreeing["consumed_kwh"]) == ("9042", "33")


def test_the_name_is_time_and_digest() -> None:
    """A record's file is named after the end of its charge and the digest it is given."""
    assert book().name("0123456789ab") == "1693727530-0123456789ab.json"


@pytest.mark.parametrize(
    ("claim", "stamp"),
    [("2024-01-01T00:00:00Z", 1704067200), ("1970-01-01T00:00:09Z", 9), ("1969-01-01", 0), ("soon", 0), (None, 0)],
)
def test_the_name_depends_on_the_stop_alone(claim: str | None, stamp: int) -> None:
    """Whatever our clock says and believes, the same stop gets the same name, so that it is booked once."""
    for received in (RECEIVED, RECEIVED + timedelta(days=400), datetime(1970, 1, 1, tzinfo=UTC)):
        assert book(stopped=claim, received=received).name("d") == f"{stamp}-d.json"


@given(st.datetimes(datetime(2016, 1, 1), datetime(2090, 1, 1)), UNITS, st.booleans())
def test_the_same_stop_has_the_same_digest_whenever_it_comes(received: datetime, unit: str, is_seen: bool) -> None:
    """Neither our time nor what we know besides changes what a stop's digest is made of."""
    start = Start(9_042_700, STOPPED, 1) if is_seen else None
    again = book(unit=unit, start=start, received=received.replace(tzinfo=UTC), transaction_id=10_009_042)
    assert again.digest_source == book().digest_source


PARTS: list[st.SearchStrategy[Any]] = [
    st.text(st.characters(exclude_characters="\n"), max_size=3),
    st.integers(0, 20),
    st.integers(0, 20),
    st.sampled_from([None, STOPPED, "1"]),
]


@given(st.tuples(*PARTS), st.integers(0, 3), st.data())
def test_two_stops_have_two_digests(one: tuple[Any, ...], at: int, data: st.DataObject) -> None:
    """Charge point, transaction id, meter and time as sent: if one of them differs it is another stop."""
    two = (*one[:at], data.draw(PARTS[at]), *one[at + 1 :])
    first, second = (
        Stop(identity, tid, meter, stopped, (tid, meter)).digest_source()
        for identity, tid, meter, stopped in (one, two)
    )
    assert (first == second) == (one == two)
