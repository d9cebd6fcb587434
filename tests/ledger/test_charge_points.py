"""charge-points.json as a list: what it means and what is wrong with it; and what a meter factor does to a charge."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.central_system import effects
from shocpp.central_system.context import Context
from shocpp.central_system.v16 import answers
from shocpp.errors import ConfigError
from shocpp.ledger.accounts import Accounts
from shocpp.ledger.charge_points import ChargePoints, ListedChargePoint

ACCOUNTS = Accounts.from_list([{"index": 3, "account": "company-x", "ids": ["1111"]}])
NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({}, "the whole file"),
        (["CP1"], "entry 1"),
        ([{}], "entry 1"),
        ([{"identity": ""}], "entry 1, field identity"),
        ([{"identity": "a/b"}], "entry 1, field identity"),
        ([{"identity": "a\nb"}], "entry 1, field identity"),
        ([{"identity": "CP1"}, {"identity": "CP1"}], "entry 2, field identity: 'CP1' is listed already"),
        ([{"identity": "CP1", "password": "x"}], "entry 1, field password"),
        ([{"identity": "CP1", "passwords": ["plain"]}], "entry 1, field passwords"),
        ([{"identity": "CP1", "passwords": ["$argon2"] * 3}], "entry 1, field passwords"),
        ([{"identity": "CP1", "meter_factor": 0}], "entry 1, field meter_factor"),
        ([{"identity": "CP1", "meter_factor": True}], "entry 1, field meter_factor"),
        ([{"identity": "CP1", "meter_factor": "1"}], "entry 1, field meter_factor"),
        ([{"identity": "CP1", "account": ""}], "entry 1, field account"),
        ([{"identity": "CP1", "accounts": []}], "entry 1, field accounts"),
        ([{"identity": "CP1", "accounts": "a"}], "entry 1, field accounts"),
        ([{"identity": "CP1", "accounts": [1]}], "entry 1, field accounts"),
        ([{"identity": "CP1", "accounts": [["a"]]}], "entry 1, field accounts"),
        ([{"identity": "CP1", "accounts": ["a", "a"]}], "entry 1, field accounts"),
        ([{"identity": "CP1", "account": "a", "accounts": ["b"]}], "entry 1, field account: 'a' is not among"),
        ([{"identity": "CP1", "most_kwh": 0}], "entry 1, field most_kwh"),
        ([{"identity": "CP1", "most_kwh": 0.5}], "entry 1, field most_kwh"),
        ([{"identity": "CP1", "most_kwh": True}], "entry 1, field most_kwh"),
        ([{"identity": "CP1", "most_kwh": 100_001}], "entry 1, field most_kwh"),
    ],
)
def test_faults(entries: object, said: str) -> None:
    """A fault is named with entry and field."""
    with pytest.raises(ConfigError, match=f"^{said}"):
        ChargePoints.from_list(entries)


@given(st.lists(st.integers(0, 10**9), min_size=2).map(sorted), st.sampled_from(["0.1", "0.001", "3", "1.0007"]))
def test_nothing_is_lost_over_the_life_of_a_meter(readings: list[int], factor: str) -> None:
    """What charges draw one after another adds up to what the meter counted, whatever its factor."""
    charge_point = ListedChargePoint("CP1", meter_factor=Fraction(factor))
    drawn = [charge_point.wh(end) - charge_point.wh(begin) for begin, end in pairwise(readings)]
    assert all(each >= 0 for each in drawn)
    assert sum(drawn) == charge_point.wh(readings[-1]) - charge_point.wh(readings[0])


def context(charge_point: ListedChargePoint) -> Context:
    """Give the context of a listed charge point."""
    return Context(charge_point.identity, ACCOUNTS, NOW, charge_point=charge_point)


def test_meter_factor() -> None:
    """Start and stop are both taken by the factor; the digest stays that of what was sent."""
    here = context(ListedChargePoint("CP1", meter_factor=Fraction("0.1")))
    *_, reply = answers.answer(
        "StartTransaction",
        {"connectorId": 1, "idTag": "1111", "meterStart": 50_000, "timestamp": "2026-03-15T10:00:00Z"},
        here,
    )
    assert isinstance(reply, effects.Reply) and reply.payload["transactionId"] == 30_000_005
    stop = {"transactionId": 30_000_005, "meterStop": 123_456, "timestamp": "2026-03-15T11:00:00Z"}
    booked = next(each for each in answers.answer("StopTransaction", stop, here) if isinstance(each, effects.Book))
    assert booked.record.fields["end_wh"] == 12_345
    assert booked.record.fields["consumed_kwh"] == "7"
    plain = next(
        each
        for each in answers.answer("StopTransaction", stop, context(ListedChargePoint("CP1")))
        if isinstance(each, effects.Book)
    )
    assert booked.record.digest_source == plain.record.digest_source


@pytest.mark.parametrize("card", [{}, {"idTag": ""}, {"idTag": "  "}, {"idTag": None}])
def test_charger_without_cards(card: dict[str, object]) -> None:
    """A charge without a card belongs to the account that is listed for the charge point."""
    here = context(ListedChargePoint("CP1", account="company-x"))
    request = {"connectorId": 1, "meterStart": 5000, "timestamp": "2026-03-15T10:00:00Z", **card}
    *_, reply = answers.answer("StartTransaction", request, here)
    assert isinstance(reply, effects.Reply)
    assert reply.payload == {"transactionId": 30_000_005, "idTagInfo": {"status": "Accepted"}}


@pytest.mark.parametrize("account", ["", "nobody's"])
def test_without_card_and_account(account: str) -> None:
    """Without an account that exists a charge without a card is refused as ever, and a card is still looked at."""
    here = context(ListedChargePoint("CP1", account=account))
    request = {"connectorId": 1, "meterStart": 5000, "timestamp": "2026-03-15T10:00:00Z", "idTag": ""}
    *_, reply = answers.answer("StartTransaction", request, here)
    assert isinstance(reply, effects.Refuse)
    *_, known = answers.answer("StartTransaction", {**request, "idTag": "1111"}, here)
    assert isinstance(known, effects.Reply) and known.payload["transactionId"] == 30_000_005


@pytest.mark.parametrize(("listed_kwh", "is_flagged"), [(None, True), (50, True), (2000, False)])
def test_the_limit_of_a_charge_point_goes_first(listed_kwh: int | None, is_flagged: bool) -> None:
    """A charge above the charge point's own limit, without one above that of all, is implausible and bills 0."""
    charge_point = ListedChargePoint("CP1", most_kwh=listed_kwh)
    here = Context("CP1", ACCOUNTS, NOW, charge_point=charge_point, most_kwh=100).at(NOW, ACCOUNTS)
    stop = {"transactionId": 30_000_005, "meterStop": 155_000, "timestamp": "2026-03-15T11:00:00Z"}
    (booked,) = [each for each in answers.answer("StopTransaction", stop, here) if isinstance(each, effects.Book)]
    assert booked.record.fields.get("anomaly") == ("implausible" if is_flagged else None)
    assert booked.record.fields["consumed_kwh"] == ("0" if is_flagged else "150")


HERE = ListedChargePoint("CP1", accounts=("family-y",))
THEIRS = Accounts.from_list(
    [{"index": 2, "account": "family-y", "ids": ["2222"]}, {"index": 3, "account": "company-x", "ids": ["1111"]}]
)
START = {"connectorId": 1, "meterStart": 5000, "timestamp": "2026-03-15T10:00:00Z"}
STOP = {"transactionId": 30_000_005, "meterStop": 12_000, "timestamp": "2026-03-15T11:00:00Z"}


def at(charge_point: ListedChargePoint | None, transactions: dict[int, dict[str, object]] | None = None) -> Context:
    """Give the context of a charge point at which not every account may charge, with open transactions."""
    return Context("CP1", THEIRS, NOW, transactions or {}, charge_point=charge_point)


def record_of(found: list[effects.Effect]) -> dict[str, object]:
    """Give the fields of the record that is booked."""
    (booked,) = [each for each in found if isinstance(each, effects.Book)]
    return booked.record.fields


@pytest.mark.parametrize(("action", "request_"), [("Authorize", {}), ("StartTransaction", START)])
def test_a_foreign_card_is_refused(action: str, request_: dict[str, object]) -> None:
    """A card of an account that may not charge there is Invalid and noted; one of an account that may is accepted."""
    *noted, reply = answers.answer(action, {**request_, "idTag": "1111"}, at(HERE))
    assert effects.See("refused_tags", "1111", {"status": "Invalid", "at": "2026-03-15T12:00:00Z"}) in noted
    assert isinstance(reply, effects.Reply) and reply.payload["idTagInfo"] == {"status": "Invalid"}
    assert reply.payload.get("transactionId", 5) == 5
    *noted, reply = answers.answer(action, {**request_, "idTag": "2222"}, at(HERE))
    assert not any(isinstance(each, effects.See) for each in noted)
    assert isinstance(reply, effects.Reply) and reply.payload["idTagInfo"] == {"status": "Accepted"}


def test_an_accepted_start_keeps_its_account() -> None:
    """A charge whose start was accepted is its account's, though the list says otherwise by now."""
    opened = next(
        each
        for each in answers.answer("StartTransaction", {**START, "idTag": "1111"}, at(None))
        if isinstance(each, effects.Open)
    )
    here = at(HERE, {opened.transaction_id: opened.seen})
    *found, reply = answers.answer("StopTransaction", {**STOP, "idTag": "1111"}, here)
    fields = record_of(found)
    assert (fields["account"], fields["consumed_wh"], fields.get("unassigned_because")) == ("company-x", 7000, None)
    assert reply == effects.Reply({"idTagInfo": {"status": "Invalid"}})


@pytest.mark.parametrize("transaction_id", [30_000_005, 70_000_005])
def test_a_stop_for_a_foreign_account_is_unassigned(transaction_id: int) -> None:
    """Without a start that was seen nobody can put energy on an account that may not charge there, named or not."""
    fields = record_of(answers.answer("StopTransaction", {**STOP, "transactionId": transaction_id}, at(HERE)))
    assert (fields["account"], fields["unassigned_because"]) == ("unassigned", "foreign-account")
    assert (fields["consumed_kwh"], fields["account_index"]) == ("7", transaction_id // 10_000_000)
    assert "anomaly" not in fields


@pytest.mark.parametrize("charge_point", [None, ListedChargePoint("CP1"), HERE])
def test_a_stop_for_an_account_that_may_charge(charge_point: ListedChargePoint | None) -> None:
    """Where the account may charge, or all may, a stop needs no start: the id is enough."""
    fields = record_of(answers.answer("StopTransaction", {**STOP, "transactionId": 20_000_005}, at(charge_point)))
    assert (fields["account"], fields["consumed_kwh"]) == ("family-y", "7")
    assert "unassigned_because" not in fields


@pytest.mark.parametrize("transaction_id", [5, -1])
def test_what_is_nobodys_anyway_says_no_more(transaction_id: int) -> None:
    """A refused start, or an id that says nothing, is unassigned for that, not for its account."""
    fields = record_of(answers.answer("StopTransaction", {**STOP, "transactionId": transaction_id}, at(HERE)))
    assert fields["account"] == "unassigned" and "unassigned_because" not in fields
