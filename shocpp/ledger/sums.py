"""
Sums over finished charges: by account, what belongs to no account, and what cannot be believed.

Integers throughout: Wh where a record has them, whole kWh otherwise. Pure, and independent of order: a sum is the
same whichever way its charges come.
"""

from __future__ import annotations

from decimal import Decimal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from shocpp.ledger.charge import Charge
    from shocpp.ledger.prices import Price

LATE, CLOCK, ANOMALY, UNASSIGNED, UNKNOWN, UNPRICED = "late", "clock", "anomaly", "unassigned", "unknown", "unpriced"
FLAGS = (LATE, CLOCK, ANOMALY, UNASSIGNED, UNKNOWN, UNPRICED)


class Item:
    """
    A charge as one item of a statement: numbered, priced, and with what must be said of it.

    Args:
        charge: The charge.

    Attributes:
        number: Its place in the statement, from 1.
        price: The price in force when it ended; None without one.
        amount: What it costs, rounded; None without a price.
        flags: What must be said of it, of ``FLAGS`` and in their order.
    """

    __slots__ = ("amount", "charge", "flags", "number", "price")

    def __init__(self, charge: Charge) -> None:
        self.charge = charge
        self.number = 0
        self.price: Price | None = None
        self.amount: Decimal | None = None
        raised = {
            LATE: charge.is_late,
            CLOCK: charge.is_clock_suspect,
            ANOMALY: bool(charge.anomaly),
            UNASSIGNED: charge.is_unassigned,
            UNKNOWN: charge.is_unknown,
        }
        self.flags = tuple(flag for flag in FLAGS if raised.get(flag))

    @property
    def is_account(self) -> bool:
        """Whether its energy belongs to an account."""
        return not self.charge.is_unassigned and not self.charge.anomaly

    def set_price(self, price: Price | None) -> None:
        """Put a price on it, or say that there is none; what is nobody's has no price anyway."""
        if not self.is_account:
            return
        self.price = price
        if price is None:
            self.flags = (*self.flags, UNPRICED)
        else:
            self.amount = price.amount(self.charge.energy_wh)

    def order(self) -> tuple[object, ...]:
        """Give what items are sorted by: time, then place, then what is left; never the order of reading."""
        charge = self.charge
        return (
            charge.unixtime,
            charge.charge_point,
            charge.connector_id or 0,
            charge.end_kwh,
            charge.account,
            charge.name,
        )


class Sum:
    """A number of items, their energy, and what they cost as far as they have a price."""

    __slots__ = ("amount", "count", "energy_wh", "is_exact", "unpriced")

    def __init__(self) -> None:
        self.count = 0
        self.energy_wh = 0
        self.is_exact = False
        self.amount: Decimal | None = None
        self.unpriced = 0

    def add(self, item: Item) -> None:
        """Count an item in."""
        self.count += 1
        self.energy_wh += item.charge.energy_wh
        self.is_exact = self.is_exact or item.charge.is_exact
        if item.amount is not None:
            self.amount = (self.amount or Decimal(0)) + item.amount
        self.unpriced += UNPRICED in item.flags


class Summary:
    """
    The sums of a statement.

    Attributes:
        accounts: Each account's sum, by name in order.
        total: The sum of all accounts.
        unassigned: What belongs to no account.
        anomalies: Items whose readings cannot be believed; whatever energy they claim is in no other sum.
    """

    __slots__ = ("accounts", "anomalies", "total", "unassigned")

    def __init__(self, items: Iterable[Item]) -> None:
        self.total, self.unassigned, self.anomalies = Sum(), Sum(), Sum()
        accounts: dict[str, Sum] = {}
        for item in items:
            if item.is_account:
                accounts.setdefault(item.charge.account, Sum()).add(item)
                self.total.add(item)
            else:
                (self.anomalies if item.charge.anomaly else self.unassigned).add(item)
        self.accounts = dict(sorted(accounts.items(), key=lambda item: (item[0].casefold(), item[0])))
