"""The system's time zone, with its name where it has one. Knows where a Unix keeps it."""

from __future__ import annotations

import os
from zoneinfo import ZoneInfo

from shocpp.errors import DataError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

LOCALTIME = "/etc/localtime"
_FOLDER = "/zoneinfo/"


def local_zone(environ: Mapping[str, str], localtime: str = LOCALTIME) -> tuple[tzinfo | None, str]:
    """
    Find the zone of local times.

    Args:
        environ: Its ``TZ`` goes before the system's zone.
        localtime: The link to the system's zone.

    Returns:
        The zone and its name; None and an empty name if there is none by name: then it is what the C library says.
    """
    named = environ.get("TZ", "").lstrip(":")
    if not named:
        target = os.path.realpath(localtime)
        named = target.partition(_FOLDER)[2] if os.path.exists(target) else "UTC"
    try:
        return ZoneInfo(named), named
    except (KeyError, OSError, ValueError):
        return None, ""


def zone_named(name: str) -> tzinfo:
    """
    Give the zone of a name.

    Raises:
        DataError: This machine knows no such zone.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise DataError(f"this machine knows no time zone {name!r}; install its zones (tzdata)") from None
