"""
Files that are there whole or not at all; those that get a name once are ``new_file``'s. Nobody else writes such files:
the journal and the log add lines to theirs, and the other few are listed in ``tests/test_layers.py``.

``replace`` is for state that only has a latest value: readers see the old one or the new one, never half of one. What
``replace_lasting`` writes survives a power cut, too.
"""

from __future__ import annotations

import errno
import os
import stat

from shocpp.spool.files.disk_faults import explained

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

# for the owner and who is in the group, whatever the umask: cards and habits are nobody else's business. A lock is the
# owner's alone: whoever can open it can hold it
FILE_MODE, FOLDER_MODE, LOCK_MODE = 0o640, 0o750, 0o600


def make_folder(path: str, is_lasting: bool = True) -> None:
    """
    Make a folder and those above it; one that is there is fine, and left as it is.

    Args:
        path: The folder's.
        is_lasting: They survive a power cut, which the disk is waited for. Below run/ nothing needs to.

    Raises:
        ShocppError: It cannot be made; says which and why.
    """
    missing = []
    while not os.path.isdir(path):
        missing.append(path)
        path = os.path.dirname(path) or "."
    try:
        for folder in reversed(missing):
            try:
                os.mkdir(folder, FOLDER_MODE)
                set_mode(folder, FOLDER_MODE)
            except FileExistsError:
                if not os.path.isdir(folder):
                    raise NotADirectoryError(errno.ENOTDIR, "a file is in the way") from None
            if is_lasting:
                sync_folder(os.path.dirname(folder) or ".")
    except OSError as error:
        raise explained(error, missing[0], "make") from error


def set_mode(file: str | int, mode: int) -> None:
    """Give what we have just made its permissions, whatever the umask; where there are none (FAT), that is no fault."""
    try:
        has = os.stat(file).st_mode
        wanted = mode | has & stat.S_ISGID  # a folder's group may be meant to be inherited
        if stat.S_IMODE(has) != wanted:
            os.chmod(file, wanted)
    except OSError:
        pass


def replace(path: str, data: bytes, mode: int = FILE_MODE, beside: str = "") -> None:
    """
    Put a file in the place of whatever has the name, whole; not made to survive a power cut.

    Args:
        path: The file.
        data: What is in it.
        mode: Its permissions, whatever the umask.
        beside: Its name before that, ``path.new`` by default: one that is there is written over, whatever is in it.

    Raises:
        ShocppError: It cannot be written; the old one is still there then.
    """
    beside = beside or f"{path}.new"
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, mode)
        try:
            before = os.stat(descriptor)
            if stat.S_IMODE(before.st_mode) != mode:
                set_mode(descriptor, mode)
            write_all(descriptor, data)
            if before.st_size > len(data):  # seldom; a file emptied first would be dearer
                os.truncate(descriptor, len(data))
        finally:
            os.close(descriptor)
        os.rename(beside, path)
    except OSError as error:
        raise explained(error, path, "write") from error


def replace_lasting(
    path: str,
    pieces: Iterable[bytes],
    owner: tuple[int, int] | None = None,
    mode: int = 0o644,
    time_ns: int | None = None,
) -> None:
    """
    Put a file in the place of another one, whole, and so that it survives a power cut; for one process at a time. What
    a crash leaves beside it, readers pass over, and the next one takes its place.

    Args:
        path: The file.
        pieces: What is in it, of any size together.
        owner, mode: The user and the group that it is for, None for ours; its permissions.
        time_ns: When it was last changed, nanoseconds since the epoch; None for now.

    Raises:
        ShocppError: It cannot be written; the old one is still there then.
    """
    folder, name = os.path.split(path)
    beside = f"{folder}/.{name}.new"
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
        with os.fdopen(os.open(beside, flags, LOCK_MODE if owner else mode), "wb") as file:
            if owner:
                os.fchown(file.fileno(), *owner)
                os.fchmod(file.fileno(), mode)  # last: a new owner clears bits of it
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        if time_ns is not None:
            os.utime(beside, ns=(time_ns, time_ns))
        os.rename(beside, path)
    except OSError as error:
        raise explained(error, path, "write") from error
    sync_folder(folder)


def rename(path: str, new_path: str) -> None:
    """
    Give a file another name, in the place of whatever has it; one that is not there is fine.

    Raises:
        ShocppError: It cannot be renamed.
    """
    try:
        os.rename(path, new_path)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise explained(error, path, "rename") from error


def remove(path: str) -> None:
    """
    Remove a file; one that is not there is fine.

    Raises:
        ShocppError: It cannot be removed.
    """
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise explained(error, path, "remove") from error


def sync_folder(path: str) -> None:
    """
    Make the names in a folder survive a power cut.

    Raises:
        ShocppError: The disk will not do it.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise explained(error, path, "sync") from error


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of the data to a blocking descriptor."""
    while data:
        data = data[os.write(descriptor, data) :]
