"""
A charge as one item of a statement: its number, its price, and what must be said of it.

Pure. Knows one charge; what items add up to is ``ledger.sums``', and how they are held against each other
``ledger.findings``'.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from decimal import Decimal

    from shocpp.ledger.charge import Charge
    from shocpp.ledger.prices import Price

LATE, CLOCK, REPEATED, ANOMALY = "late", "clock", "repeated", "anomaly"
UNASSIGNED, UNKNOWN, UNPRICED = "unassigned", "unknown", "unpriced"
FLAGS = (LATE, CLOCK, REPEATED, ANOMALY, UNASSIGNED, UNKNOWN, UNPRICED)


class Item:
    """
    A charge as one item of a statement.

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
            REPEATED: bool(charge.repeats),
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
