"""
Folders below run/ that anybody can have made by connecting under a name of his own: of too many the oldest go.

Removes what is ours and what nobody misses: sightings, and what a mailbox leaves behind. A folder with a connection, a
command, an open charge, one that ended without a stop, a sent key, or anything that is not ours stays. Who is listed,
and how many others may be remembered, is said by whoever calls.
"""

from __future__ import annotations

import os

from shocpp.errors import ShocppError
from shocpp.spool.files import flock, names
from shocpp.spool.run.held_mailbox import CONFIRMATION, LOCK, PID
from shocpp.spool.run.mailbox import is_alive
from shocpp.spool.run.open_charges import SPARE, TRANSACTIONS
from shocpp.spool.run.sightings import METER, STATUS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable

_REPLACED = (PID, CONFIRMATION, STATUS, METER)
_OURS = frozenset((*_REPLACED, *(f"{name}.new" for name in _REPLACED), LOCK))


def forget_oldest(run_dir: str, most: int, listed: Container[str], at_a_time: int) -> int:
    """
    Remove folders of charge points that nobody listed: those in which nothing was written for longest.

    Args:
        run_dir: The folder run/.
        most: How many may stay.
        listed: Names of folders that are not counted, and stay.
        at_a_time: How many are removed at most.

    Returns:
        How many were removed. Those that have to stay are passed over.
    """
    try:
        with os.scandir(run_dir) as entries:
            found = [each for each in entries if _is_of_a_charge_point(each) and each.name not in listed]
        by_age = sorted(found, key=lambda each: each.stat().st_mtime_ns)
    except OSError:  # somebody else removes what we look at
        return 0
    return _remove((each.path for each in by_age[: max(len(found) - most, 0)]), at_a_time)


def _is_of_a_charge_point(entry: os.DirEntry[str]) -> bool:
    return entry.name not in names.RESERVED and entry.is_dir(follow_symlinks=False)


def _remove(folders: Iterable[str], at_a_time: int) -> int:
    """Remove as many of some folders as may be, the first ones; give their number."""
    count = 0
    for each in folders:
        if count == at_a_time:
            break
        count += forget(each)
    return count


def forget(folder: str) -> bool:
    """
    Remove a charge point's folder, unless there is a reason to keep it.

    Meanwhile it is locked as by one that takes the connection over, which waits, and then has to make a new one.

    Args:
        folder: Its path.

    Returns:
        Whether it is gone.
    """
    try:
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        if not flock.take(held, 0) or not _is_unused(folder):
            return False
        _remove_files(folder)
    except (OSError, ShocppError):  # no locks, or not ours to remove: it stays
        return False
    finally:
        os.close(held)
    return True


def _is_unused(folder: str) -> bool:
    """Tell whether nothing in a folder is in use or worth keeping."""
    there = set(os.listdir(folder))
    if TRANSACTIONS in there and not all(
        name.startswith(SPARE) for name in os.listdir(os.path.join(folder, TRANSACTIONS))
    ):
        return False
    return there <= {*_OURS, TRANSACTIONS} and not is_alive(os.path.join(folder, PID))


def _remove_files(folder: str) -> None:
    """Remove a folder and what is in it; what has come into it meanwhile keeps it."""
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if name == TRANSACTIONS:
            for spare in os.listdir(path):
                os.unlink(os.path.join(path, spare))
            os.rmdir(path)
        else:
            os.unlink(path)
    os.rmdir(folder)
