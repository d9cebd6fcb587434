"""
The statement of a span: its items in order, numbered and priced, their sums, and what has no record.

Pure: records, prices, times and names come in. Knows no format and no language (``report``).
"""

from __future__ import annotations

from copy import copy

from shocpp.ledger.item import FLAGS, Item
from shocpp.ledger.parties import Parties
from shocpp.ledger.sums import Summary
from shocpp.ledger.unaccounted import by_charge_point, gaps
from shocpp.ledger.vat import by_rate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime, tzinfo

    from shocpp.ledger.prices import Price, Prices
    from shocpp.ledger.span import Span
    from shocpp.ledger.unaccounted import Registers, Unaccounted
    from shocpp.ledger.vat import Taxed


class Header:
    """
    What a statement says of itself.

    Args:
        span: The days that it covers.
        created: When it was made, aware.
        version: shocpp's.
        zone: The zone of its local times; None for the system's.
        zone_name: The zone's name; empty if it has none.
        seen: What is known of charge points whose records do not say it, by identity: names and values, of
            ``record_fields.EVIDENCE``.
        account: The account that it is for; None for all.
        is_settled: It is a settled month's: made once, and the same ever since.
        parties: Whom it is from and for, as far as that is known.
        keys: The public keys of meters whose signed values it has, by charge point.
    """

    __slots__ = ("account", "created", "is_settled", "keys", "parties", "seen", "span", "version", "zone", "zone_name")

    def __init__(
        self,
        span: Span,
        created: datetime,
        version: str,
        zone: tzinfo | None = None,
        zone_name: str = "",
        seen: Mapping[str, Mapping[str, str]] | None = None,
        account: str | None = None,
        is_settled: bool = False,
        parties: Parties | None = None,
        keys: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.span = span
        self.created = created
        self.version = version
        self.zone = zone
        self.zone_name = zone_name
        self.seen = seen or {}
        self.account = account
        self.is_settled = is_settled
        self.parties = parties or Parties()
        self.keys = keys or {}

    @property
    def is_preliminary(self) -> bool:
        """Whether it was made before its span was over."""
        return self.local(self.created).date() <= self.span.last

    @property
    def has_begun(self) -> bool:
        """Whether its span had begun when it was made."""
        return self.local(self.created).date() >= self.span.first

    def of_account(self, account: str) -> Header:
        """Give the header of an account's own statement of the same span."""
        header = copy(self)
        header.account = account
        return header

    def local(self, time: datetime) -> datetime:
        """Give a time in the statement's zone."""
        return time.astimezone(self.zone)


class Statement:
    """
    A statement, ready to be written in any format.

    Attributes:
        header: What it says of itself.
        items: All items in order, numbered from 1.
        prices: The prices in force; None without any.
        summary: The sums.
        unaccounted: For each charge point what its registers gained without a record; empty where it was not asked
            for.
    """

    __slots__ = ("header", "items", "prices", "summary", "unaccounted")

    def __init__(
        self,
        header: Header,
        items: Iterable[Item],
        prices: Prices | None = None,
        before: Registers | None = None,
        unaccounted: Mapping[str, Unaccounted] | None = None,
    ) -> None:
        """
        Make the statement.

        Args:
            header: What it says of itself.
            items: The items in any order.
            prices: What they cost; None: no amounts.
            before: The registers before the span; None: no unaccounted energy is reckoned, since not all charges are
                here, or it is known.
            unaccounted: It, of a settled month.
        """
        self.header = header
        self.prices = prices
        self.items = sorted(items, key=Item.order)
        for number, item in enumerate(self.items, 1):
            item.number = number
            if prices is not None:
                charge = item.charge
                item.set_price(prices.of(charge.account, header.local(charge.ended).date()))
        self.summary = Summary(self.items)
        found = gaps(self.items, before) if before is not None else []
        self.unaccounted = by_charge_point(self.items, found) if before is not None else dict(unaccounted or {})

    def accounts(self) -> list[str]:
        """Give the accounts of which it tells anything, in order."""
        return sorted({item.charge.account for item in self.items if not item.charge.is_unassigned})

    def of_account(self, account: str) -> Statement:
        """Give the statement that is an account's own: its items, numbered anew, and nothing of the others."""
        own = (copy(item) for item in self.items if item.charge.account == account)
        return Statement(self.header.of_account(account), own, self.prices)

    def charge_points(self) -> list[str]:
        """Give the identities of the charge points that it tells of, in order."""
        return sorted({item.charge.charge_point for item in self.items})

    def evidence(self) -> Iterator[tuple[str, dict[str, str], bool]]:
        """
        Say what charge points are, as their records have it.

        Yields:
            For each charge point its identity, names and values of what is known, and whether that is as it was seen
            when the statement was made: where a record does not say it. One that was replaced comes more than once.
        """
        said: dict[str, dict[tuple[tuple[str, str], ...], None]] = {}
        for item in self.items:
            said.setdefault(item.charge.charge_point, {})[item.charge.evidence] = None
        for identity in sorted(said):
            told = [dict(pairs) for pairs in said[identity] if pairs]
            seen = {} if () not in said[identity] else dict(self.header.seen.get(identity, {}))
            yield from ((identity, each, False) for each in told)
            if not told or (seen and not any(seen.items() <= each.items() for each in told)):
                yield identity, seen, bool(seen)

    def id_tags(self) -> list[str]:
        """Give the cards that were used, in order."""
        return sorted({item.charge.id_tag for item in self.items if item.charge.id_tag})

    def prices_used(self) -> list[Price]:
        """Give the prices that items have, in the order of their first use."""
        return list(dict.fromkeys(item.price for item in self.items if item.price is not None))

    @property
    def has_signatures(self) -> bool:
        """Whether there is a verdict on any session's signed meter values."""
        return any(item.signature for item in self.items)

    def taxed(self) -> list[Taxed]:
        """Give net, tax and gross of what is billed, by rate; nothing where no price names one."""
        priced = ((item.price, item.amount) for item in self.items)
        return by_rate((price.vat, amount) for price, amount in priced if price is not None and amount is not None)

    def flags(self) -> list[str]:
        """Give what has to be explained: each flag that an item has, in order."""
        raised = {flag for item in self.items for flag in item.flags}
        return [flag for flag in FLAGS if flag in raised]
