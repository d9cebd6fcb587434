"""Prices: which is in force, what it makes of an amount of energy, and what makes no sense."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.errors import ConfigError
from shocpp.ledger.prices import Price, Prices


def prices(*entries: dict[str, Any]) -> Prices:
    """Build prices in euros."""
    return Prices.from_json({"currency": "EUR", "prices": [{"per_kwh": "0.30", **entry} for entry in entries]})


@pytest.mark.parametrize(("per_kwh", "wh", "amount"), [
    ("0.30", 33_000, "9.90"),
    ("0.30", 0, "0.00"),
    ("0.005", 1_000, "0.01"),
    ("0.015", 1_000, "0.02"),
    ("0.025", 1_000, "0.03"),
    ("0.3", 16_649, "4.99"),
    ("0.3", 16_650, "5.00"),
    ("999999.999999", 999_999_999, "999999998999.00"),
])  # fmt: skip
def test_half_up(per_kwh: str, wh: int, amount: str) -> None:
    """An amount is rounded to cents, half a cent up, never to the even one, and nothing is lost before."""
    assert str(Price({"per_kwh": per_kwh}).amount(wh)) == amount


@given(st.decimals(0, 999, places=6), st.decimals(0, 9, places=4), st.integers(0, 10**9))
def test_close(per_kwh: Decimal, base: Decimal, wh: int) -> None:
    """An amount is never more than half a cent from what the energy costs, base fee included."""
    amount = Price({"per_kwh": f"{per_kwh:f}", "base_fee_per_kwh": f"{base:f}"}).amount(wh)
    assert abs(amount - (per_kwh + base) * wh / 1000) <= Decimal("0.005")
    assert amount.as_tuple().exponent == -2


def test_in_force() -> None:
    """A price counts from its first day to its last, both included; before and after there is none."""
    found = prices({"from": "2026-03-01", "to": "2026-03-31"})
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)]
    assert [found.of("anybody", day) is not None for day in days] == [False, True, True, False]


def test_own_price_goes_first() -> None:
    """An account's own price goes before the one for all, as long as it is in force."""
    found = prices({"per_kwh": "0.10"}, {"per_kwh": "0.20", "accounts": ["a", "b"], "to": "2026-06-30"})
    of = {day: {name: str(price.per_kwh) for name in "abc" if (price := found.of(name, day))}
          for day in (date(2026, 6, 30), date(2026, 7, 1))}  # fmt: skip
    assert list(of.values()) == [{"a": "0.20", "b": "0.20", "c": "0.10"}, {"a": "0.10", "b": "0.10", "c": "0.10"}]
    assert found.accounts() == ["a", "b"]


@pytest.mark.parametrize(("entries", "complaint"), [
    ([{}, {}], "field prices, item 2: for all accounts on the same days as item 1"),
    ([{"to": "2026-06-30"}, {"from": "2026-06-30"}], "item 2: for all accounts on the same days as item 1"),
    ([{}, {"accounts": ["x"]}, {"accounts": ["y", "x"]}], "item 3: for account 'x' on the same days as item 2"),
    ([{"from": "2026-02-30"}], "field prices, item 1, field from: '2026-02-30' is no day"),
    ([{"from": "2026-02-02", "to": "2026-02-01"}], "item 1, field to: 2026-02-01 lies before 2026-02-02"),
])  # fmt: skip
def test_no_sense(entries: list[dict[str, Any]], complaint: str) -> None:
    """Two prices for one kWh, or a day that is none, are refused with the number of the entry."""
    with pytest.raises(ConfigError, match=complaint):
        prices(*entries)
