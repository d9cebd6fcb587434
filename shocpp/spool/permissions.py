"""
Who may read, hold and change what lies below run/ and accounting/: what is not as it should be, with the line that
mends it. Nothing is changed here: somebody may have opened a folder on purpose.
"""

from __future__ import annotations

import os
import shlex
import stat

from shocpp.spool.accounting.accounting_lock import LOCK as ACCOUNTING_LOCK
from shocpp.spool.run.held_mailbox import LOCK as COMMAND_LOCK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCKS = (ACCOUNTING_LOCK, COMMAND_LOCK)
_OF_THE_CHECKOUT = "README.md"  # lies in accounting/ and is whose the checkout is; nobody writes it
_OTHERS, _NOT_THE_OWNER = stat.S_IRWXO, stat.S_IRWXG | stat.S_IRWXO


def too_open(folder: str) -> list[str]:
    """
    Say what in a folder is open to more than its owner and group, and how to close it; empty if nothing is.

    Args:
        folder: An absolute path; one that is not there is not open.
    """
    said = []
    if _mode(folder) & _OTHERS:
        said.append(f"{folder} is open to every user of this machine; close it: chmod -R o= {shlex.quote(folder)}")
    locks = [entry.path for entry in _files(folder) if entry.name in _LOCKS and _mode(entry.path) & _NOT_THE_OWNER]
    if locks:
        names = f"-name {ACCOUNTING_LOCK} -o -name {COMMAND_LOCK}"
        mend = f"find {shlex.quote(folder)} \\( {names} \\) -exec chmod 600 {{}} +"
        said.append(f"{locks[0]} can be held by others than its owner ({len(locks)} such); mend it: {mend}")
    return said


def strangers(folder: str) -> str:
    """Say what in a folder belongs to somebody else than the folder does, and how to give it back; empty if nothing."""
    try:
        owner = os.stat(folder)
    except OSError:
        return ""
    written = (entry for entry in _files(folder) if entry.name != _OF_THE_CHECKOUT)
    others = [entry.path for entry in written if entry.stat(follow_symlinks=False).st_uid != owner.st_uid]
    if not others:
        return ""
    give_back = f"sudo chown -R {owner.st_uid}:{owner.st_gid} {shlex.quote(folder)}"
    return f"{others[0]} does not belong to the owner of {folder} ({len(others)} such); give it back: {give_back}"


def _files(folder: str) -> Iterator[os.DirEntry[str]]:
    """Give everything below a folder that we may see."""
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        yield entry
        if entry.is_dir(follow_symlinks=False):
            yield from _files(entry.path)


def _mode(path: str) -> int:
    """Give a file's permissions; none for one that is gone."""
    try:
        return stat.S_IMODE(os.lstat(path).st_mode)
    except OSError:
        return 0
