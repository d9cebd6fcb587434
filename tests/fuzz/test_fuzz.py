"""Messages that went wrong: some thousands and, with --thorough, a million (docs/quirks.md)."""

from __future__ import annotations

import pytest

from tests.fuzz.envelopes import hammer_envelopes
from tests.fuzz.hammer import hammer

FEW, ENVELOPES = 2_000, 10_000
PARTS = 20  # of the million, so that they run side by side


def test_some_thousand_messages() -> None:
    """No message, whatever was done to it, breaks any promise of the backend."""
    hammer(FEW)


def test_ten_thousand_envelopes() -> None:
    """No envelope and no HTTP request, whatever was done to it, breaks what reads it."""
    hammer_envelopes(ENVELOPES)


@pytest.mark.thorough
@pytest.mark.parametrize("part", range(PARTS))
def test_a_million_messages(part: int) -> None:
    """Of a million such messages none does."""
    hammer(1_000_000 // PARTS, first=part * 1_000_000 // PARTS)
