"""Ten thousand messages that went wrong; ``python -m tests.fuzz`` sends a million (docs/quirks.md)."""

from __future__ import annotations

import pytest

from tests.fuzz.hammer import hammer


@pytest.mark.parametrize("part", range(5))
def test_ten_thousand_messages(part: int) -> None:
    """No message, whatever was done to it, breaks any promise of the backend."""
    hammer(2_000, first=part * 2_000)
