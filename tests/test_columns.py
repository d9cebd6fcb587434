"""Columns of a terminal: what stands under each other does so in every script."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from shocpp.columns import _columns, fit, right, width
from shocpp.texts import plain


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
