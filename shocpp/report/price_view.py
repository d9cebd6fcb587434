"""
Prices and value added tax, put into words and forms. Knows no item and no layout.

Every text from outside that comes out of here has gone through ``plain``.
"""

from __future__ import annotations

from decimal import Decimal

from shocpp.report.forms import symbol
from shocpp.texts import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shocpp.ledger.prices import Price
    from shocpp.ledger.vat import Taxed, Vat
    from shocpp.report.forms import Forms
    from shocpp.report.words import Words


class PriceView:
    """
    Prices in a language.

    Args:
        words: Its words.
        forms: How it writes numbers and dates.
        currency: The code of the currency; empty for none.

    Attributes:
        currency: The currency's sign.
    """

    def __init__(self, words: Words, forms: Forms, currency: str) -> None:
        self._words = words
        self._forms = forms
        self.currency = symbol(currency)

    def about(self, price: Price) -> Iterator[str]:
        """Describe a price: what, with or without which tax, when, for whom, and where it comes from."""
        what = self._forms.decimal(price.per_kwh)
        if price.base_fee_per_kwh:
            sum_of = self._words["price.base"].format(price=what, base=self._forms.decimal(price.base_fee_per_kwh))
            what = f"{self._forms.decimal(price.all_in)} ({sum_of})"
        yield f"{what} {self.currency}/kWh"
        if price.vat:
            yield self._rate(price.vat)
        ends = [
            self._words[name].format(**{end: self._forms.date(day)})
            for name, end, day in (("price.from", "first", price.first), ("price.to", "last", price.last))
            if day is not None
        ]
        yield self._words["price.valid"].format(span=" ".join(ends)) if ends else self._words["price.always"]
        if price.accounts:
            yield ", ".join(map(plain, price.accounts))
        if price.source:
            yield plain(price.source, 200)

    def percent(self, vat: Vat) -> str:
        """Write a rate without its sign."""
        return self._forms.decimal(vat.percent)

    def taxes(self, found: Iterable[Taxed]) -> list[tuple[str, list[str]]]:
        """Give net, tax and gross of each rate, and of all where there are several; nothing where there is none."""
        rows = [(self._rate(each.vat), (each.net, each.tax, each.gross)) for each in found]
        if len(rows) > 1:
            net, tax, gross = (sum(column, Decimal(0)) for column in zip(*(row for _, row in rows), strict=True))
            rows.append((self._words["vat.total"], (net, tax, gross)))
        return [(name, [self._forms.decimal(each) for each in row]) for name, row in rows]

    def _rate(self, vat: Vat | None) -> str:
        if vat is None:
            return self._words["vat.none"]
        return self._words["vat.gross" if vat.is_gross else "vat.net"].format(percent=self.percent(vat))
