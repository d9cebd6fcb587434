"""
Sums over the items of a statement: by account, what belongs to no account, and what cannot be believed.

Integers throughout: Wh where a record has them, whole kWh otherwise. Pure, and independent of order: a sum is the
same whichever way its items come.
"""

from __future__ import annotations

from decimal import Decimal

from shocpp.ledger.item import UNPRICED, WITHDRAWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from shocpp.ledger.item import Item


class Sum:
    """A number of charges, their energy, and what they cost as far as they have a price."""

    __slots__ = ("amount", "count", "energy_wh", "is_exact", "unpriced")

    def __init__(self) -> None:
        self.count = 0
        self.energy_wh = 0
        self.is_exact = False
        self.amount: Decimal | None = None
        self.unpriced = 0

    def add(self, item: Item) -> None:
        """Count an item in; what only repeats another one is no charge more, and what is withdrawn is one less."""
        sign = -1 if WITHDRAWN in item.flags else 1
        self.count += sign * (not item.charge.repeats)
        self.energy_wh += item.energy_wh
        self.is_exact = self.is_exact or item.charge.is_exact
        if item.amount is not None:
            self.amount = (self.amount or Decimal(0)) + item.amount
        self.unpriced += sign * (UNPRICED in item.flags)


class Summary:
    """
    The sums of a statement.

    Attributes:
        accounts: Each account's sum, by name in order.
        total: The sum of all accounts.
        unassigned: What belongs to no account.
        anomalies: Items whose readings cannot be believed; whatever energy they claim is in no other sum.

    What is corrected is in none of them: its correction is, in the month in which it was made.
    """

    __slots__ = ("accounts", "anomalies", "total", "unassigned")

    def __init__(self, items: Iterable[Item]) -> None:
        self.total, self.unassigned, self.anomalies = Sum(), Sum(), Sum()
        accounts: dict[str, Sum] = {}
        for item in items:
            if item.is_account:
                accounts.setdefault(item.charge.account, Sum()).add(item)
                self.total.add(item)
            elif not item.is_corrected:
                (self.anomalies if item.charge.anomaly else self.unassigned).add(item)
        self.accounts = dict(sorted(accounts.items(), key=lambda item: (item[0].casefold(), item[0])))
