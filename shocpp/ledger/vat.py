"""
Value added tax on what is billed: computed once for each rate, on the total of the amounts that have it.

Decimal throughout, rounded half up to cents. Pure: knows neither the file nor how an amount is written.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

GROSS, NET = "gross", "net"
_CENT = Decimal("0.01")


class Vat:
    """
    A rate of value added tax, and whether prices have it in them.

    Args:
        entry: ``percent``, and ``per_kwh_is``, which is ``gross`` or ``net``.
    """

    __slots__ = ("is_gross", "percent")

    def __init__(self, entry: Mapping[str, str]) -> None:
        self.percent = Decimal(entry["percent"])
        self.is_gross = entry["per_kwh_is"] == GROSS

    def entry(self) -> dict[str, str]:
        """Give it as it stands in prices.json."""
        return {"percent": str(self.percent), "per_kwh_is": GROSS if self.is_gross else NET}

    def of(self, amount: Decimal) -> Taxed:
        """
        Split an amount into net, tax and gross.

        >>> str(Vat({"percent": "19", "per_kwh_is": "gross"}).of(Decimal("11.90")).tax)
        '1.90'
        >>> str(Vat({"percent": "7", "per_kwh_is": "net"}).of(Decimal("0.50")).gross)
        '0.54'
        """
        if self.is_gross:
            net = (amount * 100 / (100 + self.percent)).quantize(_CENT, ROUND_HALF_UP)
            return Taxed(self, net, amount - net)
        return Taxed(self, amount, (amount * self.percent / 100).quantize(_CENT, ROUND_HALF_UP))


class Taxed:
    """
    What is billed at one rate.

    Attributes:
        vat: The rate; None for amounts whose price names none.
        net, tax, gross: Of their total.
    """

    __slots__ = ("gross", "net", "tax", "vat")

    def __init__(self, vat: Vat | None, net: Decimal, tax: Decimal) -> None:
        self.vat = vat
        self.net = net
        self.tax = tax
        self.gross = net + tax


def by_rate(amounts: Iterable[tuple[Vat | None, Decimal]]) -> list[Taxed]:
    """
    Split what is billed by rate.

    Args:
        amounts: Amounts, each with the rate that its price names.

    Returns:
        What is billed at each rate, the highest first, gross prices before net ones, and last what names no rate;
        nothing at all where no price names one.
    """
    totals: dict[tuple[Decimal, bool], Decimal] = {}
    rates: dict[tuple[Decimal, bool], Vat] = {}
    rest: Decimal | None = None
    for vat, amount in amounts:
        if vat is None:
            rest = (rest or Decimal(0)) + amount
        else:
            key = vat.percent, vat.is_gross
            rates[key] = vat
            totals[key] = totals.get(key, Decimal(0)) + amount
    found = [rates[key].of(totals[key]) for key in sorted(totals, reverse=True)]
    return [*found, Taxed(None, rest, Decimal("0.00"))] if found and rest is not None else found
