"""Which times can be believed, of those that charge points and records say."""

from __future__ import annotations

from shocpp.times import UTC, datetime, timedelta

EARLIEST = datetime(2015, 1, 1, tzinfo=UTC)  # a charge point's clock that says less was never set
EARLIEST_S = int(EARLIEST.timestamp())
MOST_AHEAD = timedelta(days=1)  # of our clock
END_S = 253_370_764_800  # 9999-01-01: what is before, every zone can write


def is_plausible(claimed: datetime | None, now: datetime) -> bool:
    """
    Tell whether a charge point's clock can be believed: not before 2015, not more than a day ahead of ours.

    >>> is_plausible(EARLIEST, EARLIEST), is_plausible(EARLIEST, datetime(2014, 12, 30, tzinfo=UTC))
    (True, False)
    """
    return claimed is not None and claimed >= EARLIEST and claimed <= now + MOST_AHEAD
