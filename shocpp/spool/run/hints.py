"""
Hints: whose mailbox holds a request, told to a process that holds those of many charge points.

A hint takes the place of SIGUSR1, which says that some mailbox holds a request but not whose. Whoever gives one has put
its request into the mailbox before; where none can be given, the signal still does. An identity that comes in a hint is
only ever compared with those that are known.
"""

from __future__ import annotations

import json
import os
import select

from shocpp.spool.files import durable
from shocpp.spool.files.disk_faults import explained
from shocpp.spool.files.fifo import Fifo, tell

_PREFIX, _SUFFIX = "listener-", ".fifo"


def give(run_dir: str, pid: int, identity: str) -> bool:
    """
    Tell a process whose mailbox it shall look into.

    Args:
        run_dir: The folder run/.
        pid: The process's number, out of the pid file that it holds.
        identity: The charge point's.

    Returns:
        Whether it will look; False if it takes no hints, or no more at present: then a signal is needed.
    """
    line = f"\n{json.dumps(identity)}\n".encode()  # whole, whatever somebody else left unfinished before it
    return len(line) <= select.PIPE_BUF and tell(_path(run_dir, pid), line)


class Hints:
    """
    The end of the process that is told.

    Args:
        run_dir: The folder run/.

    Attributes:
        descriptor: Can be read when there are hints.

    Raises:
        ShocppError: No hints can be taken there.
    """

    def __init__(self, run_dir: str) -> None:
        _remove_unheard(run_dir)
        self._fifo = Fifo(_path(run_dir, os.getpid()))
        self.descriptor = self._fifo.descriptor
        self._rest = b""

    def take(self) -> list[str]:
        """Give the identities named since the last time, each once, in order; what is no hint is passed over."""
        *lines, self._rest = (self._rest + self._fifo.drain()).split(b"\n")
        if len(self._rest) >= select.PIPE_BUF:
            self._rest = b""  # no hint is as long
        return list(dict.fromkeys(identity for line in lines if (identity := _identity(line)) is not None))

    def close(self) -> None:
        """Take no more hints."""
        self._fifo.close()


def _path(run_dir: str, pid: int) -> str:
    return os.path.join(run_dir, f"{_PREFIX}{pid}{_SUFFIX}")


def _identity(line: bytes) -> str | None:
    try:
        identity = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return identity if isinstance(identity, str) else None


def _remove_unheard(run_dir: str) -> None:
    """Remove what listeners left that were killed: nobody is there any more to read it."""
    try:
        left = [name for name in os.listdir(run_dir) if name.startswith(_PREFIX) and name.endswith(_SUFFIX)]
    except OSError as error:
        raise explained(error, run_dir, "read") from error
    for name in left:
        path = os.path.join(run_dir, name)
        if not tell(path):
            durable.remove(path)
