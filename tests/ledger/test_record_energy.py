"""What records promise of energy: none is lost, invented or billed to somebody else, also where a meter rolls over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.ledger.start import Start
from tests.support.recorded import UNITS, book, fields


@given(
    UNITS, st.integers(0, 10**8), st.lists(st.tuples(st.integers(0, 900_000), st.booleans()), min_size=1, max_size=30)
)
def test_a_chain_of_charges_loses_nothing(unit: str, first_wh: int, steps: list[tuple[int, bool]]) -> None:
    """What one charge loses to flooring the next one gains: the kWh of all are what the meter's kWh say, Wh too."""
    begin_wh, total_kwh, total_wh = first_wh, 0, 0
    for drawn_wh, is_seen in steps:
        end_wh = begin_wh + drawn_wh
        record = fields(begin_wh, end_wh, unit=unit, start=Start(begin_wh, None) if is_seen else None)
        assert "anomaly" not in record
        total_kwh += int(record["consumed_kwh"])
        if is_seen or unit == "wh":
            assert (record["begin_wh"], record["consumed_wh"]) == (begin_wh, drawn_wh)
        else:
            assert "consumed_wh" not in record
        total_wh += record.get("consumed_wh", drawn_wh)
        assert (record["begin_kwh"], record["end_kwh"]) == (str(begin_wh // 1000), str(end_wh // 1000))
        begin_wh = end_wh
    assert total_kwh == begin_wh // 1000 - first_wh // 1000
    assert total_wh == begin_wh - first_wh


def test_wh_in_the_id_is_exact_without_any_state() -> None:
    """With SHOCPP_TRANSACTION_ID=wh begin and consumption are known to the Wh from the stop alone."""
    record = fields(123_456_789_001, 123_456_800_000, unit="wh")
    assert (record["begin_wh"], record["end_wh"], record["consumed_wh"]) == (123_456_789_001, 123_456_800_000, 10_999)
    assert (record["begin_kwh"], record["end_kwh"], record["consumed_kwh"]) == ("123456789", "123456800", "11")


@pytest.mark.parametrize("begin_wh", [9_999_999_500, 999_999_500])
@pytest.mark.parametrize("is_seen", [True, False])
def test_a_meter_that_rolled_over_bills_right(begin_wh: int, is_seen: bool) -> None:
    """Over zero to 2 kWh it is 3 kWh, and to the Wh where the start was seen; the id knows six digits of the begin."""
    record = fields(begin_wh, 2_100, start=Start(begin_wh, None) if is_seen else None)
    begin_kwh = str(begin_wh // 1000) if is_seen else "999999"
    assert (record["begin_kwh"], record["end_kwh"], record["consumed_kwh"]) == (begin_kwh, "2", "3")
    assert record.get("consumed_wh") == (2_600 if is_seen else None)
    assert "anomaly" not in record


@pytest.mark.parametrize(
    ("begin_wh", "end_wh", "start"),
    [(9_042_700, 0, None), (9_042_700, 3_000, None), (19_042_700, 12_000_000, Start(19_042_700, None))],
)
def test_a_new_meter_is_not_billed_as_one_that_rolled_over(begin_wh: int, end_wh: int, start: Start | None) -> None:
    """In Wh mode a meter that was swapped or reset during the charge is an anomaly, not up to 900 kWh on the bill."""
    record = fields(begin_wh, end_wh, unit="wh", start=start)
    assert (record["anomaly"], record["consumed_kwh"], record["consumed_wh"]) == ("backwards", "0", 0)


def test_a_start_that_was_seen_long_ago_changes_no_charge() -> None:
    """With Wh in the id, a forgotten sighting of a charge 10 MWh earlier has the same id: it must not be billed."""
    record = fields(19_042_700, 19_045_000, unit="wh", start=Start(9_042_700, None))
    assert (record["anomaly"], record["consumed_kwh"], record["consumed_wh"]) == ("implausible", "0", 0)
    assert (record["begin_wh"], record["end_wh"]) == (9_042_700, 19_045_000)


@pytest.mark.parametrize("begin_wh", [9_042_700, 9_045_000])
def test_a_start_that_was_seen_a_gwh_ago_is_not_billed(begin_wh: int) -> None:
    """In kWh, too: a meter that jumped by what the id cannot hold is an anomaly, not a charge of the rest."""
    record = fields(begin_wh, 1_009_045_000, start=Start(begin_wh, "2023-09-01T00:00:00Z"))
    assert (record["anomaly"], record["consumed_kwh"], record["consumed_wh"]) == ("implausible", "0", 0)
    assert (record["begin_wh"], record["end_wh"]) == (begin_wh, 1_009_045_000)


@pytest.mark.parametrize("drawn_wh", [899_999, 900_000, 900_001, 999_999, 1_000_000, 1_234_567])
def test_the_begin_that_was_seen_is_the_figure_in_wh(drawn_wh: int) -> None:
    """In Wh mode end less the begin that was seen is billed, also where it is more than the id can hold."""
    start = Start(9_042_700, "2023-09-02T07:52:10Z")
    made = book(9_042_700, 9_042_700 + drawn_wh, unit="wh", start=start)
    assert (made.fields["begin_wh"], made.fields["consumed_wh"]) == (9_042_700, drawn_wh)
    assert "anomaly" not in made.fields
    assert made.exceeds_id == (drawn_wh >= 1_000_000)


@pytest.mark.parametrize(("drawn_wh", "is_flagged"), [(900_000, False), (900_001, True), (999_999, True)])
def test_the_id_alone_cannot_tell_from_900_kwh_on(drawn_wh: int, is_flagged: bool) -> None:
    """In Wh mode what may be a meter that ran backwards is an anomaly where the begin was not seen."""
    record = fields(9_042_700, 9_042_700 + drawn_wh, unit="wh")
    assert record.get("anomaly") == ("backwards" if is_flagged else None)
    assert record["consumed_wh"] == (0 if is_flagged else drawn_wh)


def test_a_meter_beyond_ten_gwh_bills_right() -> None:
    """The id holds the meter modulo 1 000 000 kWh; the readings in the record are whole."""
    record = fields(123_456_789_500, 123_456_799_500)
    assert (record["begin_kwh"], record["end_kwh"], record["consumed_kwh"]) == ("123456789", "123456799", "10")


@pytest.mark.parametrize("transaction_id", [10_009_042, 11_009_042, 19_009_042])
def test_the_slot_is_no_part_of_the_energy(transaction_id: int) -> None:
    """Whatever the seventh digit is, be it a connector's or that of a meter from before, the bill is the same."""
    record = fields(transaction_id=transaction_id)
    assert (record["account"], record["begin_kwh"], record["consumed_kwh"]) == ("family-y", "9042", "33")
