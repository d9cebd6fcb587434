"""Starting and stopping as people say it: which card is meant, and at which charge point a charge ends."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shocpp.calls import start_stop
from shocpp.errors import ConfigError, DataError, MissingError, ShocppError, UsageError
from shocpp.ledger.accounts import Accounts
from tests.support.charge_point import ChargePoint, Pipes
from tests.support.household import make_home

NOW = datetime(2026, 5, 1, tzinfo=UTC)
TWO = Accounts.from_list([
    {"index": 1, "account": "company-x", "ids": [
        {"id": "1111", "status": "Blocked"}, {"id": "2222", "expires": "2026-04-30T00:00:00Z"}, "aB33", "4444",
    ]},
    {"index": 2, "account": "family-y", "ids": ["company-x-spare", {"id": "5555", "status": "Expired"}]},
    {"index": 3, "account": "tenant-z", "ids": [{"id": "6666", "status": "Invalid"}]},
])  # fmt: skip


@pytest.mark.parametrize(
    ("whose", "card"),
    [("company-x", "aB33"), ("Company-X", "aB33"), ("AB33", "aB33"), ("4444", "4444"), ("family-y", "company-x-spare")],
)
def test_a_card_or_an_account_is_meant(whose: str, card: str) -> None:
    """A card is sent as it is listed; an account means its first card that may charge; case does not matter."""
    assert start_stop.start(TWO, whose, None, NOW) == ("RemoteStartTransaction", {"idTag": card})
    assert start_stop.start(TWO, whose, 2, NOW)[1] == {"idTag": card, "connectorId": 2}


@pytest.mark.parametrize(
    ("whose", "error", "said"),
    [
        (None, UsageError, "whose charge? There are company-x, family-y, tenant-z"),
        ("1111", DataError, "1111 of company-x may not charge: it is Blocked"),
        ("2222", DataError, "Expired"),
        ("tenant-z", MissingError, "tenant-z has no card that may charge"),
        ("compayn-x", MissingError, "did you mean company-x?"),
        ("\x1b[2J", MissingError, "<1B>[2J"),
    ],
)
def test_what_means_nothing_is_told(whose: str | None, error: type[ShocppError], said: str) -> None:
    """Nothing is sent for a card that may not charge, an unknown one, or where nobody said whose charge it is."""
    with pytest.raises(error) as raised:
        start_stop.start(TWO, whose, None, NOW)
    assert said in str(raised.value)


def test_a_name_of_two_things_is_not_guessed() -> None:
    """What is an account and another account's card means neither."""
    both = Accounts.from_list([
        {"index": 1, "account": "a", "ids": ["1"]}, {"index": 2, "account": "b", "ids": ["A"]},
    ])  # fmt: skip
    with pytest.raises(UsageError, match="is an account, and a card of b"):
        start_stop.card_of(both, "a", NOW)


def test_the_only_account_need_not_be_named() -> None:
    """Where there is one account its card is meant; where there is none nobody may charge."""
    one = Accounts.from_list([{"index": 1, "account": "a", "ids": ["1"]}])
    assert start_stop.card_of(one, None, NOW) == "1"
    with pytest.raises(ConfigError, match="no accounts"):
        start_stop.card_of(Accounts(), None, NOW)


def test_the_only_charge_under_way_is_stopped(tmp_path: Path) -> None:
    """Of several charge points the one that charges is meant; of two that charge none, nor one that seems done."""
    home = make_home(tmp_path / "checkout")
    run_dir = str(home / "run")

    def begin(identity: str, **more: str) -> None:
        folder = home / "run" / identity / "transactions"
        folder.mkdir()
        (folder / "10000001.json").write_text(json.dumps({"connector_id": 1, "begin_wh": 1, **more}))

    with ChargePoint(Pipes(home, "CP001")), ChargePoint(Pipes(home, "CP002")), ChargePoint(Pipes(home, "CP003")):
        assert start_stop.where_to_stop(run_dir, None) is None
        begin("CP001", presumed_over="2026-05-01T00:00:00Z")
        assert start_stop.where_to_stop(run_dir, None) is None
        begin("CP002")
        assert start_stop.where_to_stop(run_dir, None) == "CP002"
        assert start_stop.where_to_stop(run_dir, "CP001") == "CP001"
        begin("CP003")
        assert start_stop.where_to_stop(run_dir, None) is None
