"""
The core: a process beside websocketd that serves what backends hand over, and another in its place when it dies.

What starts the next one keeps their socket open meanwhile, so that a connection which is handed over in between waits
for it. If one after another dies, the socket is closed at last, and backends serve by themselves.
"""

from __future__ import annotations

import os
import socket
import time
from functools import partial

from shocpp.settings import HAND_OVER_DESCRIPTOR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_PAUSES_S = (0.1, 0.5, 2.0, 5.0)  # before the next one, when one after another dies: less than charge points wait
_LONG_S = 60.0  # one that lived so long died of something else


def start(environ: dict[str, str], serve: Callable[[socket.socket], None], say: Callable[[str, str], None]) -> None:
    """
    Start a process that serves what backends hand over; it ends when websocketd and they are gone.

    It is no child of ours, since those of websocketd are counted as backends.

    Args:
        environ: What backends are handed; gets the number of the descriptor over which they hand over.
        serve: Serves what comes over a socket, until the end of it.
        say: Writes a line of the log: level and text.
    """
    theirs, ours = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    child = os.fork()
    if child == 0:
        try:
            if os.fork() == 0:
                theirs.close()
                keep(partial(serve, ours), say)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    ours.close()
    os.set_inheritable(theirs.fileno(), True)
    environ[HAND_OVER_DESCRIPTOR] = str(theirs.detach())


def keep(serve: Callable[[], None], say: Callable[[str, str], None], pauses_s: Sequence[float] = _PAUSES_S) -> None:
    """
    Have a process serve until it ends by itself; when it dies another one does, after a while.

    Args:
        serve: What it does; a process of which it returns has ended by itself.
        say: Writes a line of the log: level and text.
        pauses_s: How long to wait before the next one, the next but one, and so on; behind the last there is none.
    """
    pauses = iter(pauses_s)
    while True:
        began = time.monotonic()
        if _ends_by_itself(serve):
            return
        if time.monotonic() - began > _LONG_S:
            pauses = iter(pauses_s)
        pause_s = next(pauses, None)
        if pause_s is None:
            say("ERROR", "one process that serves all after another has died: each connection has one of its own now")
            return
        say("ERROR", f"the process that serves all has died; another one starts in {pause_s:g} s")
        time.sleep(pause_s)


def _ends_by_itself(serve: Callable[[], None]) -> bool:
    """Run a function in a process of its own; tell whether it returned."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            serve()
            status = 0
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1] == 0
