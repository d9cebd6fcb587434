"""
The rows of a page's sessions, as markup: of a year there are a hundred thousand, a call of the template for each cell.

Everything that comes out of a record goes through ``escape`` here; figures and times are written by ``forms`` and need
none. The rest of the page is the template's (``html``).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import islice

from markupsafe import Markup, escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from shocpp.ledger.item import Item
    from shocpp.report.view import View

_NONE = "–"
_TOGETHER = 50  # rows in a piece: the template does much with each
_REMEMBERED = 1024  # names of accounts, connectors and reasons: most sessions have one that was there before
_APART, _WHOLE = ' class="apart"', ' class="whole"'


class SessionRows:
    """
    The rows, one a session, in order, some of them in each piece.

    Args:
        view: The statement.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._has_accounts = not view.account()
        self._has_decimals = view.statement.summary.total.is_exact

    def __iter__(self) -> Iterator[Markup]:
        rows = map(self._row, self._view.statement.items)
        while together := list(islice(rows, _TOGETHER)):
            yield Markup("\n".join(together))  # noqa: S704 - its texts are escaped

    def _row(self, item: Item) -> str:
        view, charge = self._view, item.charge
        begin, end = view.readings_of(item)
        begin, end = self._kwh(begin, charge.begin_wh is not None), self._kwh(end, charge.end_wh is not None)
        return (
            f"<tr{'' if item.is_account else _APART}>\n"
            f'  <th scope="row" class="n">{item.number}</th>\n'
            f'  <td class="when">{view.start_of(item) or _NONE}<br>{view.end_of(item)}</td>\n'
            f'  <td class="n">{view.duration_of(item) or _NONE}</td>\n'
            f"  <td>{self._whose(item)}</td>\n"
            f"  <td>{_name(view.connector_of(item) or _NONE)}<br>{_quiet(view.tag_of(item))}</td>\n"
            f'  <td class="n">{begin}<br>{end}</td>\n'
            f'  <td class="n strong">{self._kwh(view.energy_of(item), charge.is_exact)}</td>\n'
            f"{self._cost(item) if view.has_amounts else ''}"
            "</tr>"
        )

    def _whose(self, item: Item) -> str:
        """Write its account, unless the page is that account's, the reason of its end, its record, and its marks."""
        view = self._view
        account = f"{_name(view.account_of(item))}<br>" if self._has_accounts else ""
        record = view.record_of(item)
        marks = "".join(f' <span class="mark">{_name(mark)}</span>' for mark in view.marks_of(item))
        return f"{account}{_quiet(view.reason_of(item))}{f' {_quiet(record)}' if record else ''}{marks}"

    def _kwh(self, text: str, is_exact: bool) -> str:
        """Write kWh; those that are only known as whole ones stand where the whole ones of the others stand."""
        return f"<span{'' if is_exact or not self._has_decimals else _WHOLE}>{text}</span>"

    def _cost(self, item: Item) -> str:
        """Write the cell of amount and price."""
        if item.price is None:
            return f'  <td class="n">{_NONE}</td>\n'
        amount, price = self._view.amount(item.amount), self._view.price_of(item)
        return f'  <td class="n"><span class="strong">{amount}</span><br><span class="quiet">{price}</span></td>\n'


@lru_cache(_REMEMBERED)
def _name(text: str) -> str:
    """Write a text from outside, isolated: one from right to left does not reorder what stands beside it."""
    return f"<bdi>{escape(text)}</bdi>"


def _quiet(text: str) -> str:
    return f'<span class="quiet">{_name(text)}</span>'
