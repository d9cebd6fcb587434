"""What each message means: effects in their order, from plain values, without a clock, a disk or a log."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from shocpp.central_system.context import Context
from shocpp.central_system.effects import (
    Book,
    Close,
    Effect,
    End,
    Notice,
    Open,
    PresumeOver,
    Refuse,
    Reply,
    See,
    SeeMeter,
    SeeUnlisted,
)
from shocpp.central_system.v16.answers import ABOUT_TRANSACTIONS, HANDLERS, answer
from shocpp.ledger.accounts import Accounts
from shocpp.ledger.record import Record, Stop
from shocpp.ledger.start import Start
from shocpp.ocpp import refusals
from shocpp.ocpp.frames import Payload
from shocpp.ocpp.v16.operations import CENTRAL_SYSTEM, OPERATIONS, may_start
from tests.support.scratch import TAGS

ACCOUNTS = Accounts.from_list(TAGS)
NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
NOW_TEXT = "2026-03-15T12:00:00Z"
TIME = "2026-03-15T11:00:00Z"
ACCEPTED: Payload = {"idTagInfo": {"status": "Accepted"}}
INVALID: Payload = {"idTagInfo": {"status": "Invalid"}}


def context(transactions: dict[int, dict[str, Any]] | None = None, **settings: Any) -> Context:
    """Make the context of a charge point with the usual accounts."""
    return Context("CP001", ACCOUNTS, NOW, transactions or {}, zone=UTC, **settings)


def book(request: Payload, transaction_id: int | None, start: Start | None = None) -> Book:
    """Make the effect that books a stop as it was sent."""
    stop = Stop(
        "CP001",
        transaction_id,
        int(str(request["meterStop"])),
        TIME,
        as_sent=(said(request["transactionId"]), said(request["meterStop"])),
        id_tag=said(request.get("idTag")),
        start=start,
    )
    return Book(Record(stop, ACCOUNTS, "kwh", NOW, UTC))


def said(value: object) -> str | None:
    """Give what was sent as a record has it: as text."""
    return None if value is None else str(value)


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


class Untouched(Mapping[int, dict[str, Any]]):
    """Open transactions at which nobody may look."""

    def __getitem__(self, key: int) -> dict[str, Any]:
        raise AssertionError(key)

    def __iter__(self) -> Iterator[int]:
        raise AssertionError

    def __len__(self) -> int:
        raise AssertionError


@pytest.mark.parametrize("action", sorted(set(OPERATIONS) - ABOUT_TRANSACTIONS))
def test_who_looks_at_transactions_says_so(action: str) -> None:
    """Only the actions that are said to be about transactions look at those that are open: all others get none."""
    payload = {"idTag": "1111", "transactionId": 10000001, "connectorId": 1, "meterStop": 5, "meterValue": []}
    answer(action, payload, Context("CP001", ACCOUNTS, NOW, Untouched(), zone=UTC))


def test_a_context_is_a_value() -> None:
    """Another time, other accounts and open transactions make another context, and leave the one there was."""
    before = context(heartbeat_interval_s=300, unit="wh", parent_id_tag=True)
    later, opened = datetime(2026, 3, 15, 13, tzinfo=UTC), {5: {"begin_wh": 5}}
    after = before.at(later, Accounts()).about(opened)
    assert (before.now, before.now_text, before.accounts, before.transactions) == (NOW, NOW_TEXT, ACCOUNTS, {})
    assert (after.now, after.now_text, after.transactions) == (later, "2026-03-15T13:00:00Z", opened)
    assert len(after.accounts) == 0
    for name in ("identity", "unit", "heartbeat_interval_s", "parent_id_tag", "zone", "charge_point"):
        assert getattr(after, name) == getattr(before, name)


def test_effects_are_values() -> None:
    """Effects that say the same are equal, others are not, and each shows what it says."""
    assert Close(5) == Close(5) != Close(6)
    assert Reply({"a": 1}) != SeeMeter({"a": 1})
    assert repr(See("boot", "", {"at": "x"})) == "See(key='', section='boot', value={'at': 'x'})"
    stop: Payload = {"transactionId": 10000001, "meterStop": 4000}
    assert book(stop, 10000001) == book(stop, 10000001) != book({**stop, "meterStop": 4001}, 10000001)


@pytest.mark.parametrize("action", [*sorted(set(OPERATIONS) - set(HANDLERS)), "Nap", "", "heartbeat"])
def test_what_is_not_served(action: str) -> None:
    """A known action of the other side is not served, any other is unknown; nothing else happens."""
    refusal = Refuse(refusals.UNKNOWN_ACTION, "unknown action")
    if may_start(CENTRAL_SYSTEM, action):
        refusal = Refuse(refusals.NOT_SERVED, f"{action} is not for a central system")
    assert answer(action, {}, context()) == [refusal]


@pytest.mark.parametrize(
    ("action", "payload", "field"),
    [
        ("Authorize", {}, "idTag"),
        ("StartTransaction", {"meterStart": 5}, "idTag"),
        ("StartTransaction", {"idTag": "1111"}, "meterStart"),
        ("StopTransaction", {"transactionId": 10000001}, "meterStop"),
    ],
)
def test_what_cannot_be_done_without(action: str, payload: Payload, field: str) -> None:
    """A request without what its answer needs is refused by the field's name, and nothing else happens."""
    assert answer(action, payload, context()) == [Refuse(refusals.MISSING, f"{field} is missing or cannot be read")]


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


def opened(
    transaction_id: int, begin_wh: int, connector_id: int | None, id_tag: str, account: str, started: str | None = None
) -> dict[str, object]:
    """Give what is kept of a start."""
    return {
        "transaction_id": transaction_id,
        "connector_id": connector_id,
        "id_tag": id_tag,
        "account": account,
        "begin_wh": begin_wh,
        "started": started,
        "received": NOW_TEXT,
    }


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


def test_meter_values_touch_no_transaction() -> None:
    """MeterValues are a sighting and nothing else."""
    payload: Payload = {"connectorId": 1, "transactionId": 5}
    assert answer("MeterValues", payload, context()) == [SeeMeter(payload), Reply({})]


@pytest.mark.parametrize(
    ("tag", "status"),
    [
        ("1111", "Accepted"),
        ("04:a2:5F:1b", "Accepted"),
        ("6666", "Blocked"),
        ("7777", "Expired"),
        ("0000", "Invalid"),
    ],
)
def test_status_of_tags(tag: str, status: str) -> None:
    """The status of a card is that of its entry at our time, without case; one that is refused is noted."""
    *noted, reply = answer("Authorize", {"idTag": tag}, context())
    said = {"status": status, "at": NOW_TEXT}
    refused = SeeUnlisted(tag, said) if status == "Invalid" else See("refused_tags", tag, said)
    assert noted == ([] if status == "Accepted" else [refused])
    assert isinstance(reply, Reply)
    info = reply.payload["idTagInfo"]
    assert isinstance(info, dict) and info["status"] == status


def test_the_parent_is_the_account() -> None:
    """If that is wanted a card's parent is its account."""
    info = {"status": "Accepted", "parentIdTag": "family-y"}
    assert answer("Authorize", {"idTag": "3333"}, context(parent_id_tag=True)) == [Reply({"idTagInfo": info})]


def test_a_boot_keeps_what_the_specification_has() -> None:
    """What some firmware adds, a password perhaps, is not kept where everybody who may look at the status sees it."""
    seen = answer("BootNotification", {"chargePointVendor": "v", "password": "hunter22"}, context())[0]
    assert seen == See("boot", "", {"chargePointVendor": "v", "at": NOW_TEXT})


def test_the_parent_is_short_and_no_others() -> None:
    """A parent has at most 20 characters; of two accounts that begin alike it is not the same."""
    entries = [{"index": index, "account": "a" * 20 + str(index), "ids": [f"tag{index}"]} for index in (1, 2)]
    given = Context("CP001", Accounts.from_list(entries), NOW, {}, zone=UTC, parent_id_tag=True)
    parents = set()
    for index in (1, 2):
        (reply,) = answer("Authorize", {"idTag": f"tag{index}"}, given)
        assert isinstance(reply, Reply) and isinstance(reply.payload["idTagInfo"], dict)
        parents.add(reply.payload["idTagInfo"]["parentIdTag"])
    assert parents == {"aaaaaaaaaaaaaaaa-1", "aaaaaaaaaaaaaaaa-2"}


def test_boot() -> None:
    """A booting charge point is accepted, told our time and the interval that is set; what it says is noted."""
    assert answer("BootNotification", {"chargePointVendor": "v"}, context(heartbeat_interval_s=300)) == [
        See("boot", "", {"chargePointVendor": "v", "at": NOW_TEXT}),
        PresumeOver(None, NOW_TEXT),
        Reply({"status": "Accepted", "currentTime": NOW_TEXT, "interval": 300}),
    ]


@pytest.mark.parametrize(
    ("action", "payload", "effects"),
    [
        ("Heartbeat", {}, [Reply({"currentTime": NOW_TEXT})]),
        ("DataTransfer", {"vendorId": "v"}, [Reply({"status": "UnknownVendorId"})]),
        ("SignCertificate", {"csr": "x"}, [Reply({"status": "Rejected"})]),
        (
            "StatusNotification",
            {"connectorId": 2, "status": "Charging", "errorCode": "NoError", "vendor": "x"},
            [See("connectors", "2", {"status": "Charging", "errorCode": "NoError", "at": NOW_TEXT}), Reply({})],
        ),
        (
            "StatusNotification",
            {"connectorId": 2, "status": "Available"},
            [
                See("connectors", "2", {"status": "Available", "at": NOW_TEXT}),
                PresumeOver(2, NOW_TEXT),
                Reply({}),
            ],
        ),
        (
            "StatusNotification",
            {"connectorId": 0, "status": "Available"},
            [See("connectors", "0", {"status": "Available", "at": NOW_TEXT}), Reply({})],
        ),
        ("SecurityEventNotification", {"type": "t"}, [Notice("", "security event t"), Reply({})]),
        (
            "FirmwareStatusNotification",
            {"status": "Idle"},
            [See("firmware", "", {"status": "Idle", "at": NOW_TEXT}), Reply({})],
        ),
    ],
)
def test_what_tells_how_things_are(action: str, payload: Payload, effects: list[Effect]) -> None:
    """What only tells how things are is noted and confirmed; nothing is booked."""
    assert answer(action, payload, context()) == effects
