"""Numbers, dates and words of both languages."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.report import words
from shocpp.report.forms import LOCALES, Forms


@given(st.integers(-(10**15), 10**15), st.sampled_from(LOCALES), st.booleans())
def test_kwh_is_exact(wh: int, locale: str, is_grouped: bool) -> None:
    """Written kWh, read back, are the Wh to the last one, however large."""
    text = Forms(locale, is_grouped).kwh(wh)
    group, point = (".", ",") if locale == "de" else (",", ".")
    assert Decimal(text.replace(group, "").replace(point, ".")) * 1000 == wh
    assert is_grouped or group not in text


def test_dates() -> None:
    """Dates are written the way each language's readers take them for what they are."""
    time = datetime(2026, 9, 3, 9, 52, 10, tzinfo=UTC)
    assert Forms("de").time(time) == ("03.09.2026 09:52", "+00:00")
    assert Forms("en").time(time, is_to_the_second=True) == ("2026-09-03 09:52:10", "+00:00")
    assert Forms("de").date(date(2026, 9, 3)) == "03.09.2026"
    west = time.astimezone(timezone(-timedelta(hours=3, minutes=30)))
    assert Forms("de").time(west) == ("03.09.2026 06:22", "-03:30")


def test_both_languages_say_all() -> None:
    """Every word has both languages, and both have the same places to fill in."""
    for german, english in words._WORDS.values():
        assert german and english
        assert {field for _, field, *_ in string.Formatter().parse(german)} == {
            field for _, field, *_ in string.Formatter().parse(english)
        }


@pytest.mark.parametrize(("environ", "language"), [
    ({}, "en"),
    ({"LANG": "de_AT.UTF-8"}, "de"),
    ({"LANG": "en_US.UTF-8"}, "en"),
    ({"LC_MESSAGES": "en_GB", "LANG": "de_DE"}, "en"),
    ({"LC_ALL": "de_DE", "LC_MESSAGES": "en_GB"}, "de"),
    ({"LC_ALL": "", "LANG": "en"}, "en"),
    ({"LANG": "C"}, "en"),
    ({"LANG": "C.UTF-8"}, "en"),
    ({"LANG": "fr_FR.UTF-8"}, "en"),
    ({"LANG": "DE"}, "de"),
])  # fmt: skip
def test_language(environ: dict[str, str], language: str) -> None:
    """LC_ALL goes before LC_MESSAGES before LANG; what begins with de is German, and English is what is left."""
    assert words.language_of(environ) == language
    assert words.language_of(environ, "de_DE") == "de" and words.language_of(environ, "nl") == "en", "what is set wins"
