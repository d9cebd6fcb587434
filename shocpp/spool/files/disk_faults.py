"""
What the system says about a file or folder, as one of our errors: with the path, and the next step where one is known.
"""

from __future__ import annotations

import errno
import os
import stat

from shocpp.errors import CannotCreateError, MissingError, NotPermittedError, ShocppError, WriteError


def explained(error: OSError, path: str, verb: str) -> ShocppError:
    """Turn what the system said about a file into one of our errors, with the path and the next step."""
    said = f"cannot {verb} {path}: {os.strerror(error.errno) if error.errno else error}"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return WriteError(f"{said}; make room on that disk")
    if error.errno in (errno.EACCES, errno.EPERM):
        return NotPermittedError(f"{said}; {_who_may(path, verb)}")
    if error.errno == errno.EROFS:
        return NotPermittedError(f"{said}; see that {os.path.dirname(path)} may be written")
    if error.errno == errno.ENOENT:
        return MissingError(said)
    return CannotCreateError(said) if verb == "make" else WriteError(said)


def _who_may(path: str, verb: str) -> str:
    """Say who may use a file that we may not: its owner, or that of the folder in which we cannot even see it."""
    path = os.path.abspath(path)  # we may be in a folder that is closed to us: what tells is one above it
    while True:
        try:
            there = os.stat(path)
            break
        except OSError:
            path = os.path.dirname(path)
    if there.st_uid == os.geteuid():
        return f"see to the permissions of {path}"
    if verb == "read" and there.st_uid == 0 and stat.S_ISREG(there.st_mode):  # a service does not become root for it
        return f"let this user's group read it: sudo chgrp {os.getegid()} {path} && sudo chmod g+r {path}"
    return f"it is for another user: run this with sudo -u {_name_of(there.st_uid)}"


def _name_of(user: int) -> str:
    """Give a user's name; its number with the sign that sudo wants, where it has none."""
    import pwd

    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"'#{user}'"
