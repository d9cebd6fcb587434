"""What accounts promise: which tag belongs to whom and may charge, and which lists make no sense."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.errors import ConfigError
from shocpp.ledger.accounts import Accounts, normal

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)

LISTED = [
    {"index": 1, "account": "company-x", "ids": ["1111", "AbCdEf01"]},
    {
        "index": 214,
        "account": "family-y",
        "note": "upstairs",
        "ids": [
            {"id": "2222", "status": "Blocked", "note": "lost"},
            {"id": "3333", "expires": "2026-01-31T12:00:00Z"},
            {"id": "4444", "status": "Blocked", "expires": "2020-01-01T00:00:00Z"},
            {"id": "5555", "status": "Expired"},
            {"id": "6666", "status": "Invalid"},
            {"id": "VID:AA:BB", "status": "Accepted"},
        ],
    },
    {"index": 7, "account": "Günther Ö.", "ids": []},
]


def status_of(id_tag: str, now: datetime = NOW) -> str | None:
    """Give a tag's status; None if it is not listed."""
    tag = Accounts.from_list(LISTED).find(id_tag)
    return tag.status_at(now) if tag else None


def test_a_tag_belongs_to_its_account() -> None:
    """A listed tag is found with index and name of its account; an account may have no tag at all."""
    accounts = Accounts.from_list(LISTED)
    found = accounts.find("1111")
    assert found is not None and (found.index, found.account) == (1, "company-x")
    assert len(accounts) == 3
    assert accounts.names() == {1: "company-x", 214: "family-y", 7: "Günther Ö."}


@pytest.mark.parametrize(
    "read", ["abcdef01", "ABCDEF01", "aBcDeF01", "AbCdEf01\x00", "\x02AbCdEf01\r\n", "\x85abcdef01"]
)
def test_tags_compare_without_case_and_control_characters(read: str) -> None:
    """What a reader makes of the same card is the same tag (CiString20Type; quirk 15)."""
    assert status_of(read) == "Accepted"


@pytest.mark.parametrize("read", ["abcdef0", "abcdef011", " abcdef01", "AA:BB", "", "\x00"])
def test_nothing_else_is_the_same_tag(read: str) -> None:
    """A part of a tag, a longer one, a blank or nothing is another tag, so it is not listed."""
    assert status_of(read) is None


@pytest.mark.parametrize(
    ("id_tag", "status"),
    [("1111", "Accepted"), ("2222", "Blocked"), ("4444", "Blocked"), ("5555", "Expired"), ("6666", "Invalid")],
)
def test_a_listed_status_is_given(id_tag: str, status: str) -> None:
    """What tags.json says is what the charge point is told; Blocked stays so beyond its expiry."""
    assert status_of(id_tag) == status


def test_a_tag_expires_at_the_very_time() -> None:
    """A tag is Accepted until the time in ``expires`` and Expired from then on."""
    assert status_of("3333", NOW - timedelta(seconds=1)) == "Accepted"
    assert status_of("3333", NOW) == "Expired"
    assert status_of("3333", NOW + timedelta(days=400)) == "Expired"


def test_names_of_accounts_that_are_not_there() -> None:
    """An index without an account is unknown-<index>, index 0 is unassigned: recorded, billed to nobody else."""
    accounts = Accounts.from_list(LISTED)
    assert [accounts.name_of(index) for index in (1, 214, 8, 0)] == ["company-x", "family-y", "unknown-8", "unassigned"]
    assert Accounts().find("1111") is None and len(Accounts()) == 0


def test_an_account_that_was_removed() -> None:
    """Of it nothing is left but that its index was given: it is nobody's, and nobody else may have it."""
    removed = {"index": 8, "removed": "2026-05-01"}
    accounts = Accounts.from_list([*LISTED, removed])
    assert accounts.indexes() == {*Accounts.from_list(LISTED).names(), 8}
    assert (accounts.name_of(8), 8 in accounts.names()) == ("unknown-8", False)
    with pytest.raises(ConfigError, match="entry 5, field index: 8 is the index of an account that was removed"):
        Accounts.from_list([*LISTED, removed, {"index": 8, "account": "new", "ids": []}])


def changed(entry: dict[str, Any]) -> list[object]:
    """Give the good list with one more entry."""
    return [*LISTED, {"index": 9, "account": "new", "ids": ["9999"], **entry}]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"index": 1}, "entry 4, field index: 1 is the index of account 'company-x'"),
        ({"index": 0}, "entry 4, field index: 0 is not from 1 to 214"),
        ({"index": 215}, "entry 4, field index: 215"),
        ({"account": "company-x"}, "entry 4, field account: 'company-x' stands there already"),
        ({"account": ""}, "entry 4, field account"),
        ({"account": "a" * 65}, "entry 4, field account"),
        ({"account": "two\nlines"}, "entry 4, field account"),
        ({"account": "unassigned"}, "entry 4, field account"),
        ({"account": "unknown-7"}, "entry 4, field account"),
        ({"ids": ["8888", "1111"]}, "entry 4, field ids, item 2: the id is assigned to account 'company-x'"),
        ({"ids": ["ABCDEF01"]}, "entry 4, field ids, item 1: the id is assigned to account 'company-x'"),
        ({"ids": ["8888", "8888"]}, "entry 4, field ids, item 2: the id is assigned to account 'new'"),
        ({"ids": [""]}, "entry 4, field ids, item 1"),
        ({"ids": ["\x00"]}, "entry 4, field ids, item 1"),
        ({"ids": [5]}, "entry 4, field ids, item 1"),
        ({"ids": [{"status": "Blocked"}]}, "entry 4, field ids, item 1"),
        ({"ids": [{"id": "8", "status": "blocked"}]}, "entry 4, field ids, item 1, field status"),
        ({"ids": [{"id": "8", "expires": "soon"}]}, "entry 4, field ids, item 1, field expires"),
        ({"ids": [{"id": "8", "colour": "red"}]}, "entry 4, field ids, item 1"),
        ({"ids": "8888"}, "entry 4"),
        ({"index": "9"}, "entry 4"),
        ({"index": True}, "entry 4"),
        ({"colour": "red"}, "entry 4"),
        ({"removed": "2026-05-01"}, "entry 4: an account that is removed has its index and nothing else"),
    ],
)
def test_a_fault_is_named_with_its_place(entry: dict[str, Any], words: str) -> None:
    """A list that makes no sense is refused, and the message says in which entry and field."""
    with pytest.raises(ConfigError) as refused:
        Accounts.from_list(changed(entry))
    assert words in str(refused.value)


@pytest.mark.parametrize("entries", [None, {}, "x", 5, [5], [None], [[]], [{}], [{"index": 1, "account": "a"}]])
def test_no_list_of_accounts(entries: object) -> None:
    """Whatever JSON may hold instead of accounts is refused with one of our errors."""
    with pytest.raises(ConfigError):
        Accounts.from_list(entries)


@given(st.text())
def test_the_form_for_comparing_is_stable(id_tag: str) -> None:
    """Bringing a tag into the form for comparing twice changes nothing, and case never matters."""
    assert normal(normal(id_tag)) == normal(id_tag)
    assert normal(id_tag) == normal(normal(id_tag).upper()) or not id_tag.isascii()
