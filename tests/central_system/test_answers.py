"""What each message means: effects in their order, from plain values, without a clock, a disk or a log."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from shocpp.central_system.context import Context
from shocpp.central_system.effects import (
    Close,
    Effect,
    Notice,
    PresumeOver,
    Refuse,
    Reply,
    See,
    SeeMeter,
    SeeUnlisted,
)
from shocpp.central_system.v16 import charges
from shocpp.central_system.v16.answers import ABOUT_TRANSACTIONS, HANDLERS, OF_CHARGES, answer
from shocpp.ledger.accounts import Accounts
from shocpp.ocpp import refusals
from shocpp.ocpp.frames import Payload
from shocpp.ocpp.v16.operations import CENTRAL_SYSTEM, CHARGE_POINT, OPERATIONS, may_start
from tests.support.answered import ACCOUNTS, NOW, NOW_TEXT, book, context

SERVED = {*HANDLERS, *OF_CHARGES}


@pytest.mark.parametrize("action", sorted(SERVED))
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


@pytest.mark.parametrize("action", [*sorted(OPERATIONS.keys() - SERVED), "Nap", "", "heartbeat"])
def test_what_is_not_served(action: str) -> None:
    """A known action of the other side is not served, any other is unknown; nothing else happens."""
    assert not may_start(CHARGE_POINT, action), f"write what {action} means, and name that in HANDLERS of answers.py"
    refusal = Refuse(refusals.UNKNOWN_ACTION, "unknown action")
    if may_start(CENTRAL_SYSTEM, action):
        refusal = Refuse(refusals.NOT_SERVED, f"{action} is not for a central system")
    assert answer(action, {}, context()) == [refusal]


def test_what_is_about_charges_is_named() -> None:
    """An action whose meaning is imported late is known to be served before that, and no other is said to be."""
    assert charges.HANDLERS.keys() == OF_CHARGES


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
