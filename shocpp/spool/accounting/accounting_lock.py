"""
The lock of the accounting folder: between looking for a stop and giving its record a name nobody else does either.

Knows the lock's file and how long a charge point can be kept waiting; not what is done meanwhile.
"""

from __future__ import annotations

import os
from contextlib import contextmanager

from shocpp.errors import BusyError
from shocpp.spool.files import durable, flock
from shocpp.spool.files.disk_faults import explained

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

LOCK = ".lock"
_PATIENCE_S = 5.0  # others hold it for a moment


@contextmanager
def one_at_a_time(folder: str) -> Iterator[None]:
    """
    Hold an accounting folder's lock: between looking for a stop and linking its record nobody else links it elsewhere.

    Raises:
        ShocppError: The lock cannot be opened, or somebody else holds it.
    """
    path = f"{folder}/{LOCK}"
    try:
        lock = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, durable.LOCK_MODE)
    except OSError as error:
        raise explained(error, path, "open") from error
    try:
        _wait_for(lock, path)
        yield
    finally:
        os.close(lock)


def _wait_for(lock: int, path: str) -> None:
    """
    Take the folder's lock.

    Raises:
        BusyError: Somebody else held it for all the time that a charge point can be kept waiting.
    """
    try:
        is_locked = flock.take(lock, _PATIENCE_S)
    except OSError:
        return  # a network file system without locks: then the names alone must do
    if not is_locked:
        raise BusyError(f"{path} is held by another process since {_PATIENCE_S:g} s; fuser -v shows it")
