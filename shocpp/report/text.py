"""A statement as text for a terminal or a mail: 80 columns, and nothing in it that a terminal would obey."""

from __future__ import annotations

from shocpp.columns import fit, right, width
from shocpp.report.view import View

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shocpp.ledger.item import Item
    from shocpp.ledger.statement import Statement
    from shocpp.ledger.sums import Sum
    from shocpp.report.forms import Forms
    from shocpp.report.words import Words

COLUMNS = 80
_TAX_COLUMNS = ("net", "tax", "gross")
_LABEL = 14
_INDENT = "      "
_RULE = "-" * COLUMNS


def lines(statement: Statement, words: Words, forms: Forms) -> Iterator[str]:
    """
    Write a statement.

    Args:
        statement: The statement.
        words: Its language.
        forms: How it writes numbers and dates.

    Yields:
        Its lines, without line ends.
    """
    page = _Page(View(statement, words, forms))
    yield from page.head()
    if not statement.items:
        yield page.none()
        return
    yield from page.totals()
    yield from page.taxes()
    yield from page.unaccounted()
    yield from page.items()
    yield from page.notes()


class _Page:
    def __init__(self, view: View) -> None:
        self._view = view
        self._words = view.words
        self._statement = view.statement

    def head(self) -> Iterator[str]:
        """Write the title and what the statement is about: period, account, charge points, cards, prices."""
        view = self._view
        if issuer := view.issuer():
            yield from (*issuer, "")
        yield view.title()
        yield "=" * width(view.title())
        yield from self._field("period", [view.period()])
        yield from self._field("account", [view.account()])
        for label, lines in view.party():
            yield from self._labelled(label, lines)
        yield from self._field("charge_points", [" · ".join(filter(None, each)) for each in view.charge_points()])
        yield from self._field("tags", [view.tags()] if view.account() else [])
        yield from self._field("prices", view.prices())
        yield from self._field("settled" if view.header.is_settled else "created", [view.created()])
        yield ""

    def none(self) -> str:
        """Say that there is nothing."""
        return self._view.none()

    def totals(self) -> Iterator[str]:
        """Write a line of sums for each account, the total, and apart from it what is nobody's or an anomaly."""
        view, words = self._view, self._words
        yield self._row(words["account"], words["count"], "kWh", view.currency)
        yield _RULE
        for account, each in view.sums():
            yield self._sum(" ".join([account, *(f"[{mark}]" for mark in view.short_of(each))]), each)
        if total := view.total():
            yield _RULE
            yield self._sum(*total)
        apart = [self._sum(name, each) for name, each in view.apart()]
        yield from ["", *apart] if apart else []

    def taxes(self) -> Iterator[str]:
        """Write net, tax and gross of each rate of value added tax."""
        words = self._words
        for number, (name, figures) in enumerate(self._view.taxes()):
            if number == 0:
                yield ""
                yield self._tax(words["vat"], [f"{words[each]} {self._view.currency}" for each in _TAX_COLUMNS])
                yield _RULE
            yield self._tax(name, figures)

    def unaccounted(self) -> Iterator[str]:
        """Write the energy without a record, by charge point, with the gaps that it is the sum of."""
        for number, (identity, each) in enumerate(self._statement.unaccounted.items()):
            if number == 0:
                yield ""
                yield self._row(self._words["unaccounted"], "", "kWh")
                yield _RULE
            yield self._row(self._view.name_of(identity), "", self._kwh(each.wh, each.is_exact))
            for gap in each.gaps:
                where, energy = self._view.gap(gap)
                line = f"{where}: {energy} kWh" if energy else where
                yield from _flow(line.split(" "), " ", "    ", "        ")

    def items(self) -> Iterator[str]:
        """Write every item, a few lines each."""
        yield ""
        yield self._words["sessions"]
        yield _RULE
        for item in self._statement.items:
            yield from self._item(item)
            yield ""

    def notes(self) -> Iterator[str]:
        """Explain the marks that are used, and say what holds for the whole statement."""
        yield _RULE
        for mark, meaning in self._view.notes():
            yield from _flow(f"[{mark}] {meaning}".split(" "), " ", "", "    ")
        what = f"{self._words['unaccounted']}: {self._words['unaccounted.what']}"
        for line in [*([what] if self._statement.unaccounted else []), *self._view.fine_print()]:
            yield from _flow(line.split(" "), " ", "", "    ")

    def _item(self, item: Item) -> Iterator[str]:
        view = self._view
        start, end, took = view.start_of(item), view.end_of(item), view.duration_of(item)
        when = f"{start} – {end}" if start else f"{self._words['until']} {end}"
        took = f"{took} {self._words['hours']}" if took else ""
        energy = f"{self._kwh(item.energy_wh, item.charge.is_exact)} kWh"
        head, tail = f"{item.number:4}  {when}", f"{took:>9}{right(energy, 16)}"
        room = COLUMNS - width(head)
        yield from [head + right(tail, room)] if width(tail) <= room else [head, right(tail, COLUMNS)]
        yield from _flow(self._facts(item), " · ", _INDENT, _INDENT)
        yield from _flow([f"[{mark}]" for mark in view.marks_of(item)], " ", _INDENT, _INDENT)

    def _facts(self, item: Item) -> Iterator[str]:
        view = self._view
        yield view.account_of(item)
        if connector := view.connector_of(item):
            yield connector
        if tag := view.tag_of(item):
            yield f"{self._words['tag']} {tag}"
        yield " → ".join(view.readings_of(item))
        if reason := view.reason_of(item):
            yield reason
        if record := view.record_of(item):
            yield record
        if item.amount is not None:
            yield f"{view.price_of(item)} {view.currency}/kWh = {view.amount(item.amount)} {view.currency}"

    def _field(self, name: str, values: Iterable[str]) -> Iterator[str]:
        yield from self._labelled(self._words[name], values)

    def _labelled(self, label: str, values: Iterable[str]) -> Iterator[str]:
        for value in filter(None, values):
            yield from _flow(value.split(" "), " ", f"{label:{_LABEL}}", " " * _LABEL)
            label = ""

    def _sum(self, name: str, each: Sum) -> str:
        count = self._view.forms.whole(each.count)
        return self._row(name, count, self._kwh(each.energy_wh, each.is_exact), self._view.amount(each.amount))

    def _row(self, name: str, count: str, energy: str, amount: str = "") -> str:
        numbers = right(count, 10 if self._view.has_amounts else 14) + right(energy, 16)
        numbers += right(amount, 14) if self._view.has_amounts else ""
        return (fit(name, COLUMNS - width(numbers)) + numbers).rstrip()

    def _tax(self, name: str, figures: Iterable[str]) -> str:
        numbers = "".join(right(figure, 15) for figure in figures)
        return fit(name, COLUMNS - width(numbers)) + numbers

    def _kwh(self, wh: int, is_exact: bool) -> str:
        """Write energy so that the kWh stand under each other, whether Wh are known or not."""
        return self._view.forms.kwh(wh, is_exact) + ("" if is_exact else "    ")


def _flow(parts: Iterable[str], between: str, first: str, indent: str) -> Iterator[str]:
    """Put parts beside each other as long as they fit; one that fits nowhere is cut."""
    parts = list(parts)
    line, is_empty = first + between.join(parts), True
    if parts and width(line) <= COLUMNS:
        yield line.rstrip()
        return
    line = first
    for part in parts:
        if not is_empty and width(line + between + part) > COLUMNS:
            yield line.rstrip()
            line, is_empty = indent, True
        room = COLUMNS - width(line)
        line += (part if width(part) <= room else fit(part, room)) if is_empty else between + part
        is_empty = False
    if not is_empty:
        yield line.rstrip()
