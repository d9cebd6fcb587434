"""What records promise of time: a clock that is wrong is not believed, and each charge has its local month."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from shocpp.ledger.plausible_times import is_plausible
from shocpp.ledger.record import Record, Stop
from shocpp.ledger.start import Start
from tests.support.recorded import ACCOUNTS, RECEIVED, book, fields


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the system's zone be Central Europe's, summer time included."""
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


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
