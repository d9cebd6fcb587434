"""The picture: bars that add up, stand in their place and say what they show."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.ledger.charge import Charge
from shocpp.ledger.item import Item
from shocpp.ledger.span import Span
from shocpp.ledger.statement import Header, Statement
from shocpp.report.forms import Forms
from shocpp.report.picture import HEIGHT, LEFT, MOST_SERIES, WIDTH, Picture
from shocpp.report.view import View
from shocpp.report.words import Words
from tests.support.invented_month import make, statement
from tests.support.records import BERLIN, exact


def picture_of(records: list[dict[str, Any]], span: Span | None = None) -> Picture:
    """Draw records in English."""
    header = Header(span or Span.of_month(2026, 9), datetime(2026, 10, 1, tzinfo=UTC), "1.2.3", BERLIN, "Europe/Berlin")
    items = [Item(Charge(record, (2026, 9))) for record in records]
    return Picture(View(Statement(header, items), Words("en"), Forms("en")))


CHARGES = st.lists(
    st.builds(
        exact,
        account=st.integers(0, 11).map(lambda number: f"account-{number}"),
        local=st.integers(1, 30).map(lambda day: f"2026-09-{day:02} 12:00:00"),
        begin_wh=st.just(0),
        end_wh=st.one_of(st.integers(0, 50), st.integers(1, 9_000_000)),
    ),
    min_size=1,
    max_size=40,
)


@given(CHARGES)
def test_bars_fit(records: list[dict[str, Any]]) -> None:
    """Every bar lies within the picture, the pieces of one do not overlap, and none is too thin to be seen."""
    picture = picture_of(records)
    tops: dict[int, int] = {}
    for bar in picture.bars:
        assert bar.x >= LEFT and bar.x + bar.width <= WIDTH and bar.width >= 20
        assert picture.base - HEIGHT <= bar.y and bar.y + bar.height <= tops.get(bar.x, picture.base) + 4
        assert bar.height >= 4
        tops[bar.x] = bar.y


@given(CHARGES)
def test_nothing_is_left_out(records: list[dict[str, Any]]) -> None:
    """The table of the picture has all energy of the accounts, and the shares are shares of it."""
    picture = picture_of(records)
    total = sum(int(record["consumed_wh"]) for record in records)
    shown = sum(int(figure.replace(",", "").replace(".", "")) for _, row in picture.rows for figure in row if figure)
    assert shown == total and picture.has_energy == (total > 0)
    if picture.has_energy:
        percents = [each.figures.split(" · ")[1].removesuffix(" %") for each in picture.shares]
        tenths = sum(int(percent.replace(".", "")) for percent in percents)
        assert abs(tenths - 1000) <= len(picture.names)


def test_many_accounts() -> None:
    """The largest accounts have a series of their own, the others share the last."""
    records = [exact(f"account-{number}", begin_wh=0, end_wh=1000 * number + 1) for number in range(20)]
    picture = picture_of(records)
    assert picture.names == [f"account-{number}" for number in range(19, 19 - MOST_SERIES + 1, -1)] + ["others"]
    assert len(picture_of(records[:MOST_SERIES]).names) == MOST_SERIES


def test_before_the_span(tmp_path: Path) -> None:
    """A late session's bar stands left of the first day and is named."""
    make(tmp_path)
    picture = Picture(View(statement(tmp_path), Words("en"), Forms("en")))
    assert picture.rows[0] == ("earlier", ["11.250", "", "", "", ""])
    assert "earlier" in [label.text for label in picture.labels]


@pytest.mark.parametrize(("span", "is_daily", "labels"), [
    (Span.of_month(2026, 9), True, [str(day) for day in range(1, 31)]),
    (Span(date(2026, 9, 29), date(2026, 10, 2)), True, ["29", "09/26", "30", "1", "10/26", "2"]),
    (Span.of_year(2026), False, [f"{month:02}/26" for month in range(1, 13)]),
])  # fmt: skip
def test_labels(span: Span, is_daily: bool, labels: list[str]) -> None:
    """A month or two are drawn by day, more by month, each with labels that one can read."""
    picture = picture_of([exact(local="2026-09-30 12:00:00")], span)
    assert (picture.is_daily, [label.text for label in picture.labels]) == (is_daily, labels)


def test_words() -> None:
    """What the picture shows is also said."""
    picture = picture_of([exact("a", begin_wh=0, end_wh=3000), exact("b", "2026-09-04 10:00:00", 0, 1000)])
    assert picture.days_in_words().endswith("Highest: 2026-09-03 with 3.000 kWh.")
    assert picture.shares_in_words() == "Shares: a: 3.000 kWh · 75.0 %; b: 1.000 kWh · 25.0 %."
