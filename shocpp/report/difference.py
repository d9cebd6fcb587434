"""
What no longer agrees with a settled month, in words for whoever keeps the books; the month's statement stays as it was.
"""

from __future__ import annotations

from shocpp.spool.files.zone import zone_named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from shocpp.ledger.charge import Month
    from shocpp.ledger.prices import Prices
    from shocpp.ledger.settlement import Settlement
    from shocpp.spool.accounting.settled import Difference, SettledMonths

_MOST_NAMED = 10


def of_month(settled: SettledMonths, month: Month, prices: Prices | None) -> Iterator[str]:
    """
    Say what does not agree any more with a month that is settled, a sentence each.

    Args:
        settled: The settled months.
        month: Year and month.
        prices: The prices in force now; None without any, which is no difference.

    Raises:
        DataError: Its settlement cannot be read.
    """
    settlement = settled.read(month)
    yield from in_words(settled, settlement, settled.difference(settlement), prices)


def in_words(
    settled: SettledMonths, settlement: Settlement, difference: Difference, prices: Prices | None
) -> Iterator[str]:
    """
    Say what was found of a settlement and its records, a sentence each.

    Args:
        settled: The settled months.
        settlement: The one that is looked at.
        difference: What became of its records.
        prices: The prices in force now; None without any, which is no difference.
    """
    year, month = settlement.month
    since = f"since {year:04}/{month:02} was settled"
    later_year, later_month = settled.open_after(settlement.month)
    yield from _named(difference.changed, f"has changed {since}")
    yield from _named(difference.missing, f"has gone {since}")
    yield from _named(difference.added, f"came {since}; {later_year:04}/{later_month:02} bills it, if no month did yet")
    repriced = settlement.repriced(prices, zone_named(settlement.zone_name)) if prices else 0
    if repriced:
        yield f"the prices of {repriced} sessions have changed {since}; its amounts stay"


def _named(places: list[str], what: str) -> Iterator[str]:
    yield from (f"{place} {what}" for place in places[:_MOST_NAMED])
    if len(places) > _MOST_NAMED:
        yield f"{len(places) - _MOST_NAMED} more records: each {what}"
