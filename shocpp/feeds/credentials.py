"""What is shown to a server that is not ours: read out of a file that not every user of this machine may read."""

from __future__ import annotations

import os
import stat

from shocpp.errors import ConfigError
from shocpp.spool.files.disk_faults import explained

_LONGEST = 1 << 14  # bytes


def credentials_in(path: str, needs_user: bool = False) -> str:
    """
    Read credentials: a line with ``user:password``, or with a token.

    Args:
        path: The file.
        needs_user: A token is none.

    Raises:
        ConfigError: There are none, or any user of this machine may read them.
        ShocppError: The file cannot be read.
    """
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(_LONGEST).strip()
            mode = os.fstat(file.fileno()).st_mode
    except OSError as error:
        raise explained(error, path, "read") from error
    if mode & stat.S_IROTH:
        raise ConfigError(f"{path} may be read by any user of this machine: chmod o-r {path}")
    if needs_user and (":" not in text or "\n" in text):
        raise ConfigError(f"{path} has no line with a user, a colon and a password")
    if not text or "\n" in text:
        raise ConfigError(f"{path} has no line with user:password, or a token")
    return text
