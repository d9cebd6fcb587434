"""
A list that is a configuration file, changed by a program as carefully as by a person.

Knows the file, its lock, and what of it stays: owner, group, mode, and a link that leads to it. What the list means is
told by those who change it.
"""

from __future__ import annotations

import json
import os
import stat
from contextlib import contextmanager

from shocpp.errors import BusyError, ConfigError, DataError, MissingError
from shocpp.spool.files import durable, flock
from shocpp.spool.files.disk_faults import explained

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    Entries = list[dict[str, Any]]

_PATIENCE_S = 5.0  # another command holds it for a moment


def edit(
    path: str,
    read: Callable[[str], Entries],
    check: Callable[[Entries], object],
    change: Callable[[Entries], Entries],
    is_new: bool = False,
) -> None:
    """
    Change a list; the new one is on disk when this returns, or the old one is still there.

    Args:
        path: The file, or a link to it, which stays one.
        read: Reads the file, once it is seen to make sense.
        check: Raises ConfigError for a list that makes no sense.
        change: Gives the new list for the one in the file.
        is_new: A file that is not there is made.

    Raises:
        MissingError: It is not there.
        ConfigError: It makes no sense as it is.
        DataError: The new list would make none; nothing is written.
        NotPermittedError: It may not be written; says who may.
        ShocppError: ``change`` raised it, or the disk is full.
    """
    target = os.path.realpath(path)
    with _one_at_a_time(os.path.dirname(target)):
        entries = _entries(target, read, is_new)
        changed = change(entries)
        try:
            check(changed)
        except ConfigError as error:
            raise DataError(*(f"nothing is written: {fault}" for fault in error.faults)) from None
        if changed != entries:
            before = _changed_at(target)
            durable.replace_lasting(target, [_encode(changed)], *_owner_and_mode(target))
            if _changed_at(target) <= before:
                os.utime(target, (before + 1, before + 1))


def _entries(path: str, read: Callable[[str], Entries], is_new: bool) -> Entries:
    try:
        return read(path)
    except MissingError:
        if not is_new:
            raise
        return []


def _changed_at(path: str) -> int:
    """Give the second in which a file was changed; each change has another one, since lists are told apart by it."""
    try:
        return int(os.stat(path).st_mtime)
    except FileNotFoundError:
        return 0


def _owner_and_mode(path: str) -> tuple[tuple[int, int], int]:
    """Give whose the file is and its permissions; a new one's are those of the folder that it is in."""
    try:
        there, mode = os.stat(path), None
    except FileNotFoundError:
        there, mode = os.stat(os.path.dirname(path)), durable.FILE_MODE
    return (there.st_uid, there.st_gid), stat.S_IMODE(there.st_mode) if mode is None else mode


def _encode(entries: Entries) -> bytes:
    """Write the list as people read it; what UTF-8 cannot hold, half a pair of JSON's escapes, stays an escape."""
    try:
        return (json.dumps(entries, indent=2, ensure_ascii=False) + "\n").encode()
    except UnicodeEncodeError:
        return (json.dumps(entries, indent=2) + "\n").encode()


@contextmanager
def _one_at_a_time(folder: str) -> Iterator[None]:
    """
    Hold a folder's lock, so that no other command changes what we have just read.

    Raises:
        BusyError: Another one holds it.
        ShocppError: The folder cannot be opened.
    """
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise explained(error, folder, "open") from error
    try:
        if not flock.take(lock, _PATIENCE_S):
            raise BusyError(f"{folder} is held by another command since {_PATIENCE_S:g} s; try again")
        yield
    finally:
        os.close(lock)
