"""
Whether a charge that is said to be open has a record: looked up among the files that can be it.

A record's name has the time of its stop, so that most need not be read. The look is bounded: where it would take
too long the answer is that there may be one, since a wrong figure is worse than none. What a record says of a start
is ``ledger.open_charges``'.
"""

from __future__ import annotations

from shocpp.errors import DataError
from shocpp.json_reading import loads
from shocpp.ledger.open_charges import is_booked
from shocpp.ledger.plausible_times import EARLIEST_S, is_plausible
from shocpp.ledger.start import Start
from shocpp.times import datetime, parse, timedelta

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from shocpp.ledger.charge import Month
    from shocpp.spool.accounting.accounting import Accounting

_MOST_READ = 5000  # records, which take a tenth of a second
_SET_BACK_S = 86_400  # a charge point's clock may have been set back while it charged
_EARLIEST = f"{EARLIEST_S:010}"


def has_record(accounting: Accounting, identity: str, transaction_id: int, seen: dict[str, Any]) -> bool | None:
    """
    Tell whether a charge has been booked, so that what was seen of its start is over.

    Args:
        accounting: Keeps the records.
        identity: The charge point's; empty for the anonymous one.
        transaction_id: The charge's id.
        seen: What was seen of its start.

    Returns:
        None where it may have been.
    """
    start = Start.from_sighting(seen)
    received = parse(start.received)
    if received is None:
        return None  # nobody knows where to look
    digits = str(transaction_id).encode()
    found: bool | None = False
    for number, (month, name) in enumerate(_candidates(accounting, start, received)):
        if number >= _MOST_READ:
            return None
        fields = _read(accounting, month, name, digits)
        if fields and (fields.get("charge_point") or "") == identity:
            told = is_booked(transaction_id, start, fields)
            if told:
                return True
            found = None if told is None else found
    return found


def _candidates(accounting: Accounting, start: Start, received: datetime) -> Iterator[tuple[Month, str]]:
    """
    Give months and names of the records that may be of a start: stopped after it, booked in no earlier month.

    Times are compared as texts of ten digits, with which the names of records begin until the year 2286.
    """
    claimed = parse(start.started)
    since_s = int(claimed.timestamp()) - _SET_BACK_S if claimed and is_plausible(claimed, received) else 0
    day = received - timedelta(days=1)  # the month is a local one
    since = f"{since_s:010}"
    for month in accounting.months():
        if month >= (day.year, day.month):
            for name in accounting.names(month):
                if not (_EARLIEST <= name < since and name[10:11] == "-" and name[:10].isdecimal()):
                    yield month, name


def _read(accounting: Accounting, month: Month, name: str, digits: bytes) -> dict[str, Any] | None:
    """Read a record in which the digits stand; None for any other file."""
    try:
        data = accounting.read(month, name)
        fields = loads(data) if digits in data else None
    except (OSError, DataError, ValueError, RecursionError):
        return None
    return fields if isinstance(fields, dict) else None
