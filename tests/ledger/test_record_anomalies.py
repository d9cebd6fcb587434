"""What records promise where readings, ids or accounts make no sense: a flag, both readings, and a bill of nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.ledger import transaction_id as ids
from shocpp.ledger.charge import Charge
from shocpp.ledger.item import Item
from shocpp.ledger.record import Record, Stop
from shocpp.ledger.start import Start
from shocpp.ledger.unaccounted import BACK, Registers, gaps
from tests.support.recorded import ACCOUNTS, CEST, RECEIVED, STOPPED, UNITS, fields

SIX = ["localtime", "unixtime", "account", "begin_kwh", "end_kwh", "consumed_kwh"]


@pytest.mark.parametrize(
    ("unit", "begin_wh", "end_wh", "start"),
    [
        ("kwh", 9_042_700, 9_041_999, None),
        ("kwh", 9_042_700, 9_042_699, Start(9_042_700, None)),
        ("kwh", 9_042_700, 0, Start(9_042_700, None)),
        ("kwh", 9_042_700, -5, None),
        ("kwh", 0, 100_001_000, None),
        ("wh", 42_700, 42_699, None),
        ("wh", 9_042_700, 9_042_699, Start(9_042_700, None)),
        ("wh", 42_700, 0, None),
        ("wh", 0, 900_001, None),
    ],
)
def test_backwards_bills_nothing_and_keeps_the_readings(
    unit: str, begin_wh: int, end_wh: int, start: Start | None
) -> None:
    """A stop below its start, be it by one Wh, and one too far above it, is a 0 with a flag and both readings."""
    record = fields(begin_wh, end_wh, unit=unit, start=start)
    assert record["anomaly"] == "backwards"
    assert (record["consumed_kwh"], record["consumed_wh"]) == ("0", 0)
    assert (record["begin_kwh"], record["end_wh"]) == (str(begin_wh // 1000), end_wh)


def test_a_meter_that_was_changed_during_a_charge() -> None:
    """
    A begin that was seen says so; an id in Wh alone has the begin that the new meter could have had in its first MWh.

    No charge of a young meter whose start is lost could be believed otherwise; that a meter stands lower than before,
    the statement says.
    """
    seen, unseen = (fields(1_000_400, 1_001, unit="wh", start=start) for start in (Start(1_000_400, None), None))
    assert (seen["anomaly"], seen["consumed_wh"]) == ("backwards", 0)
    assert (unseen.get("anomaly"), unseen["begin_wh"], unseen["consumed_wh"]) == (None, 400, 601)
    items = [Item(Charge(each)) for each in (fields(900_000, 1_000_400, unit="wh"), unseen)]
    assert [gap.kind for gap in gaps(items, Registers())] == [BACK]


def test_the_largest_charge_is_still_one() -> None:
    """100 000 kWh in the kWh id and 900 kWh in the Wh id are billed, if no clock says that they cannot be."""
    assert fields(0, 100_000_999)["consumed_kwh"] == "100000"
    assert fields(0, 900_000, unit="wh")["consumed_wh"] == 900_000


@pytest.mark.parametrize(("hours", "is_flagged"), [(1, True), (2, True), (3, False), (30, False)])
def test_more_than_any_charger_can_deliver_is_implausible(hours: int, is_flagged: bool) -> None:
    """10 000 kWh within two hours are flagged and bill 0; with the time to draw them they are a charge."""
    started = (datetime(2023, 9, 3, 7, 52, 10, tzinfo=UTC) - timedelta(hours=hours)).isoformat()
    record = fields(0, 10_000_000, start=Start(0, started, 1))
    assert record.get("anomaly") == ("implausible" if is_flagged else None)
    assert (record["consumed_kwh"], record["consumed_wh"]) == (("0", 0) if is_flagged else ("10000", 10_000_000))
    assert (record["begin_wh"], record["end_wh"]) == (0, 10_000_000)


def test_a_short_charge_is_not_implausible() -> None:
    """Two readings within the same second are not taken for infinite power: clocks of meters are coarse."""
    assert "anomaly" not in fields(0, 3_000_000, start=Start(0, STOPPED, 1))


@pytest.mark.parametrize("unit", ["kwh", "wh"])
@pytest.mark.parametrize("is_seen", [True, False])
def test_a_charge_above_the_limit_is_implausible(unit: str, is_seen: bool) -> None:
    """What is more than a charge may be bills 0, start seen or not; both readings are kept. The limit itself counts."""
    start = Start(9_042_700, None, 1) if is_seen else None
    below = fields(9_042_700, 9_542_700, unit=unit, start=start, most_kwh=500)
    assert (below["consumed_kwh"], below.get("anomaly")) == ("500", None)
    above = fields(9_042_700, 9_543_700, unit=unit, start=start, most_kwh=500)
    assert (above["anomaly"], above["consumed_kwh"], above["consumed_wh"]) == ("implausible", "0", 0)
    assert (above["begin_kwh"], above["end_kwh"], above["end_wh"]) == ("9042", "9543", 9_543_700)
    assert above.get("begin_wh") == (9_042_700 if is_seen or unit == "wh" else None)


def test_a_limit_is_exact_where_wh_are_known() -> None:
    """A charge that is 1 Wh above the limit is above it, also where its whole kWh are not."""
    start = Start(9_042_000, None, 1)
    assert "anomaly" not in fields(9_042_000, 9_542_000, start=start, most_kwh=500)
    assert fields(9_042_000, 9_542_001, start=start, most_kwh=500)["anomaly"] == "implausible"


def test_a_million_kwh_of_a_start_that_nobody_saw_is_implausible() -> None:
    """Id 10000000 with 1 000 000 000 Wh on the meter bills nobody a GWh, and is not passed over as 0 kWh either."""
    record = fields(end_wh=1_000_000_000, transaction_id=10_000_000, most_kwh=1000)
    assert (record["account"], record["anomaly"]) == ("family-y", "implausible")
    assert (record["consumed_kwh"], record["consumed_wh"], record["end_wh"]) == ("0", 0, 1_000_000_000)


def test_a_meter_that_was_seen_at_whole_gwh_bills_right() -> None:
    """A start that was seen at a meter part of 0 says what the meter had counted before."""
    begin_wh = ids.PARTS * 1000
    record = fields(begin_wh, begin_wh + 12_300, start=Start(begin_wh, None, 1), most_kwh=1000)
    assert (record["begin_wh"], record["consumed_kwh"], record["consumed_wh"]) == (begin_wh, "12", 12_300)
    unseen = fields(begin_wh, begin_wh + 12_300, most_kwh=1000)
    assert (unseen["anomaly"], unseen["begin_kwh"], unseen["end_wh"]) == ("implausible", "0", begin_wh + 12_300)


@pytest.mark.parametrize("transaction_id", [None, -7, 1 << 31, 10**18])
def test_an_unknown_start_is_unassigned(transaction_id: int | None) -> None:
    """Without a usable id nobody is billed, but reading, card and time are kept."""
    record = fields(transaction_id=transaction_id)
    assert (record["account"], record["account_index"], record["anomaly"]) == ("unassigned", 0, "unknown-start")
    assert (record["consumed_kwh"], record["end_kwh"], record["end_wh"]) == ("0", "9075", 9_075_100)
    assert "consumed_wh" not in record
    assert record.get("transaction_id") == transaction_id


def test_a_refused_start_that_was_delivered_is_unassigned() -> None:
    """Index 0: the energy is recorded in full, under nobody's account."""
    record = fields(index=0)
    assert (record["account"], record["account_index"], record["consumed_kwh"]) == ("unassigned", 0, "33")
    assert "anomaly" not in record


def test_an_account_that_went_is_named_after_its_index() -> None:
    """Index 7 without an account in tags.json is unknown-7, billed to nobody else."""
    record = fields(index=7)
    assert (record["account"], record["account_index"], record["consumed_kwh"]) == ("unknown-7", 7, "33")


@given(
    UNITS,
    st.none() | st.integers(-(1 << 33), 1 << 33),
    st.integers(-(1 << 62), 1 << 62) | st.integers(0, 10**8),
    st.none() | st.integers(-(1 << 62), 1 << 62) | st.integers(0, 10**8),
    st.none() | st.text(max_size=30) | st.datetimes().map(lambda each: each.isoformat()),
    st.none() | st.text(max_size=30) | st.datetimes().map(lambda each: each.isoformat()),
)
def test_no_record_is_ever_negative(
    unit: str, transaction_id: int | None, end_wh: int, seen_wh: int | None, started: str | None, stopped: str | None
) -> None:
    """Whatever comes, there is a record that JSON can hold; it bills at least 0, and 0 where it is flagged."""
    stop = Stop("", transaction_id, end_wh, stopped, (None, None), start=Start(seen_wh, started, 1))
    record = Record(stop, ACCOUNTS, unit, RECEIVED, CEST)
    made = json.loads(json.dumps(record.fields))
    assert list(made)[:6] == SIX and all(isinstance(made[name], str) for name in SIX)
    assert all(value is not None and not isinstance(value, float) for value in made.values())
    assert int(made["consumed_kwh"]) >= 0
    assert unit == "wh" or int(made["consumed_kwh"]) <= 100_000
    assert made.get("consumed_wh", 0) >= 0 and made.get("duration_s", 0) >= 0
    if "anomaly" in made:
        assert made["consumed_kwh"] == "0" and made.get("consumed_wh", 0) == 0
    else:
        n = int(made["consumed_kwh"])
        assert (int(made["end_kwh"]) - int(made["begin_kwh"]) - n) % ids.PARTS == 0
        assert abs(made.get("consumed_wh", n * 1000) - n * 1000) < 1000
