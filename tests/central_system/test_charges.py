"""What a stop is booked with where it, its id and what was seen of a start say different things of the begin."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from shocpp.central_system.context import Context
from shocpp.central_system.effects import Book
from shocpp.central_system.v16.answers import answer
from shocpp.ledger.accounts import Accounts
from tests.support.scratch import TAGS

ACCOUNTS = Accounts.from_list(TAGS)
NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
ID = 20_009_042
SEEN = {"begin_wh": 9_042_100, "started": "2026-03-15T10:00:00Z", "connector_id": 2, "id_tag": "3333"}
OF_THE_START = ("begin_wh", "consumed_wh", "started", "connector_id", "id_tag")


def booked(
    transaction_id: int,
    meter_stop_wh: int,
    told: tuple[int, str] | None = None,
    seen: dict[int, dict[str, Any]] | None = None,
    unit: str = "kwh",
) -> dict[str, Any]:
    """
    Give the record of a stop.

    Args:
        transaction_id, meter_stop_wh: What it says.
        told: Reading and time of its Transaction.Begin; None without one.
        seen: The charges that are open.
        unit: What ids carry.
    """
    stop: dict[str, object] = {
        "transactionId": transaction_id,
        "meterStop": meter_stop_wh,
        "timestamp": "2026-03-15T11:00:00Z",
    }
    if told:
        sample = {"value": str(told[0]), "context": "Transaction.Begin"}
        stop["transactionData"] = [{"timestamp": told[1], "sampledValue": [sample]}]
    effects = answer("StopTransaction", stop, Context("CP001", ACCOUNTS, NOW, seen or {}, zone=UTC, unit=unit))
    (record,) = [effect.record.fields for effect in effects if isinstance(effect, Book)]
    return record


@pytest.mark.parametrize(
    ("told", "begin"),
    [
        (None, (9_042_100, 7_900, SEEN["started"], 2, "3333")),
        ((9_042_150, "2026-03-15T10:00:30Z"), (9_042_150, 7_850, "2026-03-15T10:00:30Z", 2, "3333")),
        ((9_042_100, "2026-03-15T10:30:00Z"), (9_042_100, 7_900, "2026-03-15T10:30:00Z", 2, "3333")),
        ((9_042_600, "2026-03-15T10:30:00Z"), (9_042_600, 7_400, "2026-03-15T10:30:00Z", None, None)),
        ((5, "2026-03-15T10:00:00Z"), (9_042_100, 7_900, SEEN["started"], 2, "3333")),
        ((9_043_000, "2026-03-15T10:30:00Z"), (9_042_100, 7_900, "2026-03-15T10:30:00Z", 2, "3333")),
    ],
    ids=["nothing", "rounded", "another time", "another charge", "no reading of this meter", "not the id's reading"],
)
def test_what_the_stop_says_of_its_begin(told: tuple[int, str] | None, begin: tuple[object, ...]) -> None:
    """
    It goes before what was seen, which is joined with it.

    Unless its reading is not the one in the id; or else reading and time are both of another start, whose connector and
    card are not taken then.
    """
    record = booked(ID, 9_050_000, told, {ID: SEEN})
    assert tuple(record.get(name) for name in OF_THE_START) == begin


@pytest.mark.parametrize(
    ("told", "begin_wh"),
    [((9_042_600, "2026-03-15T10:30:00Z"), 9_042_600), ((9_041_999, "2026-03-15T10:30:00Z"), None)],
)
def test_what_the_stop_alone_says_of_its_begin(told: tuple[int, str], begin_wh: int | None) -> None:
    """Where no start was seen its reading counts if the id was made of it; its time is that reading's alone."""
    record = booked(ID, 9_050_000, told)
    assert record.get("begin_wh") == begin_wh
    assert record.get("started") == (told[1] if begin_wh else None)
    assert (record["consumed_kwh"], "consumed_wh" in record) == ("8", begin_wh is not None)


@pytest.mark.parametrize(
    ("drawn_kwh", "unit", "account"),
    [(500, "kwh", "unassigned"), (501, "kwh", "family-y"), (500, "wh", "unassigned"), (501, "wh", "family-y")],
)
def test_an_id_of_nobody(drawn_kwh: int, unit: str, account: str) -> None:
    """It is a refused charge's up to 500 kWh; above that its firmware has forgotten an id that it had."""
    record = booked(
        5, 5_000 + drawn_kwh * 1000 if unit == "kwh" else 5 + drawn_kwh * 1000, None, {ID: {"begin_wh": 0}}, unit
    )
    assert record["account"] == account
