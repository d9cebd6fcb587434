"""
The lock of the accounting folder: between looking for a stop and giving its record a name nobody else does either.

Knows the lock's file and how long a charge point can be kept waiting; not what is done meanwhile.
"""

from __future__ import annotations

import os

from shocpp.errors import BusyError
from shocpp.spool.files import durable, flock
from shocpp.spool.files.disk_faults import explained

LOCK = ".lock"
_PATIENCE_S = 5.0  # others hold it for a moment


class OneAtATime:
    """
    Holds an accounting folder's lock: between looking for a stop and linking its record nobody else links it elsewhere.

    Args:
        folder: The folder.

    Raises:
        ShocppError: On entering: the lock cannot be opened, or somebody else holds it.
    """

    def __init__(self, folder: str) -> None:
        self._path = f"{folder}/{LOCK}"
        self._lock = -1

    def __enter__(self) -> None:
        try:
            self._lock = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, durable.LOCK_MODE)
        except OSError as error:
            raise explained(error, self._path, "open") from error
        if not _is_locked(self._lock):
            os.close(self._lock)
            raise BusyError(f"{self._path} is held by another process since {_PATIENCE_S:g} s; fuser -v shows it")

    def __exit__(self, *_: object) -> None:
        os.close(self._lock)


def _is_locked(lock: int) -> bool:
    """Take the lock; False if somebody else held it for all the time that a charge point can be kept waiting."""
    try:
        return flock.take(lock, _PATIENCE_S)
    except OSError:
        return True  # a network file system without locks: then the names alone must do
