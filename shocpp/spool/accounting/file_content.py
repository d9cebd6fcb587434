"""What a file of the accounting folder holds; knows what else may lie under its name, and nothing of what is in it."""

from __future__ import annotations

import os
import stat

from shocpp.errors import DataError

LARGEST_FILE = 1 << 20  # a record has one kB; what is larger than this is something else


def read_file(path: str) -> bytes:
    """
    Read what a file holds; O_NONBLOCK, since somebody's pipe among the records would hold us up for good.

    Raises:
        OSError: It cannot be read.
        DataError: It cannot be a record by its kind or size.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        there = os.fstat(descriptor)
        if not stat.S_ISREG(there.st_mode):
            raise DataError("not a file")
        if there.st_size > LARGEST_FILE:
            raise DataError("too large for a record")
        return os.read(descriptor, there.st_size)  # a buffer that is larger costs more than the reading
    finally:
        os.close(descriptor)
