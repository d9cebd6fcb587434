"""A month that is over, settled: its statement is written down, once and for good."""

from __future__ import annotations

from shocpp.errors import CannotCreateError, ConfigError, DataError, UsageError
from shocpp.ledger.settlement import settle
from shocpp.report import difference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.ledger.charge import Month
    from shocpp.ledger.prices import Prices
    from shocpp.ledger.statement import Statement
    from shocpp.report.gather import Source, Wanted


def settle_month(
    source: Source,
    wanted: Wanted,
    prices: Prices | None,
    make: Callable[[], Statement],
    complain: Callable[[], None],
) -> None:
    """
    Settle a month; durable when this returns.

    Args:
        source: Makes statements.
        wanted: A whole month, of all accounts and charge points.
        prices: The prices in force; None without any.
        make: Makes the statement that is settled.
        complain: Raises if there was a file that is no record.

    Raises:
        ShocppError: It is no month that is over, or it is settled, or something in it cannot be read; nothing is
            written then.
    """
    if not wanted.span.is_month or wanted.account is not None or wanted.charge_point is not None:
        raise UsageError("--settle takes a month, with all accounts and charge points")
    month, settled = wanted.span.months[0], source.billing.settled
    if settled.has(month):
        raise CannotCreateError(_known(source, month, prices))
    places = settled.places(month)  # before they are read: a record that comes meanwhile is late, and not passed over
    statement = make()
    if statement.header.is_preliminary:
        raise DataError(f"the month is not over before {wanted.span.last} ends; settle it then")
    if not statement.header.zone_name:
        raise ConfigError("this machine's time zone has no name; give one, such as TZ=Europe/Berlin")
    complain()
    settled.settle(month, settle(statement, settled.record, places, source.seen(statement.items)))


def _known(source: Source, month: Month, prices: Prices | None) -> str:
    """Say that a month is settled, and what has changed since."""
    settled = source.billing.settled
    said = "; ".join(difference.of_month(settled, month, prices)) or "nothing has changed since"
    when = settled.read(month).settled.date()
    return f"{month[0]:04}/{month[1]:02} was settled on {when}, and a month is settled once: {said}"
