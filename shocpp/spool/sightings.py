"""
What was last seen of a charge point: status.json, meter.json, transactions/ below its folder in run/.

For people, tools and the extras of a record; deleting them loses no billing, so that what cannot be
written is only reported. Changes are kept in memory until ``flush``: a burst of frames costs one write.
"""

from __future__ import annotations

import json
import os

from shocpp.errors import ShocppError
from shocpp.spool import durable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

STATUS, METER, TRANSACTIONS = "status.json", "meter.json", "transactions"


def read(folder: str, name: str) -> dict[str, Any]:
    """Read a sighting; one that is not there or broken is empty."""
    try:
        with open(os.path.join(folder, name), "rb") as file:
            value = json.loads(file.read())
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def read_transactions(folder: str) -> dict[int, dict[str, Any]]:
    """Read the open transactions of a charge point: by transaction id."""
    path = os.path.join(folder, TRANSACTIONS)
    try:
        names = sorted(os.listdir(path))
    except OSError:
        return {}
    ids = [name.removesuffix(".json") for name in names if name.endswith(".json")]
    return {int(each): seen for each in ids if each.isdecimal() and (seen := read(path, f"{each}.json"))}


class Sightings:
    """The sightings of one charge point, as its backend knows and changes them."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._status: dict[str, Any] | None = None
        self._meter: dict[str, Any] | None = None
        self._transactions: dict[int, dict[str, Any]] | None = None
        self._changed: set[str | int] = set()

    @property
    def changed(self) -> bool:
        """Tell whether there is anything to flush."""
        return bool(self._changed)

    @property
    def status(self) -> dict[str, Any]:
        """What status.json says; call ``touch`` after a change."""
        if self._status is None:
            self._status = read(self._folder, STATUS)
        return self._status

    @property
    def meter(self) -> dict[str, Any]:
        """What meter.json says; call ``touch`` after a change."""
        if self._meter is None:
            self._meter = read(self._folder, METER)
        return self._meter

    @property
    def transactions(self) -> dict[int, dict[str, Any]]:
        """The open transactions by id; change them by ``open`` and ``close``."""
        if self._transactions is None:
            self._transactions = read_transactions(self._folder)
        return self._transactions

    def touch(self, name: str) -> None:
        """Say that status.json or meter.json has changed."""
        self._changed.add(name)

    def open(self, transaction_id: int, seen: dict[str, Any]) -> None:
        """Keep what was seen of a transaction's start."""
        self.transactions[transaction_id] = seen
        self._changed.add(transaction_id)

    def close(self, transaction_id: int) -> None:
        """Forget a transaction that has been booked."""
        if self.transactions.pop(transaction_id, None) is not None:
            self._changed.add(transaction_id)

    def flush(self) -> str:
        """
        Write what has changed.

        Returns:
            What could not be written, in words; empty if all could.
        """
        fault = ""
        for what in list(self._changed):
            try:
                self._write(what)
            except ShocppError as error:
                fault = str(error)
        self._changed.clear()
        return fault

    def _write(self, what: str | int) -> None:
        if isinstance(what, str):
            value = self.status if what == STATUS else self.meter
            durable.replace(os.path.join(self._folder, what), _encode(value))
            return
        folder = os.path.join(self._folder, TRANSACTIONS)
        path = os.path.join(folder, f"{what}.json")
        if what in self.transactions:
            durable.make_folder(folder, 0o750)
            durable.replace(path, _encode(self.transactions[what]))
        else:
            durable.remove(path)


def _encode(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, indent=2) + "\n").encode()
