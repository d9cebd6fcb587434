"""Records and settlements that were exported, into where accounting is kept: a folder or a store, each once."""

from __future__ import annotations

import json

from shocpp.errors import DataError, ShocppError
from shocpp.ledger import settlement_line
from shocpp.ledger.document import restored
from shocpp.ledger.settlement import Settlement
from shocpp.readable_json import document
from shocpp.spool.accounting.accounting import RecordFile
from shocpp.spool.accounting.settled import SettledMonths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from shocpp.spool.accounting.accounting import Accounting


class AccountingSink:
    """
    Takes documents of records, and of what months were settled with.

    Args:
        accounting: Where they are booked.

    Attributes:
        where: How people know that.
    """

    def __init__(self, accounting: Accounting) -> None:
        self._accounting = accounting
        self.where = accounting.where

    def reach(self) -> None:
        """See that records can be read there, as where they are booked."""
        self._accounting.months()

    def put(self, collection: str, rows: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """
        Book what is not booked yet; durable when this returns.

        Args:
            collection: ``record`` or ``settlement``.
            rows: The id and the fields of each.

        Raises:
            DataError: They are neither, or a month cannot be settled with this.
            ShocppError: It cannot be written, or is not reached.
        """
        if collection == "settlement":
            for _, fields in rows:
                self._settle(fields)
        elif collection == "record":
            self._book(rows)
        else:
            raise DataError(f"{self.where} takes records and settlements, and no {collection}")

    def _book(self, rows: Sequence[tuple[str, dict[str, Any]]]) -> None:
        files = [
            RecordFile(month, name, document(fields)) for month, name, fields in (restored(row) for _, row in rows)
        ]
        for outcome in self._accounting.book_all(files):
            if isinstance(outcome, ShocppError):
                raise outcome

    def _settle(self, fields: dict[str, Any]) -> None:
        """
        Settle a month with what it was settled with elsewhere, provided that it has the records that were settled.

        Raises:
            DataError: It has not, or is settled with something else.
        """
        month, text = settlement_line.restored(fields)
        settled = SettledMonths(self._accounting)
        if settled.has(month):
            if self._accounting.settlement(month) != text.encode():
                raise DataError(f"{fields['month']} is settled here with something else, and a month is settled once")
            return
        difference = settled.difference(Settlement(month, json.loads(text)))
        others = [*difference.missing, *difference.changed]
        if others:
            raise DataError(
                f"{fields['month']} does not have the records with which it was settled, such as {others[0]}"
            )
        settled.settle(month, text)
