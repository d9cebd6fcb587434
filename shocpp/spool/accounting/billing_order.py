"""
Which record bills a charge that several report: the first in an order that is the same whatever months are read.

A correction goes before the record with which a month was settled, that one before all others, and those as they are
read (``record_reader``). Which records are of one charge is told by ``ledger.repeated``.
"""

from __future__ import annotations

from shocpp.ledger.repeated import key_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from shocpp.ledger.charge import Charge, Month
    from shocpp.ledger.correction import Corrections
    from shocpp.ledger.repeated import BilledCharges
    from shocpp.spool.accounting.settled_charges import SettledCharges


class BillingOrder:
    """
    The order in which records bill.

    Args:
        settled: What settled months bill; None where there are none, or records alone are asked.
        corrections: The corrections; None where records alone are asked. From now on they count in the place of what
            settled months bill of the same charges, too.

    Raises:
        DataError: A settlement cannot be read, or makes no sense.
    """

    def __init__(self, settled: SettledCharges | None = None, corrections: Corrections | None = None) -> None:
        self._settled = settled
        self._corrections = corrections
        if settled is not None and corrections is not None:
            for each, billed in list(settled.billing(corrections)):
                corrections.join(each, billed)

    def kept(self, month: Month) -> Collection[str]:
        """Give the names of the records in a month's folder with which a month was settled: each counts."""
        return self._settled.kept(month) if self._settled is not None else ()

    def passes_over(self, charge: Charge) -> bool:
        """Tell whether a charge's stop is one that a settled month bills from another record."""
        return self._settled is not None and self._settled.passes_over(charge)

    def counting(self, ref: str) -> str:
        """Give the place of the record that counts in the place of a record: a correction's, or its own."""
        return ref if self._corrections is None else self._corrections.counting(ref)

    def mark(self, charge: Charge, met: BilledCharges) -> None:
        """
        Say in a charge which record bills it, if it repeats one; from now on know it.

        What it was settled as it is for good: one that billed bills, one that repeated another never will.

        Args:
            charge: The charge.
            met: What was read before it, and knows it from now on.
        """
        key = key_of(charge)
        repeats = self._settled.repeats_of(charge) if self._settled is not None else None
        if repeats is None:
            if key is not None:
                met.mark(key, charge, list(self._ahead_of(charge)))
            return
        charge.repeats = self.counting(repeats) if repeats else ""
        if key is not None:
            met.meet(key, charge)

    def _ahead_of(self, charge: Charge) -> Iterator[BilledCharges]:
        """Give what bills before any record that was read; of a record's own correction nothing."""
        if self._settled is not None:
            yield from self._settled.billed_before(charge)
        if self._corrections is not None and not self._corrections.replace(charge):
            yield self._corrections.charges
