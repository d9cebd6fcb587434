"""
A statement made of what lies on the disk: records, those before them, and what charge points said of themselves.

Brings ``spool`` and ``ledger`` together; knows no format, and asks neither clock nor environment.
"""

from __future__ import annotations

import itertools

from shocpp.errors import ConfigError
from shocpp.ledger import findings
from shocpp.ledger.item import Item
from shocpp.ledger.prices import Prices
from shocpp.ledger.span import booked_on
from shocpp.ledger.statement import Header, Statement
from shocpp.ledger.unaccounted import Registers
from shocpp.report.billing import Billing
from shocpp.report.signatures import judge
from shocpp.spool.accounting import record_reader
from shocpp.spool.files.zone import zone_named
from shocpp.spool.run import sightings
from shocpp.spool.run.held_mailbox import folder_of
from shocpp.stores.accounting_at import accounting_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime, tzinfo

    from shocpp.errors import Report
    from shocpp.ledger.charge import Charge
    from shocpp.ledger.findings import Finding
    from shocpp.ledger.parties import Parties
    from shocpp.ledger.span import Span
    from shocpp.report.signatures import Keys
    from shocpp.settings import Settings

    Charges = Iterable[Charge]

_MONTHS_BACK = 12
_METER_TYPE = "meter_type"  # of records alone: what is known today has always been said without it


class Wanted:
    """
    What a statement shall be about.

    Args:
        span: The days.
        account: Only this account's items; None for all.
        charge_point: Only this charge point's; None for all.
    """

    def __init__(self, span: Span, account: str | None = None, charge_point: str | None = None) -> None:
        self.span = span
        self.account = account
        self.charge_point = charge_point

    def has(self, charge: Charge) -> bool:
        """Tell whether a charge is of the wanted account and charge point, and was booked in the span."""
        is_theirs = self.account in (None, charge.account) and self.charge_point in (None, charge.charge_point)
        return is_theirs and self.span.has(charge)


class Source:
    """
    Where statements are made of.

    Args:
        settings: Where everything lies.
        report: Is told of every file that is no record, with its path and what is wrong.
        describe: Describes a charge point by what it said when it booted, in the words of ``ledger.evidence``.
        watch: Sees every charge pass, to show how far it is.

    Attributes:
        billing: Which month bills what.
    """

    def __init__(
        self,
        settings: Settings,
        report: Report,
        describe: Callable[[Mapping[str, object]], Mapping[str, str]],
        watch: Callable[[Charges], Charges] = lambda charges: charges,
    ) -> None:
        self._run_dir = settings.run_dir
        self._accounting = accounting_at(settings.accounting)
        self._describe = describe
        self._watch = watch
        self.billing = Billing(self._accounting, report, watch)

    def items(self, wanted: Wanted, before: Registers | None = None) -> list[Item]:
        """
        Read the items that are wanted, in order of month.

        Args:
            wanted: Which ones.
            before: Sees the charges of the first month that were booked before the span.

        Returns:
            The items; their charges have let go of their records, since there may be a million of them.
        """
        items = []
        for item in self.billing.items(*wanted.span.months):
            if wanted.has(item.charge):
                items.append(item)
            elif before is not None and booked_on(item.charge) < wanted.span.first:
                before.see(item.charge)
        return items

    def statement(
        self,
        wanted: Wanted,
        prices: Prices | None,
        created: datetime,
        version: str,
        zone: tzinfo | None,
        zone_name: str,
        parties: Parties | None = None,
        read_keys: Callable[[], Keys] | None = None,
    ) -> Statement:
        """
        Make a statement; of a settled month the one that it was settled with.

        Args:
            wanted: What it is about.
            prices: What a kWh costs; None: no amounts.
            created, version: What it says of its making.
            zone, zone_name: The zone of its local times.
            parties: Whom it is from and for, as far as that is known.
            read_keys: Gives the public keys of meters, by charge point.

        Returns:
            The statement; of a single account, without unaccounted energy, which is nobody's.

        Raises:
            ConfigError: A month of the span was settled in another currency.
        """
        if wanted.span.is_month and self.billing.settled.has(wanted.span.months[0]):
            return self._settled(wanted)
        before = Registers() if wanted.account is None else None
        items = self.items(wanted, before)
        earliest: dict[str, int] = {}
        for item in items:
            charge = item.charge
            earliest[charge.charge_point] = min(charge.unixtime, earliest.get(charge.charge_point, charge.unixtime))
        seen = self.seen(items)
        keys = judge(items, read_keys)
        header = Header(
            wanted.span,
            created,
            version,
            zone,
            zone_name,
            seen=seen,
            account=wanted.account,
            parties=parties,
            keys=keys,
        )
        if before is not None:
            self._look_back(before, wanted.span, earliest)
        return Statement(header, items, self._in_one_currency(prices), before)

    def _settled(self, wanted: Wanted) -> Statement:
        """Make a settled month's statement, of nothing but its settlement."""
        settlement = self.billing.settled.read(wanted.span.months[0])
        items = [item for item in settlement.items if wanted.has(item.charge)]
        header = Header(
            wanted.span,
            settlement.settled,
            settlement.version,
            zone_named(settlement.zone_name),
            settlement.zone_name,
            seen=settlement.seen,
            account=wanted.account,
            is_settled=True,
            parties=settlement.parties,
            keys=settlement.keys,
        )
        here = {item.charge.charge_point for item in items} if wanted.account is None else ()
        unaccounted = {name: each for name, each in settlement.unaccounted.items() if name in here}
        return Statement(header, items, _in(settlement.currency), unaccounted=unaccounted)

    def _in_one_currency(self, prices: Prices | None) -> Prices | None:
        """Give the prices; without any, but with settled months that have some, the currency of those."""
        for currency in self.billing.currencies:
            if prices is None:
                prices = _in(currency)
            elif prices.currency != currency:
                what = f"a settled month has amounts in {currency}, prices.json is in {prices.currency}"
                raise ConfigError(f"{what}: make a statement of each month")
        return prices

    def findings(self, wanted: Wanted, most_w: int) -> Iterator[Finding]:
        """
        Check the items that are wanted against each other and against what is possible.

        Args:
            wanted: Which items.
            most_w: What the strongest connector delivers, in W.
        """
        yield from findings.check(sorted(self.items(wanted), key=Item.order), most_w)

    def _look_back(self, before: Registers, span: Span, earliest: dict[str, int]) -> None:
        """
        Find the last charges before a span, month by month backwards, until each charge point's register is known.

        One that was not used for a year begins anew: its register may have been changed meanwhile.

        Args:
            before: Sees them.
            span: The span; what its first month has before it was seen already.
            earliest: When the earliest item of each charge point ended; a late one may reach far back.
        """
        months = [month for month in self._accounting.months() if month < span.months[0]]
        for month in reversed(months[-_MONTHS_BACK:]):
            if all(itertools.starmap(before.reaches, earliest.items())):
                break
            for charge in self._watch(record_reader.read(self._accounting, record_reader.ignore, month, month)):
                if charge.charge_point in earliest:
                    before.see(charge)

    def seen(self, items: Iterable[Item]) -> dict[str, dict[str, str]]:
        """Read what is known today of the charge points whose records do not say it, by identity."""
        silent = {item.charge.charge_point for item in items if not item.charge.evidence}
        return {identity: boot for identity in sorted(silent) if (boot := self._boot(identity))}

    def _boot(self, identity: str) -> dict[str, str]:
        """Give what a charge point said of itself when it booted last."""
        said = sightings.read(folder_of(self._run_dir, identity), sightings.STATUS).get("boot")
        known = self._describe(said) if isinstance(said, dict) else {}
        return {name: value for name, value in known.items() if name != _METER_TYPE}


def _in(currency: str | None) -> Prices | None:
    """Give what says that amounts are in a currency, and has no price itself."""
    return Prices(currency, []) if currency else None
