"""What records promise: no energy is lost, invented, negative or billed to somebody else, and times can be believed."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.ledger import transaction_id as ids
from shocpp.ledger.accounts import Accounts
from shocpp.ledger.record import Record, Stop, is_plausible
from shocpp.ledger.start import Start

ACCOUNTS = Accounts.from_list([{"index": 1, "account": "family-y", "ids": ["1"]}])
RECEIVED = datetime(2023, 9, 3, 7, 52, 14, tzinfo=UTC)
STOPPED = "2023-09-03T07:52:10Z"
CEST = timezone(timedelta(hours=2))
UNITS = st.sampled_from(["kwh", "wh"])
SIX = ["localtime", "unixtime", "account", "begin_kwh", "end_kwh", "consumed_kwh"]


def book(
    begin_wh: int = 9_042_700,
    end_wh: int = 9_075_100,
    *,
    index: int = 1,
    unit: str = "kwh",
    stopped: str | None = STOPPED,
    start: Start | None = None,
    received: datetime = RECEIVED,
    transaction_id: int | None = -1,
    most_kwh: int | None = None,
) -> Record:
    """Make the record of a charge between two readings, as the charge point and we would."""
    if transaction_id == -1:
        transaction_id = ids.encode(index, begin_wh, unit)
    stop = Stop("CP001", transaction_id, end_wh, stopped, (transaction_id, end_wh), "1111", "Local", start)
    return Record(stop, ACCOUNTS, unit, received, CEST, most_kwh)


def fields(*args: Any, **kwargs: Any) -> dict[str, Any]:
    """Give the fields of such a record."""
    return book(*args, **kwargs).fields


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the system's zone be Central Europe's, summer time included."""
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


# --- what it looks like


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


# --- energy


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


# --- anomalies


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


# --- time


@pytest.mark.parametrize(
    "claim",
    [
        "1970-01-01T00:00:00Z",
        "2014-12-31T23:59:59Z",
        "2023-09-04T07:52:15Z",
        "2099-01-01T00:00:00Z",
        "soon",
        "2023-13-41T00:00:00Z",
        None,
    ],
)
def test_a_clock_that_is_plainly_wrong_gives_way_to_ours(claim: str | None) -> None:
    """Before 2015, more than a day ahead or unreadable: our time counts, and the claim is kept as sent."""
    record = book(stopped=claim)
    assert (record.fields["unixtime"], record.fields["localtime"]) == ("1693727534", "2023-09-03 09:52:14")
    assert record.fields.get("stopped") == claim
    assert "duration_s" not in book(stopped=claim, start=Start(9_042_700, "2023-09-03T06:00:00Z")).fields


@pytest.mark.parametrize(
    "claim", ["2015-01-01T00:00:00Z", "2023-09-04T07:52:14Z", "2023-09-03T07:52:10.999+02:00", "2023-09-03T07:52:10"]
)
def test_any_other_clock_is_believed(claim: str) -> None:
    """From 2015 to a day ahead of us the charge point knows best; ``stopped`` is what it said, in UTC."""
    record = book(stopped=claim)
    expected = datetime.fromisoformat(claim)
    expected = expected if expected.tzinfo else expected.replace(tzinfo=UTC)
    assert record.unixtime == int(expected.timestamp())
    assert record.fields["stopped"] == expected.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_what_can_be_believed() -> None:
    """The window is from the beginning of 2015 to just a day from now, both included."""
    tomorrow = RECEIVED + timedelta(days=1)
    assert is_plausible(datetime(2015, 1, 1, tzinfo=UTC), RECEIVED) and is_plausible(tomorrow, RECEIVED)
    assert not is_plausible(datetime(2014, 12, 31, 23, 59, 59, tzinfo=UTC), RECEIVED)
    assert not is_plausible(tomorrow + timedelta(seconds=1), RECEIVED) and not is_plausible(None, RECEIVED)


@pytest.mark.parametrize("started", ["2023-09-03T07:52:11Z", "1970-01-01T00:00:00Z", "2030-01-01T00:00:00Z", "x", None])
def test_a_begin_that_cannot_be_is_left_out(started: str | None) -> None:
    """A begin after the end, or by a clock that was wrong then, gives neither ``started`` nor a duration."""
    record = fields(start=Start(9_042_700, started, 1))
    assert "started" not in record and "duration_s" not in record
    assert record["consumed_wh"] == 32_400


def test_a_late_stop_is_booked_where_it_arrives() -> None:
    """The month is the local one in which the stop was received; when the charge ended stays in the record."""
    record = book(stopped="2023-07-31T21:59:59Z", received=datetime(2023, 9, 30, 22, 0, 0, tzinfo=UTC))
    assert record.month == (2023, 10)
    assert record.fields["localtime"] == "2023-07-31 23:59:59"


@pytest.mark.usefixtures("berlin")
def test_summer_time_ends() -> None:
    """In the hour that comes twice two charges have one local time and two unixtimes."""
    stops = ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"]
    made = []
    for stopped in stops:
        stop = Stop("", 10_000_000, 1000, stopped, (1, 2))
        made.append(Record(stop, ACCOUNTS, "kwh", datetime(2026, 10, 25, 2, tzinfo=UTC)))
    assert [record.fields["localtime"] for record in made] == ["2026-10-25 02:30:00"] * 2
    assert made[1].unixtime - made[0].unixtime == 3600


@pytest.mark.usefixtures("berlin")
def test_a_month_ends_at_local_midnight() -> None:
    """A stop at 23:30 UTC on the last of March is April's in Central Europe."""
    received = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)
    record = Record(Stop("", 10_000_000, 1000, "2026-03-31T21:59:59Z", (1, 2)), ACCOUNTS, "kwh", received)
    assert record.month == (2026, 4)
    assert record.fields["localtime"] == "2026-03-31 23:59:59"


# --- identity of a stop


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
