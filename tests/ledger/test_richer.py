"""Which of two records of one stop is read: the one that says more, and the same one whichever comes first."""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any

from shocpp.ledger.charge import Charge
from shocpp.ledger.richer import rank
from tests.support.records import exact, legacy

WHOLE = exact()


def ranked(record: dict[str, Any]) -> tuple[object, ...]:
    """Rank a record as its file would be."""
    return rank(Charge(record), json.dumps(record).encode())


def without(*names: str) -> dict[str, Any]:
    """Give the whole record without some of its fields."""
    return {name: value for name, value in WHOLE.items() if name not in names}


def with_further(count: int) -> dict[str, Any]:
    """Give what has further fields in the place of those that were taken out, so that their number says nothing."""
    return {f"further_{number}": number for number in range(count)}


def test_the_order_of_what_counts() -> None:
    """Exact Wh go before a begin, that before a card, that before the number of fields; whoever has less comes last."""
    richest_first = [
        {**WHOLE, "vendor": "Acme"},
        WHOLE,
        without("reason"),
        {**without("id_tag"), **with_further(5)},
        {**without("begin_wh"), **with_further(5)},
        {**without("begin_wh", "id_tag"), **with_further(9)},
        {**without("consumed_wh"), **with_further(5)},
        {**without("consumed_wh", "begin_wh"), **with_further(9)},
        legacy(local="2026-09-03 09:52:10"),
    ]
    for order in (richest_first, richest_first[::-1]):
        assert sorted(order, key=ranked) == richest_first


def test_records_that_say_as_much() -> None:
    """Of records with the same fields the lesser bytes are read: no two machines choose two of them."""
    alike = [{**WHOLE, "id_tag": id_tag} for id_tag in ("1111", "2222", "3333")]
    for order in permutations(alike):
        assert min(order, key=ranked) == alike[0]
