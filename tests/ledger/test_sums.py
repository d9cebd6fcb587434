"""Sums: what is in which, and that order does not matter."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shocpp.ledger.charge import Charge
from shocpp.ledger.item import Item
from shocpp.ledger.sums import Sum, Summary
from tests.support.records import exact, legacy

HERE = (2026, 9)


def summary_of(*records: dict[str, Any]) -> Summary:
    """Sum records up."""
    return Summary([Item(Charge(record, HERE)) for record in records])


def figures(each: Sum) -> tuple[int, int]:
    """Give count and Wh."""
    return each.count, each.energy_wh


def test_exact_and_rounded() -> None:
    """Wh are summed where records have them, whole kWh otherwise, in one integer."""
    found = summary_of(exact(), legacy(), exact("company-x"))
    assert {name: figures(each) for name, each in found.accounts.items()} == {
        "company-x": (1, 32_400),
        "family-y": (2, 65_400),
    }
    assert figures(found.total) == (3, 97_800) and isinstance(found.total.energy_wh, int)


def test_what_is_nobodys() -> None:
    """Unassigned energy and anomalies are in no account and not in the total, even where both, or with energy."""
    found = summary_of(
        exact("unassigned"),
        exact("unassigned", anomaly="unknown-start"),
        exact(anomaly="backwards", consumed_kwh="0", consumed_wh=0),
        exact(anomaly="of some other program"),
    )
    assert (found.accounts, figures(found.total)) == ({}, (0, 0))
    assert (figures(found.unassigned), figures(found.anomalies)[0]) == ((1, 32_400), 3)


def test_unknown_account() -> None:
    """An account without a name is an account all the same: somebody's card was accepted."""
    assert list(summary_of(exact("unknown-7")).accounts) == ["unknown-7"]


CHARGES = st.builds(
    exact,
    account=st.sampled_from(["a", "B", "b", "unassigned", "unknown-3"]),
    end_wh=st.integers(9_042_700, 99_042_700),
    anomaly=st.sampled_from([None, None, None, "backwards"]),
    consumed_wh=st.one_of(st.none(), st.integers(0, 10**9)),
)


@given(st.lists(CHARGES, max_size=20), st.randoms(use_true_random=False))
def test_order_does_not_matter(records: list[dict[str, Any]], random: Any) -> None:
    """Whatever order the records come in, the sums are the same, and the parts make the whole."""
    found = summary_of(*records)
    random.shuffle(records)
    other = summary_of(*records)
    assert list(found.accounts) == list(other.accounts)
    for mine, theirs in zip(found.accounts.values(), other.accounts.values(), strict=True):
        assert figures(mine) == figures(theirs)
    assert sum(each.energy_wh for each in found.accounts.values()) == found.total.energy_wh
    assert found.total.count + found.unassigned.count + found.anomalies.count == len(records)
