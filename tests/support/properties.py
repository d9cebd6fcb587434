"""How many examples a property is tried with, where that is not the profile's number (tests/conftest.py)."""

from __future__ import annotations

from hypothesis import settings

_DEFAULT = 100  # examples of Hypothesis itself


def examples(count: int) -> settings:
    """Have so many examples in the default run, and as many times more in a thorough one as its profile has."""
    return settings(max_examples=count * settings().max_examples // _DEFAULT)
