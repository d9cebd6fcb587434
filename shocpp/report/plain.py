"""
Texts from outside made harmless, and texts that stand under each other in columns.

An account's name, a card's id or a charge point's vendor may hold anything: escape sequences, line breaks, marks that
turn the direction of writing, ten thousand letters. Knows no format; HTML and JSON have their own escaping on top.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LONGEST = 64
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# what Unicode calls letters or symbols, but nobody sees: fillers that make a name look empty or like another
_FILLERS = dict.fromkeys((0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0))
_MOST_MARKS = 3
# letters that may take more or less than one column: all but Latin, punctuation, currencies and arrows
_ODD = re.compile("[^ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u20a0-\u20bf\u2190-\u21ff]")


@lru_cache(maxsize=1024)
def plain(text: str, longest: int = _LONGEST) -> str:
    """
    Make a text from outside fit for one line of any output.

    Args:
        text: The text.
        longest: More letters than that are cut off, with an ellipsis for them.

    Returns:
        The text with every letter that is not to be seen written as its code.

    >>> plain("a\\x1b[2Jb\\nc\\u202ed"), plain("x" * 100, 5)
    ('a<1B>[2Jb<0A>c<202E>d', 'xxxx…')
    """
    if text.isascii() and text.isprintable():
        return _cut(text, longest)
    out, marks = [], 0
    for letter in _cut(text, longest):
        category = unicodedata.category(letter)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if category in _UNSEEN or ord(letter) in _FILLERS or marks > _MOST_MARKS:
            out.append(f"<{ord(letter):02X}>")
        else:
            out.append(" " if category == "Zs" else letter)
    return _cut("".join(out), longest)


def masked(id_tag: str) -> str:
    """
    Give of a card's id what its owner needs to recognise it.

    >>> masked("04A2B3C4D5E680"), masked("1111"), masked("12"), masked("")
    ('…E680', '…11', '…', '')
    """
    seen = 4 if len(id_tag) >= 8 else 2 if len(id_tag) >= 4 else 0
    return f"…{plain(id_tag[len(id_tag) - seen :])}" if id_tag else ""


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
    """Put a text at the right of a number of columns; one that is wider stays whole."""
    return " " * max(0, columns - width(text)) + text


def _columns(letter: str) -> int:
    if unicodedata.category(letter) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
