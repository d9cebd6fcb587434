"""A record as a document: natural types, and an id that stays."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shocpp.ledger.accounts import Accounts
from shocpp.ledger.charge import Charge
from shocpp.ledger.document import document, line, renamed
from tests.support.records import exact, legacy

ACCOUNTS = Accounts.from_list(
    [{"index": 7, "account": "new tenant", "ids": ["2222"]}, {"index": 8, "account": "fleet", "ids": ["04a2"]}]
)


def made(fields: dict[str, Any], digest: str = "") -> dict[str, Any]:
    """Make a document of a record's fields."""
    return document(Charge(fields, (2023, 9), f"1693727530-{digest}.json"))


def test_types() -> None:
    """Numbers are numbers, in old records too; nothing that a record says is lost."""
    assert made(legacy(), "0326fd891def") == {
        "_id": "0326fd891def",
        "month": "2023-09",
        "localtime": "2023-09-03 09:52:10",
        "unixtime": 1693727530,
        "account": "family-y",
        "begin_kwh": 9042,
        "end_kwh": 9075,
        "consumed_kwh": 33,
        "record": "2023/09/1693727530-0326fd891def.json",
        "energy_wh": 33_000,
    }
    record = exact(note="something new")
    assert record.keys() - made(record).keys() == set()
    assert made(record)["energy_wh"] == 32_400


def test_id_of_an_old_record() -> None:
    """The id of a record without digest depends on what it says alone, and never is one of ours."""
    record = legacy()
    backwards = dict(reversed(record.items()))
    moved = document(Charge(record, (2024, 1)))
    assert made(record)["_id"] == made(backwards)["_id"] == moved["_id"] == "fb418ab3f9df0a4a"
    assert made({**record, "account": "family-z"})["_id"] != made(record)["_id"]


def test_own_id_is_not_believed() -> None:
    """A record cannot say what its id is."""
    assert made({**legacy(), "_id": "mine"}, "0326fd891def")["_id"] == "0326fd891def"


@given(st.text())
def test_one_line(text: str) -> None:
    """Whatever a record says, it is one line of ASCII that reads back the same."""
    fields = {**legacy(), "note": text}
    written = line(made(fields, "0326fd891def"))
    assert written.isascii() and written.count("\n") == 1 and written.endswith("\n")
    assert json.loads(written)["note"] == text


def test_renamed() -> None:
    """An unknown index gets its account's name, an unassigned card its own; what has a name keeps it."""

    def fixed(**fields: Any) -> tuple[Any, ...]:
        found = renamed(made(exact(**fields)), ACCOUNTS)
        return found["account"], found["account_index"], found.get("booked_as")

    assert fixed(account="unknown-7", account_index=7) == ("new tenant", 7, "unknown-7")
    assert fixed(account="unknown-9", account_index=9) == ("unknown-9", 9, None)
    assert fixed(account="unassigned", account_index=0, id_tag="04A2") == ("fleet", 8, "unassigned")
    assert fixed(account="unassigned", account_index=0, id_tag="ffff") == ("unassigned", 0, None)
    assert fixed(account="family-y", account_index=2, id_tag="2222") == ("family-y", 2, None)
    assert fixed(account=f"unknown-{'7' * 5000}", account_index=7)[2] is None
    assert renamed(made(legacy("unknown-7")), ACCOUNTS)["account"] == "new tenant"
    assert renamed(made(legacy("unassigned")), ACCOUNTS)["account"] == "unassigned"


def test_renaming_keeps_the_id() -> None:
    """A record that gets another account's name stays the same document."""
    before = made(legacy("unknown-7"))
    assert renamed(before, ACCOUNTS)["_id"] == before["_id"]


def test_a_foreign_account_is_not_named_again() -> None:
    """What is nobody's since its account may not charge there stays so, whosever card ended it."""
    record = exact("unassigned", id_tag="2222")
    assert renamed(made(record), ACCOUNTS)["account"] == "new tenant"
    assert renamed(made({**record, "unassigned_because": "foreign-account"}), ACCOUNTS)["account"] == "unassigned"
