"""
Who a command acts as: root, who may do anything, acts as the owner of run/ below it, and of accounting/ there.

Else what root makes there is root's: the lock that one command left would keep all later ones, and a telephone's call,
from being sent; a month's folder would be closed to the service and to its statements.
"""

from __future__ import annotations

import os
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def owner_of(folder: str) -> Iterator[None]:
    """
    Act as a folder's owner for a while, if we are root and it is not root's; all threads of the process do.

    Args:
        folder: One that is not there is nobody's.
    """
    try:
        owner = os.stat(folder)
    except OSError:
        owner = None
    if owner is None or os.geteuid() != 0 or owner.st_uid == 0:
        yield
        return
    groups, group = os.getgroups(), os.getegid()
    os.setgroups([owner.st_gid])
    os.setegid(owner.st_gid)
    os.seteuid(owner.st_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(group)
        os.setgroups(groups)
