"""Changes to the list of accounts and cards: what is asked for is done, and all else stays as it was written."""

from __future__ import annotations

import copy
from datetime import date
from functools import partial
from typing import Any

import pytest

from shocpp.errors import DataError, MissingError
from shocpp.ledger import tag_edits
from shocpp.ledger.accounts import Accounts

LISTED: list[dict[str, Any]] = [
    {"index": 7, "note": "first", "account": "company-x", "ids": ["1111", {"note": "lost", "id": "aB22"}]},
    {"index": 2, "account": "family-y", "ids": ["3333"]},
]

TODAY = date(2026, 5, 1)
remove = partial(tag_edits.remove, today=TODAY)


def none() -> set[int]:
    """Give the indexes of no records."""
    return set()


@pytest.fixture(autouse=True)
def _the_list_stays() -> Any:
    """What is handed in is never changed."""
    before = copy.deepcopy(LISTED)
    yield
    assert before == LISTED


def test_cards_are_added_at_an_account_s_end() -> None:
    """An account is found whatever its case; its other fields, their order and its index stay."""
    made = tag_edits.add(LISTED, "Company-X", ["4444", "5555"], none)
    assert made[0] == {**LISTED[0], "ids": [*LISTED[0]["ids"], "4444", "5555"]}
    assert (list(made[0]), made[1]) == (list(LISTED[0]), LISTED[1])


@pytest.mark.parametrize(("used", "index"), [(set(), 8), ({3}, 8), ({9, 30}, 31), ({213, 214}, 1), ({1, 214}, 3)])
def test_a_new_account_has_an_index_that_nobody_had(used: set[int], index: int) -> None:
    """It is the one after the largest that was ever given, and where that was the last, one that never was."""
    made = tag_edits.add(LISTED, "tenant-z", ["6666"], lambda: used)
    assert made == [*LISTED, {"index": index, "account": "tenant-z", "ids": ["6666"]}]


def test_all_indexes_are_given() -> None:
    """Where every index was somebody's, no account is made; one that is there takes cards all the same."""
    with pytest.raises(DataError, match="all 214"):
        tag_edits.add(LISTED, "tenant-z", [], lambda: set(range(1, 215)))
    assert tag_edits.add(LISTED, "family-y", ["4"], lambda: set(range(1, 215)))[1]["ids"] == ["3333", "4"]


@pytest.mark.parametrize("card", ["3333", "AB22"])
def test_a_card_is_listed_once(card: str) -> None:
    """A card that is anybody's is not given to somebody else, or again."""
    with pytest.raises(DataError, match="already"):
        tag_edits.add(LISTED, "company-x", [card], none)


@pytest.mark.parametrize(
    ("card", "place", "listed"),
    [
        ("1111", 0, {"id": "1111", "status": "Blocked"}),
        ("AB22", 1, {"note": "lost", "id": "aB22", "status": "Blocked"}),
    ],
)
def test_a_card_is_blocked_where_it_stands(card: str, place: int, listed: dict[str, str]) -> None:
    """It keeps its place, its spelling and its note; blocked once more nothing changes."""
    made = tag_edits.block(LISTED, card)
    assert made[0]["ids"][place] == listed
    assert (made[1], made[0]["ids"][1 - place]) == (LISTED[1], LISTED[0]["ids"][1 - place])
    assert tag_edits.block(made, card) == made


def test_a_card_or_an_account_is_removed() -> None:
    """A card leaves its account, an account goes with its cards; the rest keeps its order."""
    assert remove(LISTED, "ab22") == [{**LISTED[0], "ids": ["1111"]}, LISTED[1]]
    assert remove(LISTED, "COMPANY-X") == [{"index": 7, "removed": "2026-05-01"}, LISTED[1]]
    assert Accounts.from_list(remove(remove(LISTED, "1111"), "aB22")).tags_of("company-x") == []


def test_an_index_is_never_given_twice() -> None:
    """An account that was made and removed keeps its index, though no charge knows of it; made anew it has another."""
    made = tag_edits.add(LISTED, "tenant-z", ["6666"], none)
    removed = remove(made, "tenant-z")
    assert removed == [*LISTED, {"index": 8, "removed": "2026-05-01"}]
    again = tag_edits.add(removed, "Tenant-Z", ["6666"], none)
    assert again == [*removed, {"index": 9, "account": "Tenant-Z", "ids": ["6666"]}]
    assert tag_edits.add(again, "tenant-z", ["7"], none)[3]["ids"] == ["6666", "7"]
    assert remove(tag_edits.block(again, "3333"), "6666")[2:] == [removed[2], {**again[3], "ids": []}]


@pytest.mark.parametrize("change", [tag_edits.block, remove])
def test_what_is_not_listed_is_told(change: Any) -> None:
    """A card that is not there is an error, so that nobody believes a lost one to be blocked."""
    with pytest.raises(MissingError, match="no card 9999"):
        change(LISTED, "9999")


def test_a_name_of_two_things_is_not_guessed() -> None:
    """What is an account and another account's card is not removed."""
    both = [*LISTED, {"index": 9, "account": "3333", "ids": []}]
    with pytest.raises(DataError, match="by hand"):
        remove(both, "3333")
