"""Hostile texts, and columns."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from shocpp.report.plain import _columns, fit, masked, plain, right, width


@given(st.text(max_size=200))
def test_nothing_is_obeyed(text: str) -> None:
    """No text leaves a letter that a terminal obeys or a reader cannot see, and none is longer than asked for."""
    shown = plain(text)
    assert not {unicodedata.category(letter) for letter in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert len(shown) <= 64
    shown.encode()


def test_ordinary_names_stay() -> None:
    """Names of people and firms stay as they are, accents and other scripts included."""
    for name in ("Spaß & Söhne", "Zoë", "充电桩 3", "חשבון", "a e\u0301 b", "O'Neill"):
        assert plain(name) == name


def test_marks_pile_up() -> None:
    """Hundreds of marks on one letter do not run through the lines above."""
    assert "<301>" in plain("e" + "\u0301" * 50)


def test_ordinary_letters_take_one_column() -> None:
    """The letters that are not looked up one by one are of one column each."""
    for code in range(0x3000):
        letter = chr(code)
        assert width(letter) == _columns(letter) or unicodedata.category(letter) in ("Cc", "Cf", "Cn")


@given(st.text(max_size=40), st.integers(1, 40))
def test_columns(text: str, columns: int) -> None:
    """A fitted text takes its columns exactly, wide letters included."""
    assert width(fit(plain(text), columns)) == columns
    assert width(right(plain(text), 90)) >= 90


@given(st.text(min_size=1, max_size=20))
def test_masked(id_tag: str) -> None:
    """Of a card's id at most a half is shown, and never more than its last four letters."""
    shown = masked(id_tag)
    assert shown.startswith("…")
    if id_tag.isascii() and id_tag.isprintable():
        assert len(shown) - 1 <= min(4, len(id_tag) // 2) and id_tag.endswith(shown[1:])
