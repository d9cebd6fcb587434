"""
The lock that makes commands for one charge point queue: ``command.lock``, locked with flock(2).

Nearly always it is free and takes three system calls. To wait for it, with a limit, is filelock's business, which
locks the same file the same way, and is only imported for that: importing it costs as much as all else a command does.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager

from shocpp.errors import BusyError
from shocpp.spool.files import durable
from shocpp.spool.files.disk_faults import explained

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def held(path: str, timeout_s: float) -> Iterator[None]:
    """
    Hold a lock.

    Args:
        path: Its file, which is made if need be and stays.
        timeout_s: How long to wait for others.

    Raises:
        BusyError: Others had it for all that time.
        ShocppError: The file cannot be used.
    """
    free = _take_if_free(path)
    if free is not None:
        try:
            yield
        finally:
            os.close(free)
        return
    from filelock import FileLock, Timeout

    lock = FileLock(path, mode=durable.LOCK_MODE)
    try:
        lock.acquire(timeout=timeout_s)
    except Timeout:
        raise BusyError(f"{path} is held since {timeout_s:g} s") from None
    except OSError as error:
        raise explained(error, path, "lock") from error
    try:
        yield
    finally:
        lock.release()


def _take_if_free(path: str) -> int | None:
    """Give a descriptor that holds the lock until it is closed; None if somebody else holds it."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, durable.LOCK_MODE)
    except OSError as error:
        raise explained(error, path, "lock") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(descriptor).st_nlink:  # some releases of filelock remove the file when they let go of it
            return descriptor
    except BlockingIOError:
        pass
    except OSError as error:
        os.close(descriptor)
        raise explained(error, path, "lock") from error
    os.close(descriptor)
    return None
