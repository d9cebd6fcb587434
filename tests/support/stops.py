"""Records of charges to be booked, made without protocol, and what a folder has of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from shocpp.ledger.accounts import Accounts
from shocpp.ledger.record import Record, Stop

ACCOUNTS = Accounts.from_list([{"index": 1, "account": "family-y", "ids": ["1111"]}])
RECEIVED = datetime(2023, 9, 3, 7, 52, 14, tzinfo=UTC)


def at(text: str) -> datetime:
    """Read a time."""
    return datetime.fromisoformat(text)


def record(
    number: int = 0,
    received: datetime = RECEIVED,
    stopped: str | None = "2023-09-03T07:52:10Z",
    identity: str = "CP001",
) -> Record:
    """Make the record of a stop; what tells it from others is the number alone."""
    transaction_id, meter_stop_wh = 10_000_000 + number, (number + 33) * 1000
    stop = Stop(identity, transaction_id, meter_stop_wh, stopped, (transaction_id, meter_stop_wh))
    return Record(stop, ACCOUNTS, "kwh", received, UTC)


def names(folder: Path) -> list[str]:
    """Give all that is in a folder, dot-files apart."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("[!.]*") if path.is_file())
