"""
Files that are there whole or not at all. Nobody else writes files.

``NewFile`` is for what lasts: linked and its folder synced, the file survives a power cut. ``replace`` is
for state that only has a latest value: readers see the old one or the new one, never half of one.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress

from shocpp.spool.disk_faults import explained

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

# where there are no hard links: FAT says the first, others the second or third
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS)
# where an unnamed file cannot be had: the file system does not know how (NFS, FAT), or the kernel does not
_NO_UNNAMED = (errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EINVAL, errno.ENOSYS)

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


class NewFile:
    """
    A file that is on disk already but has no name yet; ``link`` gives it its name, once.

    A crash before that leaves nothing behind (on file systems without unnamed files: a dot-file that readers
    pass over).

    Raises:
        ShocppError: The disk is full, the folder is not writable …; nothing is there then.
    """

    def __init__(self, path: str, data: bytes) -> None:
        self._path = path
        folder, self._name = os.path.split(path)
        try:
            self._folder = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                self._file, self._beside = _open_beside(self._folder, self._name)
                set_mode(self._file, FILE_MODE)
            except OSError:
                os.close(self._folder)
                raise
            try:
                write_all(self._file, data)
                os.fsync(self._file)
            except OSError:
                self.close()
                raise
        except OSError as error:
            raise explained(error, path, "write") from error

    def link(self) -> bool:
        """Give the file its name; False if the name is taken."""
        try:
            # with a folder's descriptor this is linkat(2), which follows /proc's link to the file itself
            source = self._beside or f"/proc/self/fd/{self._file}"
            os.link(source, self._name, src_dir_fd=self._folder, dst_dir_fd=self._folder)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno in _NO_LINKS and self._beside:
                return self._rename()
            raise explained(error, self._path, "write") from error
        return True

    def _rename(self) -> bool:
        """Take the name without a hard link: claim it, then put the whole file there; an empty claim is a crash's."""
        try:
            try:
                os.close(os.open(self._name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, dir_fd=self._folder))
            except FileExistsError:
                if os.stat(self._name, dir_fd=self._folder).st_size:
                    return False
            os.rename(self._beside, self._name, src_dir_fd=self._folder, dst_dir_fd=self._folder)
        except OSError as error:
            raise explained(error, self._path, "write") from error
        self._beside = ""
        return True

    def sync_folder(self) -> None:
        """Make the name survive a power cut."""
        try:
            os.fsync(self._folder)
        except OSError as error:
            raise explained(error, self._path, "sync") from error

    def close(self) -> None:
        """Let go of the file; without a name it vanishes."""
        os.close(self._file)
        if self._beside:
            with suppress(OSError):  # then it stays, and readers pass over it
                os.unlink(self._beside, dir_fd=self._folder)
        os.close(self._folder)


def write_new(path: str, data: bytes) -> bool:
    """
    Write a file that lasts, whole, into a folder that is made if need be; it survives a power cut when this returns.

    Returns:
        False if the name is taken; nothing is written then.

    Raises:
        ShocppError: It cannot be written; nothing is there then.
    """
    make_folder(os.path.dirname(path))
    file = NewFile(path, data)
    try:
        if not file.link():
            return False
        file.sync_folder()
    finally:
        file.close()
    return True


def set_mode(file: str | int, mode: int) -> None:
    """Give what we have just made its permissions, whatever the umask; where there are none (FAT), that is no fault."""
    with suppress(OSError):
        has = os.stat(file).st_mode
        wanted = mode | has & stat.S_ISGID  # a folder's group may be meant to be inherited
        if stat.S_IMODE(has) != wanted:
            os.chmod(file, wanted)


def replace(path: str, data: bytes, mode: int = FILE_MODE) -> None:
    """
    Put a file in the place of whatever has the name, whole; not made to survive a power cut.

    It is ``path.new`` before that, and one that is there is written over, whatever is in it.

    Args:
        path: The file.
        data: What is in it.
        mode: Its permissions, whatever the umask.

    Raises:
        ShocppError: It cannot be written; the old one is still there then.
    """
    beside = f"{path}.new"
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, mode)
        try:
            set_mode(descriptor, mode)
            write_all(descriptor, data)
            if os.stat(descriptor).st_size > len(data):  # seldom; a file that was emptied first would be dearer
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


def _open_beside(folder: int, name: str) -> tuple[int, str]:
    """Open a new file without a name; where that cannot be had, one with a name that readers pass over."""
    try:
        return os.open(".", os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, FILE_MODE, dir_fd=folder), ""
    except OSError as error:
        if error.errno not in _NO_UNNAMED:
            raise
    beside = f".{name}.{os.getpid()}.new"
    return os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, FILE_MODE, dir_fd=folder), beside


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of the data to a blocking descriptor."""
    while data:
        data = data[os.write(descriptor, data) :]
