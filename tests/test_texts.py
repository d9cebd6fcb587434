"""Texts from outside: none forges a line of the log, and nobody is shown what a terminal obeys."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.texts import clean, masked, plain

DIRECTIONS = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


def is_harmless(letter: str) -> bool:
    """Tell whether a letter can neither end a line, nor move a cursor, nor turn the direction of what follows."""
    return (
        unicodedata.category(letter) not in ("Cc", "Zl", "Zp")
        and unicodedata.bidirectional(letter) not in DIRECTIONS
        and letter not in "\u200e\u200f\u061c"
    )


def test_no_letter_forges_a_line() -> None:
    """Of all of Unicode, what is not harmless is written as its number, and what is stays as it is."""
    for letter in map(chr, range(sys.maxunicode + 1)):
        cleaned = clean(f"a{letter}b")
        assert (cleaned == f"a{letter}b") == is_harmless(letter), hex(ord(letter))
        assert is_harmless(letter) or cleaned.isascii()


@given(st.text())
def test_a_line_stays_one_line(text: str) -> None:
    """What came from the network stays in its line."""
    assert len(f"{clean(text)}x".splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a\nb\r", "a\\x0ab\\x0d"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\x9b1m\x85", "\\x9b1m\\x85"),
        ("\u2028\u202e", "\\u2028\\u202e"),
        ("Müller 電", "Müller 電"),
        (None, "None"),
    ],
)
def test_what_is_made_of_a_value(text: object, written: str) -> None:
    """Controls are shown by their number, letters of any language stay."""
    assert clean(text) == written


def test_a_line_is_bounded() -> None:
    """A megabyte from a charge point makes 200 characters and a count."""
    assert clean("x" * 200) == "x" * 200
    assert clean("x" * 201) == "x" * 200 + "… (201 characters)"
    assert clean("x" * 1_000_000) == "x" * 200 + "… (1000000 characters)"
    assert len(clean("\n" * 1_000_000)) < 1000


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


@given(st.text(min_size=1, max_size=20))
def test_masked(id_tag: str) -> None:
    """Of a card's id at most a half is shown, and never more than its last four letters."""
    shown = masked(id_tag)
    assert shown.startswith("…")
    if id_tag.isascii() and id_tag.isprintable():
        assert len(shown) - 1 <= min(4, len(id_tag) // 2) and id_tag.endswith(shown[1:])
