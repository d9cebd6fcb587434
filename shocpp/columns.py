"""
Texts that stand under each other on a terminal: how wide they are, and how they are laid out.

Knows that letters may take more or less than one column; the texts have been made harmless before (``texts``).
"""

from __future__ import annotations

import re
import unicodedata

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

# letters that may take more or less than one column: all but Latin, punctuation, currencies and arrows
_ODD = re.compile("[^ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u20a0-\u20bf\u2190-\u21ff]")


def width(text: str) -> int:
    """
    Give the number of columns that a text takes on a terminal.

    >>> width("abc"), width("充电"), width("e\\u0301")
    (3, 4, 1)
    """
    return sum(map(_columns, text)) if _ODD.search(text) else len(text)


def fit(text: str, columns: int) -> str:
    """
    Cut a text to a number of columns, and fill it up to them.

    >>> fit("abc", 5) + "|", fit("abcdef", 4) + "|", fit("充电桩", 4) + "|"
    ('abc  |', 'abc…|', '充… |')
    """
    taken = width(text)
    if taken > columns:
        kept, taken = [], 0
        for letter in text:
            if taken + _columns(letter) > columns - 1:
                break
            kept.append(letter)
            taken += _columns(letter)
        text, taken = "".join(kept) + "…", taken + 1
    return text + " " * (columns - taken)


def right(text: str, columns: int) -> str:
    """Align a text to the right in a number of columns; one that is wider stays whole."""
    return " " * max(0, columns - width(text)) + text


def table(lines: Sequence[Sequence[str]]) -> list[str]:
    """
    Lay out lines of cells: each column as wide as its widest cell, two spaces between them.

    >>> table([("name", "energy"), ("CP001", "9 kWh")])
    ['name   energy', 'CP001  9 kWh']
    """
    widths = [max(map(width, cells)) for cells in zip(*lines, strict=True)]
    return ["  ".join(map(fit, cells, widths)).rstrip() for cells in lines]


def _columns(letter: str) -> int:
    if unicodedata.category(letter) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
