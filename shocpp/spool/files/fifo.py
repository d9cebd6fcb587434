"""
FIFOs that wake somebody up: whoever sleeps has one open, and whoever has news writes a line without ever waiting.

Knows system calls; not what a line says. A line tells where to look, never what is to be found there, so one that is
lost or comes too late does no harm to whoever looks anyway.
"""

from __future__ import annotations

import os
import stat

from shocpp.errors import ShocppError
from shocpp.spool.files import durable
from shocpp.spool.files.disk_faults import explained

_SIZE = 65_536  # as much as a FIFO holds unless told otherwise
_FLAGS = os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW


class Fifo:
    """
    The sleeper's end: made when it begins to listen, in the place of what a crash left, and removed when it ends.

    Args:
        path: Its name; nobody else makes one of this name at the same time.

    Attributes:
        descriptor: Can be read when there is something to read.

    Raises:
        ShocppError: It cannot be made.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        durable.remove(path)
        try:
            os.mkfifo(path, 0o600)
            # with an end to write of our own, the end of a writer is not the end of what can be read
            self.descriptor = os.open(path, os.O_RDWR | _FLAGS)
        except OSError as error:
            raise explained(error, path, "make") from error

    def drain(self) -> bytes:
        """Give what was written since the last time; empty if nothing was."""
        try:
            return os.read(self.descriptor, _SIZE)
        except BlockingIOError:
            return b""

    def close(self) -> None:
        """Listen no more."""
        os.close(self.descriptor)
        try:
            durable.remove(self._path)
        except ShocppError:
            pass  # then it stays, and whoever writes to it learns that nobody listens


def tell(path: str, line: bytes = b"\n") -> bool:
    """
    Write a line to whoever listens at a FIFO, without waiting.

    Args:
        path: The FIFO's name.
        line: At most ``PIPE_BUF`` bytes, so that it arrives whole.

    Returns:
        Whether the line is on its way: False if nobody listens, may be told, or has room for more.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | _FLAGS)
    except OSError:
        return False
    try:
        return stat.S_ISFIFO(os.fstat(descriptor).st_mode) and os.write(descriptor, line) == len(line)
    except OSError:
        return False
    finally:
        os.close(descriptor)
