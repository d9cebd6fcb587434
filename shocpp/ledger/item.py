"""
A charge as one item of a statement: its number, its price, and what must be said of it.

Pure. Knows one charge; what items add up to is ``ledger.sums``', and how they are held against each other
``ledger.findings``'.
"""

from __future__ import annotations

from shocpp.ledger.record import FOREIGN_ACCOUNT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from shocpp.ledger.charge import Charge, Month
    from shocpp.ledger.prices import Price
    from shocpp.ledger.signature_verdict import SignatureVerdict

LATE, CLOCK, REPEATED, ANOMALY = "late", "clock", "repeated", "anomaly"
UNASSIGNED, UNKNOWN, UNPRICED = "unassigned", "unknown", "unpriced"
CORRECTED, CORRECTION, WITHDRAWN = "corrected", "correction", "withdrawn"
FLAGS = (
    LATE, CLOCK, REPEATED, ANOMALY, UNASSIGNED, FOREIGN_ACCOUNT, UNKNOWN, CORRECTED, CORRECTION, WITHDRAWN, UNPRICED,
)  # fmt: skip


class Item:
    """
    A charge as one item of a statement.

    Args:
        charge: The charge.
        is_corrected: A correction counts in its place, so that it bills nothing.

    Attributes:
        energy_wh: What it bills: mostly what was drawn; negative for what is withdrawn.
        number: Its place in the statement, from 1.
        price: The price in force when it ended; None without one.
        amount: What it costs, rounded; None without a price.
        flags: What must be said of it, of ``FLAGS`` and in their order.
        signature: What was found of its signed meter values; None where there are none, or nobody looked.
    """

    __slots__ = ("_is_fixed", "amount", "charge", "energy_wh", "flags", "number", "price", "signature")

    def __init__(self, charge: Charge, is_corrected: bool = False) -> None:
        self.charge = charge
        self.energy_wh = 0 if is_corrected else charge.energy_wh
        self.number = 0
        self.price: Price | None = None
        self.amount: Decimal | None = None
        self.signature: SignatureVerdict | None = None
        self._is_fixed = False
        self.flags = tuple(_flags(charge, is_corrected))

    @property
    def is_account(self) -> bool:
        """Whether its energy belongs to an account."""
        return not self.charge.is_unassigned and not self.charge.anomaly and not self.is_corrected

    @property
    def is_corrected(self) -> bool:
        """Whether a correction counts in its place."""
        return CORRECTED in self.flags

    @property
    def is_measured(self) -> bool:
        """Whether it tells of a meter; what is corrected or withdrawn tells what another item told."""
        return CORRECTION not in self.flags and WITHDRAWN not in self.flags

    def fix(self, flags: tuple[str, ...], energy_wh: int, price: Price | None, amount: Decimal | None) -> None:
        """Make it what it was in a settled month; no price is put on it any more."""
        self.flags, self.energy_wh, self.price, self.amount = flags, energy_wh, price, amount
        self._is_fixed = True

    def withdrawal(self, correction: Charge, month: Month) -> Item:
        """
        Take back what this item of a settled month bills.

        Args:
            correction: What counts in its place.
            month: Year and month that bill the withdrawal.

        Returns:
            The same item with everything negative; its charge says who corrected it and why.
        """
        charge = self.charge.corrected_as(correction, month)
        kept = {WITHDRAWN, *self.flags} - {LATE, CORRECTION}
        item = Item(charge)
        amount = None if self.amount is None else -self.amount
        item.fix(tuple(flag for flag in FLAGS if flag in kept), -self.energy_wh, self.price, amount)
        return item

    def set_price(self, price: Price | None) -> None:
        """Put a price on it, or say that there is none; what is nobody's has no price anyway."""
        if not self.is_account or self._is_fixed:
            return
        self.price = price
        if price is None:
            self.flags = self.flags if UNPRICED in self.flags else (*self.flags, UNPRICED)
        else:
            self.amount = price.amount(self.energy_wh)

    def order(self) -> tuple[object, ...]:
        """Give what items are sorted by: time, then place, then what is left; never the order of reading."""
        charge = self.charge
        return (
            charge.unixtime,
            charge.charge_point,
            charge.connector_id or 0,
            charge.end_kwh,
            charge.account,
            charge.folder,
            charge.name,
            -self.energy_wh,
        )


def _flags(charge: Charge, is_corrected: bool) -> Iterator[str]:
    """Give what must be said of a charge, in the order of ``FLAGS``."""
    if charge.is_late and not charge.corrects:
        yield LATE
    if charge.is_clock_suspect:
        yield CLOCK
    if charge.repeats:
        yield REPEATED
    if charge.anomaly:
        yield ANOMALY
    if charge.is_unassigned:
        yield UNASSIGNED
    if charge.unassigned_because == FOREIGN_ACCOUNT:
        yield FOREIGN_ACCOUNT
    if charge.is_unknown:
        yield UNKNOWN
    if is_corrected:
        yield CORRECTED
    if charge.corrects:
        yield CORRECTION
