"""
A statement's items as CSV, for spreadsheets and tools: one line an item, so that columns may be summed.

A spreadsheet takes a text that begins like a formula for one; such a text gets an apostrophe in front.
"""

from __future__ import annotations

import csv

from shocpp.report.view import View

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from shocpp.ledger.item import Item
    from shocpp.ledger.statement import Statement
    from shocpp.report.forms import Forms
    from shocpp.report.words import Words

BOM = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_HEADS = (
    "number",
    "start",
    "start_offset",
    "end",
    "end_offset",
    "duration",
    "charge_point",
    "connector",
    "account",
    "tag",
    "meter_start",
    "meter_end",
    "energy",
    "energy",
    "price",
    "amount",
    "currency",
    "reason",
    "booked",
    "flags",
    "note",
)
_PRICE = _HEADS.index("price") + 1
_VAT = ("vat.percent", "per_kwh_is")  # beside the price, where there is a rate
_UNITS = {"meter_start": " kWh", "meter_end": " kWh"}


def table(statement: Statement, words: Words, forms: Forms, separator: str) -> Iterator[str]:
    """
    Write the items.

    Args:
        statement: The statement.
        words: Its language.
        forms: How it writes numbers and dates: without grouped thousands.
        separator: ``";"`` where the comma is for decimals, else ``","``.

    Yields:
        The lines, the first one with the columns' names, each ended by CR LF (RFC 4180).
    """
    view = View(statement, words, forms)
    writer = csv.writer(_Line(), delimiter=separator, lineterminator="\r\n")
    yield str(writer.writerow(_heads(view)))
    meanings = {flag: words[f"note.{flag}"] for flag in statement.flags()}
    for item in statement.items:
        yield str(writer.writerow([*_cells(view, item), " ".join(meanings[flag] for flag in item.flags)]))


class _Line:
    """A file for ``csv`` that keeps nothing: ``writerow`` returns what ``write`` does."""

    def write(self, line: str) -> str:
        """Give the line back."""
        return line


def guarded(text: str) -> str:
    """
    Make a text that no spreadsheet takes for a formula.

    >>> guarded("=cmd()"), guarded("family-y"), guarded(" +1")
    ("'=cmd()", 'family-y', "' +1")
    """
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _heads(view: View) -> Iterator[str]:
    energy = iter((" kWh", " Wh"))
    for name in (*_HEADS[:_PRICE], *(_VAT if view.taxed else ()), *_HEADS[_PRICE:]):
        unit = next(energy) if name == "energy" else _UNITS.get(name, "")
        yield view.words[name] + (" h:mm" if name == "duration" else unit)


def _time(view: View, time: datetime | None) -> tuple[str, str]:
    """Give a local time and its offset, which a spreadsheet could not read in one cell."""
    if time is None:
        return "", ""
    local, offset = view.forms.time(view.header.local(time), is_to_the_second=True)
    return local, f"UTC{offset}"


def _cells(view: View, item: Item) -> list[object]:
    charge = item.charge
    begin, end = view.readings_of(item)
    return [
        item.number,
        *_time(view, charge.started),
        *_time(view, charge.ended),
        view.duration_of(item),
        guarded(view.name_of(charge.charge_point)),
        "" if charge.connector_id is None else charge.connector_id,
        guarded(view.account_of(item)),
        view.tag_of(item),
        begin,
        end,
        view.energy_of(item),
        item.energy_wh,
        view.price_of(item),
        *(view.rate_of(item) if view.taxed else ()),
        view.amount(item.amount),
        view.statement.prices.currency if item.amount is not None and view.statement.prices else "",
        guarded(view.reason_of(item)),
        f"{item.charge.month[0]:04}-{item.charge.month[1]:02}",
        ", ".join(view.marks_of(item)),
    ]
