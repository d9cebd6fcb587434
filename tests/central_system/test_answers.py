"""What each message means: effects in their order, from plain values, without a clock, a disk or a log."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from shocpp.central_system.effects import Book, Close, Effect, Notice, Open, Refuse, Reply, See, SeeMeter
from shocpp.central_system.v16.answers import HANDLERS, Context, answer
from shocpp.ledger.accounts import Accounts
from shocpp.ocpp.v16.operations import CENTRAL_SYSTEM, OPERATIONS, may_start
from tests.support.scratch import TAGS

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
TIME = "2026-03-15T11:00:00Z"


def context(transactions: dict[int, dict[str, Any]] | None = None, **settings: Any) -> Context:
    """Make the context of a charge point with the usual accounts."""
    return Context("CP001", Accounts.from_list(TAGS), NOW, transactions or {}, zone=UTC, **settings)


def kinds(effects: list[Effect]) -> list[type]:
    """Give the kinds of effects, in order."""
    return [type(effect) for effect in effects]


def confirmed(effects: list[Effect]) -> dict[str, Any]:
    """Give the payload of the confirmation, which must be the last effect and the only answer."""
    assert not [effect for effect in effects[:-1] if isinstance(effect, Reply | Refuse)]
    assert isinstance(effects[-1], Reply)
    return effects[-1].payload


def booked(effects: list[Effect]) -> dict[str, Any]:
    """Give the fields of the record, which must be the only one and stand before the answer."""
    (record,) = [effect.record for effect in effects[:-1] if isinstance(effect, Book)]
    return record.fields


@pytest.mark.parametrize("action", sorted(HANDLERS))
@pytest.mark.parametrize("value", [None, True, 5, 1.5, "", "x", [], [[]], {}, {"a": {}}, "\ud800", float("nan")])
def test_any_value_anywhere(action: str, value: object) -> None:
    """Whatever stands in any field there is one answer, it is the last effect, and the request is left as it was."""
    fields = ("connectorId", "idTag", "meterStart", "meterStop", "meterValue", "reason", "status", "timestamp")
    for payload in (
        {},
        dict.fromkeys((*fields, "transactionId", "transactionData", "type", "csr"), value),
        {"idTag": "1111", "meterStart": 5, "meterStop": 5, "transactionId": value, "timestamp": value},
    ):
        before = copy.deepcopy(payload)
        effects = answer(action, payload, context())
        assert [isinstance(effect, Reply | Refuse) for effect in effects] == [False] * (len(effects) - 1) + [True]
        assert repr(payload) == repr(before)


@pytest.mark.parametrize("action", [*sorted(set(OPERATIONS) - set(HANDLERS)), "Nap", "", "heartbeat"])
def test_what_is_not_served(action: str) -> None:
    """A known action of the other side is NotSupported, an unknown one NotImplemented; nothing else happens."""
    (refusal,) = answer(action, {}, context())
    assert isinstance(refusal, Refuse)
    assert refusal.code == ("NotSupported" if may_start(CENTRAL_SYSTEM, action) else "NotImplemented")


def test_stop_is_booked_before_it_is_confirmed() -> None:
    """The record comes before everything that says that it is there."""
    start = {"begin_wh": 1500, "connector_id": 1, "id_tag": "1111", "started": "2026-03-15T10:00:00Z"}
    stop = {"transactionId": 10000001, "meterStop": 4000, "timestamp": TIME, "idTag": "2222"}
    effects = answer("StopTransaction", stop, context({10000001: start}))
    assert kinds(effects) == [Book, Close, Reply]
    assert confirmed(effects) == {"idTagInfo": {"status": "Accepted"}}
    record = booked(effects)
    assert (record["consumed_wh"], record["duration_s"], record["id_tag"]) == (2500, 3600, "1111")


def test_start_is_kept_before_it_is_confirmed() -> None:
    """What is known of the start is kept under the id that is given."""
    effects = answer("StartTransaction", {"idTag": "3333", "meterStart": 9042100, "connectorId": 2}, context())
    assert kinds(effects) == [Open, Reply]
    assert confirmed(effects) == {"transactionId": 20009042, "idTagInfo": {"status": "Accepted"}}
    assert isinstance(effects[0], Open)
    assert (effects[0].transaction_id, effects[0].seen["account"]) == (20009042, "family-y")


def test_refused_start_is_noted() -> None:
    """A card that is refused is noted, so that it can be listed, and its charge has an id of nobody."""
    effects = answer("StartTransaction", {"idTag": "0000", "meterStart": 5000, "connectorId": 1}, context())
    assert kinds(effects) == [See, Open, Reply]
    assert confirmed(effects) == {"transactionId": 5, "idTagInfo": {"status": "Invalid"}}


def test_what_does_not_fit_into_an_id() -> None:
    """Where account and meter do not fit into 31 bits the operator is told, and the card gets an id of nobody."""
    tags = [{"index": 214, "account": "last", "ids": ["1"]}]
    effects = answer(
        "StartTransaction",
        {"idTag": "1", "meterStart": 7_483_648_000},
        Context("CP001", Accounts.from_list(tags), NOW, {}, zone=UTC),
    )
    assert confirmed(effects) == {"transactionId": 7_483_648, "idTagInfo": {"status": "Invalid"}}
    assert [effect.text for effect in effects if isinstance(effect, Notice)]


def test_same_id_on_two_connectors() -> None:
    """Two starts with one id on two connectors cannot be told apart: what was seen of either is not believed."""
    first = {"idTag": "1111", "meterStart": 1100, "connectorId": 1, "timestamp": TIME}
    opened = answer("StartTransaction", first, context())[0]
    assert isinstance(opened, Open)
    open_ones = {opened.transaction_id: dict(opened.seen)}
    again = answer("StartTransaction", {**first, "connectorId": 2, "meterStart": 1900}, context(open_ones))[0]
    assert isinstance(again, Open)
    stop = {"transactionId": 10000001, "meterStop": 3000, "timestamp": TIME}
    record = booked(answer("StopTransaction", stop, context({again.transaction_id: dict(again.seen)})))
    assert record["consumed_kwh"] == "2"
    assert "begin_wh" not in record


@pytest.mark.parametrize("claimed", [-1, 0, "-1", None, "x", 2**40])
def test_stop_of_the_only_open_transaction(claimed: object) -> None:
    """A stop whose id cannot be ours is of the only open transaction that fits, and the operator is told."""
    start = {"begin_wh": 9042100, "connector_id": 1}
    stop = {"transactionId": claimed, "meterStop": 9050000, "timestamp": TIME}
    effects = answer("StopTransaction", stop, context({20009042: start}))
    assert kinds(effects) == [Notice, Book, Close, Reply]
    assert booked(effects)["account"] == "family-y"


@pytest.mark.parametrize(
    "transactions", [{}, {20009042: {"begin_wh": 9060000}}, {20009042: {"begin_wh": 1}, 10000001: {"begin_wh": 1}}]
)
def test_stop_of_nobody_knows_what(transactions: dict[int, dict[str, Any]]) -> None:
    """With none, two, or only an unfitting open transaction the energy is recorded as unassigned."""
    stop = {"transactionId": -1, "meterStop": 9050000, "timestamp": TIME}
    effects = answer("StopTransaction", stop, context(transactions))
    assert confirmed(effects) == {}
    record = booked(effects)
    assert (record["account"], record["consumed_kwh"], record["end_wh"]) == ("unassigned", "0", 9050000)


def test_meter_values_touch_no_transaction() -> None:
    """MeterValues are a sighting and nothing else."""
    assert kinds(answer("MeterValues", {"connectorId": 1, "transactionId": 5}, context())) == [SeeMeter, Reply]


def test_status_of_tags() -> None:
    """The status of a card is that of its entry at our time, without case; the parent is the account, if wanted."""
    statuses = {
        tag: confirmed(answer("Authorize", {"idTag": tag}, context()))["idTagInfo"]["status"]
        for tag in ("1111", "04:a2:5F:1b", "6666", "7777", "0000")
    }
    assert list(statuses.values()) == ["Accepted", "Accepted", "Blocked", "Expired", "Invalid"]
    info = confirmed(answer("Authorize", {"idTag": "3333"}, context(parent_id_tag=True)))["idTagInfo"]
    assert info == {"status": "Accepted", "parentIdTag": "family-y"}


def test_boot() -> None:
    """A booting charge point is accepted, told our time and the interval that is set."""
    effects = answer("BootNotification", {"chargePointVendor": "v"}, context(heartbeat_interval_s=300))
    assert confirmed(effects) == {"status": "Accepted", "currentTime": "2026-03-15T12:00:00Z", "interval": 300}
