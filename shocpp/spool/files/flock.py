"""
flock(2) with a limit: an open file is locked, or somebody else had it for all the time that there is.

Whose file it is, how long there is to wait, and what follows if the lock is not to be had: its callers know that.
"""

from __future__ import annotations

import fcntl
import time

_PAUSE_S = 0.005  # others of ours hold a lock for a moment


def take(descriptor: int, patience_s: float) -> bool:
    """
    Lock an open file or folder; closing the descriptor lets go of it.

    Args:
        descriptor: The file's or folder's.
        patience_s: How long to wait for others.

    Returns:
        Whether it is locked; False if somebody else had it for all that time.

    Raises:
        OSError: The file system has no locks.
    """
    deadline = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(_PAUSE_S)
        else:
            return True
