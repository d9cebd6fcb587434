"""One stop in many spellings: what a charge point sends again need not look the same."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shocpp.central_system.context import Context
from shocpp.central_system.effects import Book
from shocpp.central_system.v16.charges import stop_transaction
from shocpp.ledger.accounts import Accounts
from shocpp.ledger.record import Record
from shocpp.spool.accounting import record_reader
from shocpp.spool.accounting.accounting import digest_of
from shocpp.spool.accounting.accounting_folder import AccountingFolder

ACCOUNTS = Accounts.from_list([{"index": 2, "account": "family-y", "ids": ["3333"]}])
STOP = {"transactionId": 20009042, "meterStop": 9075000, "timestamp": "2023-09-03T07:52:10Z"}
SPELLINGS: list[dict[str, Any]] = [
    {},
    {"transactionId": 20009042.0},
    {"transactionId": " 20009042"},
    {"meterStop": "9075000.0"},
    {"timestamp": "2023-09-03T07:52:10.000Z"},
    {"timestamp": "2023-09-03T09:52:10+02:00"},
]


def record_of(**said: Any) -> Record:
    """Give the record that a stop makes."""
    now = datetime(2023, 9, 3, 7, 52, 12, tzinfo=UTC)
    effects = stop_transaction({**STOP, **said}, Context("CP001", ACCOUNTS, now, {}, zone=UTC))
    (book,) = [effect for effect in effects if isinstance(effect, Book)]
    return book.record


def test_six_spellings_of_a_stop_are_one_record(tmp_path: Path) -> None:
    """The same numbers and the same second, however they are written, are booked once: 33 kWh, not six times that."""
    booked = [AccountingFolder(str(tmp_path)).book(record_of(**said)) for said in SPELLINGS]
    assert [is_new for _, is_new in booked] == [True, False, False, False, False, False]
    (charge,) = record_reader.read(AccountingFolder(str(tmp_path)), print)
    assert charge.consumed_kwh == 33


def test_what_cannot_be_read_counts_as_it_was_sent() -> None:
    """Ids and times that are no numbers and no times tell stops apart by their texts."""
    strange = [{"transactionId": "a"}, {"transactionId": "b"}, {"timestamp": "soon"}, {"timestamp": "later"}]
    names = {digest_of(record_of(**said).digest_source) for said in strange}
    assert len(names) == 4
