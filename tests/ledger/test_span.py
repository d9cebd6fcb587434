"""Spans of days: what belongs to which, without gap or overlap."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.errors import UsageError
from shocpp.ledger.charge import Charge
from shocpp.ledger.span import Span, booked_on, parse_day
from tests.support.records import exact, legacy


def test_month_before() -> None:
    """On the first of the month cron gets the month before, in January that of the year before."""
    assert Span.of_month_before(date(2026, 10, 1)).months == ((2026, 9), (2026, 9))
    assert Span.of_month_before(date(2026, 1, 31)).first == date(2025, 12, 1)


@pytest.mark.parametrize(("local", "received", "month", "booked"), [
    ("2026-09-03 09:52:10", None, (2026, 9), "2026-09-03"),
    ("2026-08-31 23:59:59", "2026-09-04T10:00:00Z", (2026, 9), "2026-09-04"),
    ("2026-08-31 23:59:59", "2026-08-31T22:00:01Z", (2026, 9), "2026-09-01"),
    ("2026-08-31 23:59:59", "2026-09-02T21:59:59Z", (2026, 9), "2026-09-02"),
    ("2026-08-31 23:59:59", "2026-09-02T22:00:00Z", (2026, 9), "2026-09-03"),
    ("2026-12-31 23:59:59", "2027-01-02T22:59:59Z", (2027, 1), "2027-01-02"),
    ("2026-12-31 23:59:59", "2027-01-02T23:00:00Z", (2027, 1), "2027-01-03"),
    ("2026-08-31 23:59:59", None, (2026, 12), "2026-12-01"),
    ("2026-10-01 00:30:00", "2026-09-30T21:00:00Z", (2026, 9), "2026-09-30"),
])  # fmt: skip
def test_booked_on(local: str, received: str | None, month: tuple[int, int], booked: str) -> None:
    """A charge is booked to its last day, a late one to the day we heard of it, and always to a day of its month."""
    assert booked_on(Charge(exact(local=local, received=received), month)).isoformat() == booked


@given(st.datetimes(datetime(1971, 1, 1), datetime(9998, 12, 31)), st.integers(0, 253_000_000_000), st.datetimes())
def test_booked_within_its_month(local: datetime, unixtime: int, received: datetime) -> None:
    """However far the times of an edited record are apart, it is booked to a day of its month."""
    fields = exact() | {"localtime": f"{local:%Y-%m-%d %H:%M:%S}", "unixtime": str(unixtime)}
    charge = Charge(fields | {"received": f"{received:%Y-%m-%dT%H:%M:%SZ}"}, (2026, 9))
    assert (booked_on(charge).year, booked_on(charge).month) == (2026, 9)


@given(st.lists(st.dates(date(2026, 1, 1), date(2026, 12, 31)), min_size=1, max_size=20), st.data())
def test_spans_share_nothing(days: list[date], data: st.DataObject) -> None:
    """Cut anywhere, the two parts of a year have each charge once, and the months have it once."""
    cut = data.draw(st.dates(date(2026, 1, 1), date(2026, 12, 30)))
    parts = [Span(date(2026, 1, 1), cut), Span(date.fromordinal(cut.toordinal() + 1), date(2026, 12, 31))]
    months = [Span.of_month(2026, month) for month in range(1, 13)]
    for day in days:
        charge = Charge(legacy(local=f"{day} 12:00:00"), (day.year, day.month))
        for spans in (parts, months, [Span.of_year(2026)]):
            assert sum(span.has(charge) for span in spans) == 1


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-02-30", "yesterday", "2026-9-1"])
def test_no_day(text: str) -> None:
    """What is no day is refused with an example of one."""
    with pytest.raises(UsageError, match="is no day such as"):
        parse_day(text)


def test_backwards() -> None:
    """A span cannot end before it begins."""
    with pytest.raises(UsageError, match="lies before"):
        Span(date(2026, 9, 2), date(2026, 9, 1))
