"""
What this process has open: a test that looks for a leak compares before and after.

What is there afterwards and was not before has leaked. To count would not do: what earlier tests had left open may be
closed meanwhile.
"""

from __future__ import annotations

import os
from contextlib import suppress


def descriptors() -> set[tuple[int, str]]:
    """Give the open descriptors, each with what it leads to."""
    found = set()
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):  # that of the listing itself has gone
            found.add((int(name), os.readlink(f"/proc/self/fd/{name}")))
    return found
