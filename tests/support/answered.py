"""Messages to ``central_system`` and the effects that it answers with: plain values, without a clock or a disk."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from shocpp.central_system.context import Context
from shocpp.central_system.effects import (
    Book,
    Effect,
)
from shocpp.ledger.accounts import Accounts
from shocpp.ledger.record import Record, Stop
from shocpp.ledger.start import Start
from shocpp.ocpp.frames import Payload
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
    """Give a value of a message as a record keeps what was sent: as a text."""
    return None if value is None else str(value)


def booked(effects: list[Effect]) -> dict[str, Any]:
    """Give the fields of the record, which must be the only one and stand before the answer."""
    (record,) = [effect.record for effect in effects[:-1] if isinstance(effect, Book)]
    return record.fields


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
