"""How many files a process may have open: as many as it needs, or as the system lets it."""

from __future__ import annotations

import resource
from contextlib import suppress


def allowed(needed: int) -> int:
    """
    Raise the limit of open files to what is needed, or as far as it can be raised.

    Args:
        needed: How many files shall be open.

    Returns:
        How many may be.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < needed:
        wanted = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        with suppress(OSError, ValueError):  # a sandbox may forbid it
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    return soft
