"""Value added tax: once for each rate, on the total, to the cent."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.ledger.charge import Charge
from shocpp.ledger.item import Item
from shocpp.ledger.prices import Prices
from shocpp.ledger.span import Span
from shocpp.ledger.statement import Header, Statement
from shocpp.ledger.vat import Vat
from tests.support.records import BERLIN, exact


def statement(records: list[dict[str, Any]], **price: object) -> Statement:
    """Make a statement of September with one price."""
    prices = Prices.from_json({"currency": "EUR", "prices": [{"per_kwh": "1.00", **price}]})
    header = Header(Span.of_month(2026, 9), datetime(2026, 10, 1, tzinfo=UTC), "1.2.3", BERLIN, "Europe/Berlin")
    return Statement(header, [Item(Charge(record, (2026, 9))) for record in records], prices)


@pytest.mark.parametrize(("is_what", "net", "tax", "gross"), [
    ("gross", "0.25", "0.05", "0.30"),
    ("net", "0.30", "0.06", "0.36"),
])  # fmt: skip
def test_is_computed_on_the_total(is_what: str, net: str, tax: str, gross: str) -> None:
    """Three sessions of 10 cents each are taxed as 30 cents: taxed one by one they would have been 0.08 and 0.12."""
    records = [exact(local=f"2026-09-0{day} 10:00:00", begin_wh=0, end_wh=100) for day in (1, 2, 3)]
    (found,) = statement(records, vat={"percent": "19", "per_kwh_is": is_what}).taxed()
    assert (str(found.net), str(found.tax), str(found.gross)) == (net, tax, gross)


def test_is_rounded_half_up() -> None:
    """Half a cent goes up, whether it is charged or taken back."""
    half = Vat({"percent": "5", "per_kwh_is": "net"})
    assert str(half.of(Decimal("0.10")).tax) == "0.01" and str(half.of(Decimal("-0.10")).tax) == "-0.01"


AMOUNTS = st.decimals(-10_000, 10_000, places=2)
RATES = st.decimals(0, 99, places=2)


@given(AMOUNTS, RATES, st.sampled_from(["gross", "net"]))
def test_adds_up(amount: Decimal, percent: Decimal, is_what: str) -> None:
    """Net and tax are the gross, what was billed is in it untouched, and the tax is off by half a cent at most."""
    found = Vat({"percent": str(percent), "per_kwh_is": is_what}).of(amount)
    assert found.net + found.tax == found.gross
    assert amount == (found.gross if is_what == "gross" else found.net)
    assert abs(found.net * percent / 100 - found.tax) <= Decimal("0.005") * (1 + percent / 100)


def test_nobodys_energy_is_not_taxed() -> None:
    """What is on no account has no amount, and nothing without a rate is listed where no price has one."""
    records = [exact(begin_wh=0, end_wh=1000), exact("unassigned", "2026-09-04 10:00:00", begin_wh=0, end_wh=5000)]
    (found,) = statement(records, vat={"percent": "19", "per_kwh_is": "net"}).taxed()
    assert str(found.net) == "1.00"
    assert statement(records).taxed() == []


def test_what_names_no_rate_stands_last() -> None:
    """Amounts of prices without a rate are listed beside those that have one, so that all of them add up."""
    prices = [
        {"per_kwh": "1.00", "vat": {"percent": "7", "per_kwh_is": "net"}, "to": "2026-09-01"},
        {"per_kwh": "1.00", "vat": {"percent": "19", "per_kwh_is": "net"}, "from": "2026-09-02", "to": "2026-09-02"},
        {"per_kwh": "1.00", "from": "2026-09-03"},
    ]
    made = statement([exact(local=f"2026-09-0{day} 10:00:00", begin_wh=0, end_wh=1000) for day in (1, 2, 3)])
    again = Statement(made.header, made.items, Prices.from_json({"currency": "EUR", "prices": prices}))
    assert [each.vat and str(each.vat.percent) for each in again.taxed()] == ["19", "7", None]
    assert sum(each.net for each in again.taxed()) == again.summary.total.amount
