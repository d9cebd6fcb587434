"""
An event of a connection that is refused by a process of its own: what others wrote counts, too.

Knows the files that they share below run/. Imported by a backend that refuses, and only by that.
"""

from __future__ import annotations

import json
import os
import time

from shocpp.admission import refused_connections
from shocpp.admission.refused_connections import Allowance
from shocpp.errors import ShocppError
from shocpp.spool.files import durable
from shocpp.spool.run import command_lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.settings import Settings

FILE, LOCK = "refused.json", "refused.lock"
_WAIT_S = 1.0


def note(settings: Settings, data: dict[str, object], clock: Callable[[], float] = time.time) -> None:
    """
    Write an event of a refused connection, if a journal is kept and as many are allowed; without a lock it is none.

    Args:
        settings: The settings in force.
        data: What ``refused_connections.data_of`` says.
        clock: Gives seconds since the epoch.
    """
    if not settings.journal_dir:
        return
    path = os.path.join(settings.run_dir, FILE)
    try:
        durable.make_folder(settings.run_dir)
        with command_lock.held(os.path.join(settings.run_dir, LOCK), _WAIT_S):
            now, allowance = clock(), _read(path)
            left_out = allowance.take(now)
            durable.replace(path, json.dumps([allowance.left, allowance.at, allowance.left_out]).encode())
        if left_out is not None:
            refused_connections.write(settings.journal_dir, now, data, left_out)
    except ShocppError:
        pass  # it is in the log all the same


def _read(path: str) -> Allowance:
    """Read what may still be written; what cannot be read is a new one, and one of another time's clock."""
    try:
        with open(path, "rb") as file:
            left, at, left_out = json.loads(file.read(1024))
        return Allowance(float(left), float(at), int(left_out))
    except (OSError, ValueError, TypeError):
        return Allowance()
