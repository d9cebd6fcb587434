"""
Files that last: on disk before they have a name, which they get once. Linked and its folder synced, one survives a
power cut; what is in it is never written again.
"""

from __future__ import annotations

import errno
import os

from shocpp.errors import MissingError
from shocpp.spool.files.disk_faults import explained
from shocpp.spool.files.durable import FILE_MODE, make_folder, set_mode, write_all

# where there are no hard links: FAT says the first, others the second or third
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS)
# where an unnamed file cannot be had: the file system does not know how (NFS, FAT), or the kernel does not
_NO_UNNAMED = (errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EINVAL, errno.ENOSYS)


class OpenFolder:
    """
    A folder that is held open: many files that are made in it look for it once, and share one sync.

    Attributes:
        path: Its path.
        descriptor: What the system knows it by, until ``close``.

    Raises:
        ShocppError: It is not there, or not ours to read.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        try:
            self.descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise explained(error, path, "write") from error

    def __enter__(self) -> OpenFolder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def sync(self) -> None:
        """Make the names in it survive a power cut."""
        try:
            os.fsync(self.descriptor)
        except OSError as error:
            raise explained(error, self.path, "sync") from error

    def close(self) -> None:
        """Let go of it."""
        os.close(self.descriptor)


class NewFile:
    """
    A file that has no name yet; ``sync`` has it on disk, then ``link`` gives it its name, once.

    A crash before that leaves nothing behind (on file systems without unnamed files: a dot-file that readers
    pass over).

    Args:
        folder: Where it will be; stays open until the file is closed.
        name: What it will be called.
        data: What is in it.

    Raises:
        ShocppError: The disk is full, the folder is not writable …; nothing is there then.
    """

    def __init__(self, folder: OpenFolder, name: str, data: bytes) -> None:
        self._path = f"{folder.path}/{name}"
        self._folder, self._name = folder.descriptor, name
        try:
            self._file, self._beside = _open_beside(self._folder, name)
            try:
                set_mode(self._file, FILE_MODE)
                write_all(self._file, data)
            except OSError:
                self.close()
                raise
        except OSError as error:
            raise explained(error, self._path, "write") from error

    def __enter__(self) -> NewFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin_sync(self) -> None:
        """
        Have the disk begin to take it: of several none has to wait for the one before.

        ext4 finds room for a file when it is written out. Where that is done for all of them before the first one is
        waited for, one entry in its journal holds for all.
        """
        try:
            os.posix_fadvise(self._file, 0, 0, os.POSIX_FADV_DONTNEED)
        except OSError:
            pass  # some file systems know no such hint

    def sync(self) -> None:
        """Wait until it is on disk."""
        try:
            os.fsync(self._file)
        except OSError as error:
            raise explained(error, self._path, "write") from error

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

    def close(self) -> None:
        """Let go of the file; without a name it vanishes."""
        os.close(self._file)
        if self._beside:
            try:
                os.unlink(self._beside, dir_fd=self._folder)
            except OSError:
                pass  # it stays, and readers pass over it


def made(path: str) -> OpenFolder:
    """
    Open a folder, which is made if need be, and survives a power cut then.

    Raises:
        ShocppError: It cannot be made, or is not ours to read.
    """
    try:
        return OpenFolder(path)
    except MissingError:
        make_folder(path)
        return OpenFolder(path)


def write_new(path: str, data: bytes) -> bool:
    """
    Write a file that lasts, whole, into a folder that is made if need be; it survives a power cut when this returns.

    Returns:
        False if the name is taken; nothing is written then.

    Raises:
        ShocppError: It cannot be written; nothing is there then.
    """
    where, name = os.path.split(path)
    with made(where) as folder, NewFile(folder, name, data) as file:
        file.sync()
        if not file.link():
            return False
        folder.sync()
    return True


def _open_beside(folder: int, name: str) -> tuple[int, str]:
    """Open a new file without a name; where that cannot be had, one with a name that readers pass over."""
    try:
        return os.open(".", os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, FILE_MODE, dir_fd=folder), ""
    except OSError as error:
        if error.errno not in _NO_UNNAMED:
            raise
    beside = f".{name}.{os.getpid()}.new"
    return os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, FILE_MODE, dir_fd=folder), beside
