"""
How a time is written on the command line: a month, a day or an instant; local time unless it has a zone.

No command itself; shared by those that read the journal.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from shocpp.errors import UsageError
from shocpp.spool.files.zone import local_zone


def moment(text: str | None, is_last: bool = False) -> datetime | None:
    """
    Read the begin of a span, or with ``is_last`` its end: of a day or a month the instant after it.

    Returns:
        The instant, aware; None for None.

    Raises:
        UsageError: It is no time.
    """
    if text is None:
        return None
    try:
        is_month, is_day = len(text) == len("2026-09"), len(text) == len("2026-09-03")
        time = datetime.fromisoformat(f"{text}-01" if is_month else text)
        if is_last and is_day:
            time += timedelta(days=1)
        elif is_last and is_month:
            time = time.replace(year=time.year + time.month // 12, month=time.month % 12 + 1)
        return time.replace(tzinfo=time.tzinfo or local_zone(os.environ)[0]).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UsageError(
            f"{text[:40]!r} is no time; it takes 2026-09, 2026-09-03, or 2026-09-03T10:00 with or without +02:00 or Z"
        ) from None
