"""Records of charges between two readings, made without a disk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from shocpp.ledger import transaction_id as ids
from shocpp.ledger.accounts import Accounts
from shocpp.ledger.record import Record, Stop
from shocpp.ledger.start import Start

ACCOUNTS = Accounts.from_list([{"index": 1, "account": "family-y", "ids": ["1"]}])
RECEIVED = datetime(2023, 9, 3, 7, 52, 14, tzinfo=UTC)
STOPPED = "2023-09-03T07:52:10Z"
CEST = timezone(timedelta(hours=2))
UNITS = st.sampled_from(["kwh", "wh"])


def book(
    begin_wh: int = 9_042_700,
    end_wh: int = 9_075_100,
    *,
    index: int = 1,
    unit: str = "kwh",
    stopped: str | None = STOPPED,
    start: Start | None = None,
    received: datetime = RECEIVED,
    transaction_id: int | None = -1,
    most_kwh: int | None = None,
) -> Record:
    """Make the record of a charge between two readings, as the charge point and we would."""
    if transaction_id == -1:
        transaction_id = ids.encode(index, begin_wh, unit)
    stop = Stop("CP001", transaction_id, end_wh, stopped, (transaction_id, end_wh), "1111", "Local", start)
    return Record(stop, ACCOUNTS, unit, received, CEST, most_kwh)


def fields(*args: Any, **kwargs: Any) -> dict[str, Any]:
    """Give the fields of such a record."""
    return book(*args, **kwargs).fields
