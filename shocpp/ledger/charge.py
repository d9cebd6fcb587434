"""
A charge: what accounting knows of it, read back from its record.

Gives a record's fields their meaning. Pure: knows neither how a file is read (``spool.accounting.record_reader``) nor
how a record is reckoned (``ledger.record``).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from shocpp.errors import DataError
from shocpp.ledger import record_fields as read
from shocpp.ledger.accounts import UNASSIGNED, UNKNOWN
from shocpp.ledger.plausible_times import END_S
from shocpp.times import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Month = tuple[int, int]  # the year and the month

_NAME = re.compile(r"([0-9]{1,12})-([0-9a-f]{12})\.json")
_SAID = ("corrected_by", "why", "corrected")


class Charge:
    """
    One finished charge.

    Attributes:
        fields: The record as it stands in the file; gone after ``drop_fields``.
        month: Year and month in which it is booked.
        folder: Year and month of the folder in which its record lies: mostly the same.
        name: The name of its record's file; empty where there is none.
        digest: The 12 hex digits in that name, which are the same stop's in every folder; empty for other names.
        local: When it ended, in the local time of the machine that booked it, without a zone.
        unixtime: When it ended, seconds since the epoch.
        started: When it began, in UTC, if that is known; what no zone could write is no time.
        account: The account's name, ``unassigned`` or ``unknown-7``.
        begin_kwh, end_kwh, consumed_kwh: Readings and consumption in whole kWh.
        begin_wh, end_wh, consumed_wh: The same in Wh; None where they are not known.
        charge_point: The charge point's identity; empty for the anonymous one.
        connector_id, transaction_id: None where they are not known.
        id_tag: The card; empty if it is not known.
        reason: Why it ended; empty if that is not known.
        anomaly: What is wrong with its readings; empty if nothing is.
        evidence: What its record says of the charge point as it was at the start: names and values, of
            ``record_fields.EVIDENCE``.
        signed: The signed meter values that came with its stop, as they were sent; mostly none.
        unassigned_because: Why it is nobody's although its id names an account; empty where there is nothing to say.
        received_text: When it was booked, in UTC, as written; empty if that is not known.
        is_clock_suspect: The charge point's clock was plainly wrong, so that the end is when we heard of it.
        repeats: The path of the record that bills this charge, below the accounting folder, where this one only
            reports it once more; set by who reads, empty for all others.
    """

    __slots__ = (
        "_correction",
        "account",
        "anomaly",
        "begin_kwh",
        "begin_wh",
        "charge_point",
        "connector_id",
        "consumed_kwh",
        "consumed_wh",
        "digest",
        "end_kwh",
        "end_wh",
        "evidence",
        "fields",
        "folder",
        "id_tag",
        "is_clock_suspect",
        "local",
        "month",
        "name",
        "reason",
        "received_text",
        "repeats",
        "signed",
        "started",
        "transaction_id",
        "unassigned_because",
        "unixtime",
    )

    def __init__(
        self, fields: dict[str, Any], month: Month | None = None, name: str = "", folder: Month | None = None
    ) -> None:
        """
        Read a record.

        Args:
            fields: The parsed JSON object of a record's file.
            month: Year and month in which it is booked; None for those in which it ended.
            name: The name of its file.
            folder: Year and month of the folder in which that lies; None for those in which it is booked.

        Raises:
            DataError: It is no record; says which field is missing or makes no sense.
        """
        self.fields = fields
        self.local = read.local_time(fields)
        self.month = month or (self.local.year, self.local.month)
        self.folder = folder or self.month
        self.name = name
        self.digest = digest_in(name)
        self.unixtime = read.whole(fields, "unixtime")
        self.account = read.account(fields)
        self.begin_kwh = read.whole(fields, "begin_kwh")
        self.end_kwh = read.whole(fields, "end_kwh")
        self.consumed_kwh = read.whole(fields, "consumed_kwh")
        self.connector_id = read.number(fields, "connector_id")
        self.transaction_id = read.number(fields, "transaction_id")
        self.begin_wh = read.number(fields, "begin_wh")
        self.end_wh = read.number(fields, "end_wh")
        self.consumed_wh = read.number(fields, "consumed_wh")
        self.charge_point = read.shared_text(fields, "charge_point")
        self.id_tag = read.shared_text(fields, "id_tag")
        self.reason = read.shared_text(fields, "reason")
        self.anomaly = read.shared_text(fields, "anomaly")
        self.unassigned_because = read.shared_text(fields, "unassigned_because")
        self.is_clock_suspect = bool(fields.get("clock_suspect"))
        began = parse(read.text(fields, "started"))
        self.started = began if began and 1970 <= began.year < 9999 else None
        self.received_text = read.text(fields, "received")
        self.evidence = read.evidence(fields)
        self.signed = read.signed(fields)
        self._correction = _Correction(fields) if "corrects" in fields else None
        self.repeats = ""
        self._check()

    def _check(self) -> None:
        """Look at what is not read but must be right all the same, and at what must not be negative."""
        for name in ("account_index", "duration_s"):
            read.number(self.fields, name)
        read.text(self.fields, "stopped")
        if self.consumed_kwh < 0 or (self.consumed_wh or 0) < 0:
            raise DataError("the consumption is negative")
        if not 0 <= self.unixtime < END_S:
            raise DataError("unixtime is not a time")

    def moved(self, month: Month) -> Charge:
        """Give the same charge as another month bills it; its record lies where it lay."""
        made = Charge(self.fields, month, self.name, self.folder)
        made.repeats = self.repeats
        return made

    def corrected_as(self, correction: Charge, month: Month) -> Charge:
        """Give the same charge as another month takes it back, with who corrected it, when and why."""
        said = {name: correction.fields[name] for name in _SAID if name in correction.fields}
        return Charge({**self.fields, **said, "corrects": self.ref}, month, self.name, self.folder)

    def drop_fields(self) -> None:
        """Let go of the record itself, which takes three times the memory of what was read of it."""
        del self.fields

    @property
    def ref(self) -> str:
        """Where its record lies below the accounting folder: ``2026/10/1693727530-0326fd891def.json``."""
        return place(self.folder, self.name)

    @property
    def energy_wh(self) -> int:
        """What is to be billed: exact where the record has it, else whole kWh; nothing for what is repeated."""
        if self.repeats:
            return 0
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
    def received(self) -> datetime | None:
        """When it was booked, in UTC, if that is known; for a correction when that was made."""
        return parse(self.corrected or self.received_text)

    @property
    def duration_s(self) -> int | None:
        """How long it took in seconds, if that is known and not negative."""
        seconds = int((self.ended - self.started).total_seconds()) if self.started else -1
        return seconds if seconds >= 0 else None

    @property
    def is_late(self) -> bool:
        """Whether it ended before the month in which it is booked, or came into one that was settled."""
        return (self.local.year, self.local.month) < self.month or self.folder != self.month

    @property
    def corrects(self) -> str:
        """Where the record lies in whose place this one stands; empty if it is no correction."""
        return self._correction.corrects if self._correction else ""

    @property
    def corrected(self) -> str:
        """When the correction was made, as written, in UTC; empty if it is none."""
        return self._correction.corrected if self._correction else ""

    @property
    def corrected_by(self) -> str:
        """Who made the correction; empty if it is none."""
        return self._correction.by if self._correction else ""

    @property
    def why(self) -> str:
        """Why the correction was made; empty if it is none."""
        return self._correction.why if self._correction else ""

    @property
    def is_unassigned(self) -> bool:
        """Whether it belongs to no account: the start was refused, or nobody knows who began it."""
        return self.account == UNASSIGNED

    @property
    def is_unknown(self) -> bool:
        """Whether its account's index had no name when it was booked."""
        return self.account.startswith(UNKNOWN) and self.account[len(UNKNOWN) :].isdecimal()


class _Correction:
    """What a correcting record says of itself."""

    __slots__ = ("by", "corrected", "corrects", "why")

    def __init__(self, fields: dict[str, Any]) -> None:
        self.corrects = read.text(fields, "corrects")
        self.corrected = read.text(fields, "corrected")
        self.by = read.text(fields, "corrected_by")
        self.why = read.text(fields, "why")


def place(folder: Month, name: str) -> str:
    """
    Give where a record lies below the accounting folder.

    >>> place((2026, 10), "1693727530-0326fd891def.json")
    '2026/10/1693727530-0326fd891def.json'
    """
    return f"{folder[0]:04}/{folder[1]:02}/{name}"


def digest_in(name: str) -> str:
    """
    Give the digest in the name of a record's file; empty if it is named otherwise.

    >>> digest_in("1693727530-0326fd891def.json"), digest_in("old.json")
    ('0326fd891def', '')
    """
    named = _NAME.fullmatch(name)
    return named[2] if named else ""


def stop_at(place: str) -> str:
    """
    Give what the records of one stop have in common, wherever they lie: the digest in their name, else their place.

    >>> stop_at("2026/10/1693727530-0326fd891def.json"), stop_at("2026/10/old.json")
    ('0326fd891def', '2026/10/old.json')
    """
    return digest_in(place.rpartition("/")[2]) or place


def stamp_in(name: str) -> int | None:
    """
    Give the time in the name of a record's file, seconds since the epoch; None if it is named otherwise.

    >>> stamp_in("1693727530-0326fd891def.json"), stamp_in("old.json")
    (1693727530, None)
    """
    named = _NAME.fullmatch(name)
    return int(named[1]) if named else None
