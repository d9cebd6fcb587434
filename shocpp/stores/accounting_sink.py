"""Records that were exported, booked where accounting is kept: in a folder or in a store, each once."""

from __future__ import annotations

from shocpp.errors import DataError, ShocppError
from shocpp.ledger.document import restored
from shocpp.readable_json import document
from shocpp.spool.accounting import RecordFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from shocpp.spool.accounting import Accounting


class AccountingSink:
    """
    Takes documents of records.

    Args:
        accounting: Where they are booked.

    Attributes:
        where: How people know that.
    """

    def __init__(self, accounting: Accounting) -> None:
        self._accounting = accounting
        self.where = accounting.where

    def put(self, collection: str, rows: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """
        Book what is not booked yet; durable when this returns.

        Args:
            collection: ``record``.
            rows: The id and the fields of each.

        Raises:
            DataError: They are no records.
            ShocppError: It cannot be written, or is not reached.
        """
        if collection != "record":
            raise DataError(f"{self.where} takes records, and no {collection}")
        files = [
            RecordFile(month, name, document(fields)) for month, name, fields in (restored(row) for _, row in rows)
        ]
        for outcome in self._accounting.book_all(files):
            if isinstance(outcome, ShocppError):
                raise outcome
