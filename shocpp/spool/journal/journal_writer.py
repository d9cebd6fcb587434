"""
The journal's files, ``YYYY/MM/DD.jsonl``: whole lines, appended by any number of processes at once.

The day is that of the line's own time, in UTC. Each batch of lines is one write(2) to a file opened for appending,
which a local file system does not mix with another's. Knows no protocol: what a line says is told by ``journal``.
"""

from __future__ import annotations

import errno
import os

from shocpp.spool.files import durable
from shocpp.spool.files.disk_faults import explained

_opened: dict[str, DayFile] = {}


def day_file(folder: str) -> DayFile:
    """Give what appends below a folder: one for the whole process, however many connections it serves."""
    if folder not in _opened:
        _opened[folder] = DayFile(folder)
    return _opened[folder]


class DayFile:
    """Appends to the file of the day that is written to; keeps it open until another day comes."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._day = ""
        self._file = -1
        self._is_new = False

    def append(self, day: str, lines: bytes) -> None:
        """
        Append lines to a day's file.

        Args:
            day: ``"2026-05-01"``.
            lines: Whole lines, each with its end.

        Raises:
            ShocppError: They cannot be written, or not all: those that were are whole. The next call tries anew.
        """
        try:
            if day != self._day:
                self._begin(day)
            written = os.write(self._file, lines)
            if self._is_new:
                _cut_off_half(self._path(day), os.lseek(self._file, 0, os.SEEK_CUR) - written)
                self._is_new = False
            if written < len(lines):
                _take_half_back(self._file, lines, written)
                raise OSError(errno.ENOSPC, "")  # the next write would say so
        except OSError as error:
            self.close()
            raise explained(error, self._path(day), "write") from error

    def is_there(self) -> bool:
        """Tell whether the file written to last still has a name: else it was moved away, or removed."""
        return self._file >= 0 and os.fstat(self._file).st_nlink > 0

    def _begin(self, day: str) -> None:
        """Turn to another day's file."""
        self.close()
        path = self._path(day)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        try:
            self._file = os.open(path, flags, durable.FILE_MODE)
        except FileNotFoundError:
            durable.make_folder(os.path.dirname(path))
            self._file = os.open(path, flags, durable.FILE_MODE)
        if not os.fstat(self._file).st_size:
            durable.set_mode(self._file, durable.FILE_MODE)
        self._day, self._is_new = day, True

    def _path(self, day: str) -> str:
        return os.path.join(self._folder, f"{day.replace('-', '/')}.jsonl")

    def close(self) -> None:
        """Let go of the file."""
        if self._file >= 0:
            os.close(self._file)
        self._file, self._day = -1, ""


def _cut_off_half(path: str, start: int) -> None:
    """
    Give a half line that stands before ours an end, in the place of its last byte: its writer died within it.

    Looked for only when ours are written: before, it might be a line that another process is just writing.
    """
    file = os.open(path, os.O_RDWR | os.O_CLOEXEC)  # not for appending, since then nothing can be written elsewhere
    try:
        if start > 0 and os.pread(file, 1, start - 1) != b"\n":
            os.pwrite(file, b"\n", start - 1)
    finally:
        os.close(file)


def _take_half_back(file: int, lines: bytes, written: int) -> None:
    """
    Cut off the half of a line that was the last to fit on a full disk, so that no other line sticks to it.

    Nobody can have appended in between unless room was made in that very instant; then the half stays.
    """
    end = os.lseek(file, 0, os.SEEK_CUR)
    half = written - (lines.rfind(b"\n", 0, written) + 1)
    if half and os.fstat(file).st_size == end:
        os.ftruncate(file, end - half)
