"""
Disks and processes to which something has happened that keeps files from being written, and goes by.

Knows how each is brought about for real; not what anybody makes of it.
"""

from __future__ import annotations

import os
import resource
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.support.disks import SmallDisk, can_mount, without_override


class Trouble:
    """
    A way in which a folder cannot be written: ``begin`` it for processes that run, ``end`` it.

    Args:
        tmp_path: A folder for it.

    Attributes:
        folder: What cannot be written.
        wrapper: A command line that runs those processes.
        takes_the_log: Whether their logs cannot be written either.
    """

    wrapper: list[str] = []  # noqa: RUF012 - read only
    takes_the_log = False

    def __init__(self, tmp_path: Path) -> None:
        self.folder = tmp_path / "accounting"
        self.folder.mkdir()

    def begin(self, *processes: int) -> None:
        raise NotImplementedError

    def end(self, *processes: int) -> None:
        raise NotImplementedError

    def close(self) -> None:
        """Tidy up."""


class _Limit(Trouble):
    """What a process may do is taken from it, as anybody can with any process of theirs, without a mount."""

    kind: int
    least: int

    def begin(self, *processes: int) -> None:
        for each in processes:
            resource.prlimit(each, self.kind, (self.least, resource.prlimit(each, self.kind)[1]))

    def end(self, *processes: int) -> None:
        for each in processes:
            hard = resource.prlimit(each, self.kind)[1]
            resource.prlimit(each, self.kind, (hard, hard))


class Limit(_Limit):
    """No file may grow by a byte."""

    takes_the_log = True
    kind, least = resource.RLIMIT_FSIZE, 0


class Files(_Limit):
    """No file may be opened: EMFILE."""

    kind, least = resource.RLIMIT_NOFILE, 3


class Modes(Trouble):
    """The folder belongs to somebody who took the right to write away."""

    wrapper = without_override()

    def begin(self, *processes: int) -> None:  # noqa: ARG002
        self._set(0o555)

    def end(self, *processes: int) -> None:  # noqa: ARG002
        self._set(0o755)

    def _set(self, mode: int) -> None:
        for folder, _, _ in os.walk(self.folder):
            os.chmod(folder, mode)

    def close(self) -> None:
        self.end()


class Disk(Trouble):
    """A tmpfs."""

    options = "size=256k"

    def __init__(self, tmp_path: Path) -> None:
        place = tmp_path / "disk"
        place.mkdir()
        self.disk = SmallDisk(place, self.options)
        self.folder = self.disk.path / "accounting"

    def begin(self, *processes: int) -> None:  # noqa: ARG002
        self.disk.fill()

    def end(self, *processes: int) -> None:  # noqa: ARG002
        self.disk.clear()

    def close(self) -> None:
        self.disk.close()


class FewFiles(Disk):
    """A tmpfs with room for bytes but not for one more file."""

    options = "size=1m,nr_inodes=12"


class ReadOnly(Disk):
    """A tmpfs that was mounted read-only, as a kernel does with a disk that fails."""

    def begin(self, *processes: int) -> None:  # noqa: ARG002
        self.disk.remount("ro")

    def end(self, *processes: int) -> None:  # noqa: ARG002
        self.disk.remount("rw")


def made(
    kind: type[Trouble], stand_in: type[Trouble], tmp_path: Path, factory: pytest.TempPathFactory
) -> Iterator[Trouble]:
    """Make a trouble; where nothing can be mounted another one stands in for it, loudly."""
    if issubclass(kind, Disk):
        reason = can_mount(factory.mktemp("probe"))
        if reason:
            warnings.warn(f"{reason}; {stand_in.__name__} stands in for {kind.__name__}", stacklevel=1)
            kind = stand_in
    trouble = kind(tmp_path)
    yield trouble
    trouble.close()


def failing(call: str, times: int, trace: Path, path: Path | None = None) -> list[str]:
    """
    Give a command line under which a system call fails with EIO, as it does on a disk that is broken.

    The process that is started is the program's own, not strace's, which ends with it.

    Args:
        call: Its name.
        times: How often it fails in each thread, from the first time on.
        trace: A file for what strace has to say.
        path: Only calls that name this file or folder, or use it open.
    """
    only: Sequence[str] = ("-P", str(path)) if path else ()
    inject = f"inject={call}:error=EIO:when=1..{times}"
    return ["strace", "-D", "-f", "-qq", *only, "-e", f"trace={call}", "-e", inject, "-o", str(trace)]
