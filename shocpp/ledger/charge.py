"""
A charge: what accounting knows of it, read back from its record.

Takes the fields of a record's file, old (six strings) or new, and gives them their types. Pure: knows neither how a
file is read (``spool.record_reader``) nor how a record is reckoned (``ledger.record``).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from shocpp.errors import DataError
from shocpp.ledger.accounts import UNASSIGNED, UNKNOWN
from shocpp.times import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Month = tuple[int, int]

_NAME = re.compile(r"[0-9]+-([0-9a-f]{12})\.json")
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_LARGEST = 10**15
_LAST_UNIXTIME = 253_370_764_800  # 9999-01-01, so that every zone can write it
_NUMBERS = ("connector_id", "transaction_id", "account_index", "begin_wh", "end_wh", "consumed_wh", "duration_s")
_TEXTS = ("charge_point", "id_tag", "reason", "started", "stopped", "received", "anomaly")


class Charge:
    """
    One finished charge.

    Attributes:
        fields: The record as it stands in the file.
        month: Year and month in which it is booked.
        name: The name of its record's file; empty where there is none.
        digest: The 12 hex digits in that name, which are the same stop's in every folder; empty for other names.
        local: When it ended, in the local time of the machine that booked it, without a zone.
        unixtime: When it ended, seconds since the epoch.
        account: The account's name, ``unassigned`` or ``unknown-7``.
        begin_kwh, end_kwh, consumed_kwh: Readings and consumption in whole kWh.
        begin_wh, end_wh, consumed_wh: The same in Wh; None where they are not known.
    """

    __slots__ = (
        "account",
        "begin_kwh",
        "begin_wh",
        "consumed_kwh",
        "consumed_wh",
        "digest",
        "end_kwh",
        "end_wh",
        "fields",
        "local",
        "month",
        "name",
        "unixtime",
    )

    def __init__(self, fields: dict[str, Any], month: Month | None = None, name: str = "") -> None:
        """
        Read a record.

        Args:
            fields: The parsed JSON object of a record's file.
            month: Year and month in which it is booked; None for those in which it ended.
            name: The name of its file.

        Raises:
            DataError: It is no record; says which field is missing or makes no sense.
        """
        self.fields = fields
        self.local = _local(fields)
        self.month = month or (self.local.year, self.local.month)
        self.name = name
        self.digest = digest_in(name)
        self.unixtime = _whole(fields, "unixtime")
        self.account = _account(fields)
        self.begin_kwh = _whole(fields, "begin_kwh")
        self.end_kwh = _whole(fields, "end_kwh")
        self.consumed_kwh = _whole(fields, "consumed_kwh")
        _check_types(fields)
        self.begin_wh: int | None = fields.get("begin_wh")
        self.end_wh: int | None = fields.get("end_wh")
        self.consumed_wh: int | None = fields.get("consumed_wh")
        if self.consumed_kwh < 0 or (self.consumed_wh or 0) < 0:
            raise DataError("the consumption is negative")
        if not 0 <= self.unixtime < _LAST_UNIXTIME:
            raise DataError("unixtime is not a time")

    @property
    def energy_wh(self) -> int:
        """What was drawn: exact where the record has it, else whole kWh."""
        return self.consumed_kwh * 1000 if self.consumed_wh is None else self.consumed_wh

    @property
    def is_exact(self) -> bool:
        """Whether the energy is known to the Wh."""
        return self.consumed_wh is not None

    @property
    def ended(self) -> datetime:
        """When it ended, in UTC."""
        return datetime.fromtimestamp(self.unixtime, UTC)

    @property
    def started(self) -> datetime | None:
        """When it began, in UTC, if that is known; what no zone could write is no time."""
        began = parse(self.fields.get("started"))
        return began if began and 1970 <= began.year < 9999 else None

    @property
    def received(self) -> datetime | None:
        """When it was booked, in UTC, if that is known."""
        return parse(self.fields.get("received"))

    @property
    def duration_s(self) -> int | None:
        """How long it took in seconds, if that is known and not negative."""
        seconds = int((self.ended - self.started).total_seconds()) if self.started else -1
        return seconds if seconds >= 0 else None

    @property
    def is_late(self) -> bool:
        """Whether it ended before the month in which it is booked."""
        return (self.local.year, self.local.month) < self.month

    @property
    def charge_point(self) -> str:
        """The charge point's identity; empty for the anonymous one."""
        return self.fields.get("charge_point") or ""

    @property
    def connector_id(self) -> int | None:
        """The connector, if it is known."""
        return self.fields.get("connector_id")

    @property
    def anomaly(self) -> str:
        """What is wrong with its readings; empty if nothing is."""
        return self.fields.get("anomaly") or ""

    @property
    def is_unassigned(self) -> bool:
        """Whether it belongs to no account: the start was refused, or nobody knows who began it."""
        return self.account == UNASSIGNED

    @property
    def is_unknown(self) -> bool:
        """Whether its account's index had no name when it was booked."""
        return self.account.startswith(UNKNOWN) and self.account[len(UNKNOWN) :].isdecimal()

    @property
    def is_clock_suspect(self) -> bool:
        """Whether the charge point's clock was plainly wrong, so that the end is when we heard of it."""
        return bool(self.fields.get("clock_suspect"))


def digest_in(name: str) -> str:
    """
    Give the digest in the name of a record's file; empty if it is named otherwise.

    >>> digest_in("1693727530-0326fd891def.json"), digest_in("old.json")
    ('0326fd891def', '')
    """
    named = _NAME.fullmatch(name)
    return named[1] if named else ""


def _check_types(fields: dict[str, Any]) -> None:
    """Look at the fields that need not be there: those that are have the right type."""
    for name in _NUMBERS:
        value = fields.get(name)
        if value is not None and (value.__class__ is not int or not -_LARGEST < value < _LARGEST):
            raise DataError(f"{name} is not a whole number")
    for name in _TEXTS:
        value = fields.get(name)
        if value is not None and value.__class__ is not str:
            raise DataError(f"{name} is not a text")


def _local(fields: dict[str, Any]) -> datetime:
    value = fields.get("localtime")
    if value is None:
        raise DataError("localtime is missing")
    try:
        local = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise DataError("localtime is not a time such as 2023-09-03 09:52:10") from None
    return local.replace(tzinfo=None)


def _account(fields: dict[str, Any]) -> str:
    account = fields.get("account")
    if account.__class__ is not str or not account:
        raise DataError("account is missing" if account is None else "account is not a name")
    return str(account)


def _whole(fields: dict[str, Any], name: str) -> int:
    """Read a whole number that is written as a string, as the first six fields are; a plain number will do, too."""
    value = fields.get(name)
    if value.__class__ is str and _WHOLE.fullmatch(value):
        return int(value)
    if value.__class__ is int and -_LARGEST < value < _LARGEST:
        return int(value)
    raise DataError(f"{name} is missing" if value is None else f"{name} is not a whole number")
