"""
Hostile minutes: everything that strangers do at once, while good charge points must be served throughout.

    python -m tests.hostile                  two minutes
    python -m tests.hostile --seconds 20
    python -m tests.hostile --plain          without TLS

Strangers are a process of their own: slow and silent handshakes, half frames and ones that lack a byte, announced
giants, ping floods, messages of a MiB that are dear to read, wrong passwords from everywhere, ten thousand connects a
minute, and new names by the hundred at a listener whose disk is slow. Fifty charge points at each listener send
heartbeats; from time to time one of them comes anew, and one for the first time.
"""

from __future__ import annotations

from tests.hostile.minutes import GOOD, hostile

__all__ = ["GOOD", "hostile"]
