"""What this process has open: a leak is what came since, whatever is closed meanwhile that earlier tests had left."""

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
