"""
When each charge point was heard of last: ``last_seen.json`` in run/, one file for all that a listener serves.

status.json says it, too, but writes it with other news, or every ten minutes: else a heartbeat a minute of hundreds of
charge points would be hundreds of files a minute. So what counts is the later of both.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime

from shocpp.spool.files import durable
from shocpp.spool.run import sightings
from shocpp.spool.run.held_mailbox import folder_of
from shocpp.times import utc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

FILE = "last_seen.json"
_LATEST = 1 << 33  # seconds since the epoch: what is later no calendar has


def read(run_dir: str) -> dict[str, int]:
    """Give when charge points were heard of, by identity, in seconds since the epoch; none if there is no such file."""
    try:
        with open(os.path.join(run_dir, FILE), "rb") as file:
            found = json.loads(file.read())
    except (OSError, ValueError, RecursionError):
        return {}
    times = found.items() if isinstance(found, dict) else ()
    return {identity: at for identity, at in times if at.__class__ is int and 0 <= at < _LATEST}


def write(run_dir: str, times: Mapping[str, int]) -> None:
    """
    Write what ``read`` gives.

    Raises:
        ShocppError: It cannot be written.
    """
    durable.replace(os.path.join(run_dir, FILE), json.dumps(times).encode())


def status_of(run_dir: str, identity: str, times: Mapping[str, int]) -> dict[str, Any]:
    """
    Give what status.json says of a charge point, and as ``last_seen`` the later of both times.

    Args:
        run_dir: The folder run/.
        identity: The charge point's.
        times: What ``read`` gave.
    """
    return heard(sightings.read(folder_of(run_dir, identity), sightings.STATUS), identity, times)


def heard(status: dict[str, Any], identity: str, times: Mapping[str, int]) -> dict[str, Any]:
    """Give what status.json says, with the later of both times; it itself stays as it is."""
    at = utc(datetime.fromtimestamp(times[identity], UTC)) if identity in times else ""
    return {**status, "last_seen": at} if at > str(status.get("last_seen") or "") else status
