"""What starts and stops mean: which id is given, which open transaction is meant, what is kept and what is booked."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest

from shocpp.central_system.context import Context
from shocpp.central_system.effects import (
    Book,
    Close,
    End,
    Notice,
    Open,
    Reply,
    SeeUnlisted,
)
from shocpp.central_system.v16.answers import answer
from shocpp.ledger.accounts import Accounts
from shocpp.ledger.start import Start
from shocpp.ocpp.frames import Payload
from tests.support.answered import ACCEPTED, INVALID, NOW, NOW_TEXT, TIME, book, booked, context, opened


def test_stop_is_booked_before_it_is_confirmed() -> None:
    """The record comes before everything that says that it is there."""
    seen = {"begin_wh": 1500, "connector_id": 1, "id_tag": "1111", "started": "2026-03-15T10:00:00Z"}
    stop = {"transactionId": 10000001, "meterStop": 4000, "timestamp": TIME, "idTag": "2222"}
    effects = answer("StopTransaction", stop, context({10000001: seen}))
    start = Start(1500, "2026-03-15T10:00:00Z", 1, "1111")
    assert effects == [book(stop, 10000001, start), Close(10000001), Reply(ACCEPTED)]
    record = booked(effects)
    assert (record["consumed_wh"], record["duration_s"], record["id_tag"]) == (2500, 3600, "1111")


def test_start_is_kept_before_it_is_confirmed() -> None:
    """What is known of the start is kept under the id that is given."""
    start = {"idTag": "3333", "meterStart": 9042100, "connectorId": 2, "timestamp": TIME}
    assert answer("StartTransaction", start, context()) == [
        Open(21009042, opened(21009042, 9042100, 2, "3333", "family-y", TIME)),
        Reply({"transactionId": 21009042, **ACCEPTED}),
    ]


def test_refused_start_is_noted() -> None:
    """A card that is refused is noted, so that it can be listed, and its charge has an id of nobody."""
    assert answer("StartTransaction", {"idTag": "0000", "meterStart": 5000, "connectorId": 1}, context()) == [
        SeeUnlisted("0000", {"status": "Invalid", "at": NOW_TEXT}),
        Open(5, opened(5, 5000, 1, "0000", "unassigned")),
        Reply({"transactionId": 5, **INVALID}),
    ]


def test_the_last_account_fits_at_any_meter() -> None:
    """With the largest index each reading makes an id of 31 bits that names the account."""
    tags = [{"index": 214, "account": "last", "ids": ["1"]}]
    request = {"idTag": "1", "meterStart": 7_483_648_000}
    effects = answer("StartTransaction", request, Context("CP001", Accounts.from_list(tags), NOW, zone=UTC))
    assert effects == [
        Open(2_140_483_648, opened(2_140_483_648, 7_483_648_000, None, "1", "last")),
        Reply({"transactionId": 2_140_483_648, **ACCEPTED}),
    ]


def test_two_connectors_have_two_ids() -> None:
    """Two starts of one account in one kWh on two connectors, in either order: each stop is joined with its own."""
    first = {"idTag": "1111", "meterStart": 1100, "connectorId": 1, "timestamp": TIME}
    second = {**first, "meterStart": 1900, "connectorId": 2}
    one, two = (
        opened(10000001, 1100, 1, "1111", "company-x", TIME),
        opened(11000001, 1900, 2, "1111", "company-x", TIME),
    )
    assert answer("StartTransaction", second, context({10000001: one}))[0] == Open(11000001, two)
    assert answer("StartTransaction", first, context({11000001: two}))[0] == Open(10000001, one)
    both = context({10000001: one, 11000001: two})
    for transaction_id, connector_id, begin_wh in ((10000001, 1, 1100), (11000001, 2, 1900)):
        stop = {"transactionId": transaction_id, "meterStop": 3000, "timestamp": TIME}
        record = booked(answer("StopTransaction", stop, both))
        assert (record["connector_id"], record["consumed_wh"]) == (connector_id, 3000 - begin_wh)


def test_an_id_that_is_open_is_given_to_nobody_else() -> None:
    """The next free slot is taken where the connector's own is an open charge's, and the operator is told."""
    start = {"idTag": "1111", "meterStart": 1900, "connectorId": 12, "timestamp": TIME}
    seen = opened(11000001, 1100, 2, "1111", "company-x", TIME)
    assert answer("StartTransaction", start, context({11000001: seen})) == [
        Notice("transaction-slot", "12000001 is not in its connector's slot"),
        Open(12000001, opened(12000001, 1900, 12, "1111", "company-x", TIME)),
        Reply({"transactionId": 12000001, **ACCEPTED}),
    ]


def test_the_same_start_again_has_the_same_id() -> None:
    """With connector, card, reading and time of an open start it is that one, as it was first seen, and it runs."""
    seen = {**opened(12000001, 1900, 1, "1111", "company-x", TIME), "received": "2026-03-15T11:00:01Z"}
    start = {"idTag": "1111", "meterStart": 1900, "connectorId": 1, "timestamp": TIME}
    effects = answer("StartTransaction", start, context({12000001: {**seen, "presumed_over": NOW_TEXT}}))
    assert effects == [Open(12000001, seen), Reply({"transactionId": 12000001, **ACCEPTED})]


@pytest.mark.parametrize("change", [{"meterStart": 1901}, {"timestamp": NOW_TEXT}, {"idTag": "2222"}])
def test_a_new_start_ends_what_was_open_on_its_connector(change: Payload) -> None:
    """It has an id of its own, and the one before is put aside with the reading; other connectors go on."""
    seen = {
        10000001: opened(10000001, 1900, 1, "1111", "company-x", TIME),
        11000001: opened(11000001, 1900, 2, "1111", "company-x", TIME),
    }
    start = {"idTag": "1111", "meterStart": 1900, "connectorId": 1, "timestamp": TIME, **change}
    effects = answer("StartTransaction", start, context(seen))
    assert [effect for effect in effects if isinstance(effect, End)] == [End(10000001, int(str(start["meterStart"])))]
    (begun,) = [effect for effect in effects if isinstance(effect, Open)]
    assert begun.transaction_id == 12000001


def test_an_id_that_is_shared_all_the_same() -> None:
    """Where each slot is taken two charges have one id: what was seen of either is not believed."""
    every = {10000001 + slot * 1000000: opened(10000001, 1100, slot + 20, "1111", "company-x") for slot in range(10)}
    start = {"idTag": "1111", "meterStart": 1900, "connectorId": 1, "timestamp": TIME}
    *_, begun, reply = answer("StartTransaction", start, context(every))
    unsure = {**opened(10000001, 1900, 1, "1111", "company-x", TIME), "ambiguous": True}
    assert (begun, reply) == (Open(10000001, unsure), Reply({"transactionId": 10000001, **ACCEPTED}))
    stop = {"transactionId": 10000001, "meterStop": 3000, "timestamp": TIME}
    record = booked(answer("StopTransaction", stop, context({10000001: unsure})))
    assert record["consumed_kwh"] == "2" and "begin_wh" not in record


@pytest.mark.parametrize("claimed", [-1, 0, "-1", None, "x", 2**40])
def test_stop_of_the_only_open_transaction(claimed: object) -> None:
    """A stop whose id cannot be ours is of the only open transaction that fits, and the operator is told."""
    start = {"begin_wh": 9042100, "connector_id": 1}
    stop = {"transactionId": claimed, "meterStop": 9050000, "timestamp": TIME}
    effects = answer("StopTransaction", stop, context({20009042: start}))
    read = int(str(claimed)) if claimed not in (None, "x") else None
    assert effects == [
        Notice("unknown-transaction", f"transactionId {read} taken for 20009042"),
        book(stop, 20009042, Start(9042100, None, 1)),
        Close(20009042),
        Reply({}),
    ]
    assert booked(effects)["account"] == "family-y"


@pytest.mark.parametrize(
    ("transactions", "why"),
    [
        ({}, None),
        ({20009042: {"begin_wh": 9060000}}, None),
        ({20009042: {"begin_wh": 1}, 10000001: {"begin_wh": 1}}, "ambiguous"),
    ],
)
def test_stop_of_nobody_knows_what(transactions: dict[int, dict[str, Any]], why: str | None) -> None:
    """With none, several, or only an unfitting open transaction the energy is recorded as unassigned."""
    stop = {"transactionId": -1, "meterStop": 9050000, "timestamp": TIME}
    *effects, reply = answer("StopTransaction", stop, context(transactions))
    assert effects[0] == Notice("unknown-transaction", "transactionId -1 taken for None")
    assert [type(effect) for effect in effects[1:]] == [Book] and reply == Reply({})
    record = booked([*effects, reply])
    assert (record["account"], record["consumed_kwh"], record["end_wh"]) == ("unassigned", "0", 9050000)
    assert record.get("unassigned_because") == why


RUNS, OLD, RECENT, LATER = None, "2026-03-15T11:44:59Z", "2026-03-15T11:45:00Z", "2026-03-15T11:59:00Z"


@pytest.mark.parametrize(
    ("over", "meant"),
    [
        ([RUNS, RECENT], 10000002),
        ([RUNS, RUNS, LATER], 10000003),
        ([OLD, LATER], 10000002),
        ([RUNS, OLD], None),
        ([RECENT, LATER], None),
        ([OLD], 10000001),
        ([RUNS], 10000001),
    ],
)
def test_which_is_meant_by_a_stop_without_an_id(over: list[str | None], meant: int | None) -> None:
    """One presumed over in the last 15 minutes goes before those that run; one that fits is it; of several none is."""
    seen = {10000000 + number: {"begin_wh": 1000 * number, "presumed_over": at} for number, at in enumerate(over, 1)}
    effects = answer("StopTransaction", {"transactionId": -1, "meterStop": 9000, "timestamp": TIME}, context(seen))
    assert booked(effects).get("transaction_id") == meant
    assert [effect for effect in effects if isinstance(effect, Close)] == ([Close(meant)] if meant else [])
