"""
One record's file read: as a record, or why it is none.

Knows what else may lie under the name of a file; what a record says is ``ledger.charge``'s.
"""

from __future__ import annotations

import json
import os
import stat

from shocpp.errors import DataError
from shocpp.ledger.charge import Charge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from shocpp.spool.accounting.accounting import Accounting, Month

_decode = json.JSONDecoder().decode

LARGEST_FILE = 1 << 20  # a record has one kB; what is larger than this is something else


def read_record(accounting: Accounting, month: Month, name: str) -> Charge:
    """
    Read one record.

    Raises:
        OSError: It cannot be read.
        DataError: It is no record; says why.
    """
    return parse_record(accounting.read(month, name), month, name)


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


def parse_record(data: bytes, month: Month, name: str) -> Charge:
    """
    Read a record out of its file's content.

    Raises:
        DataError: It is no record; says why.
    """
    try:
        fields = _parsed(data)
    except (ValueError, RecursionError):
        raise DataError("not JSON" if data.strip() else "empty") from None
    if fields.__class__ is not dict:
        raise DataError("not a record: no object")
    return Charge(fields, month, name)


def _parsed(data: bytes) -> Any:
    """Read JSON, which nearly always is UTF-8: then it is read in three quarters of the time that ``loads`` takes."""
    try:
        return _decode(data.decode())
    except ValueError:
        return json.loads(data)


def why(error: OSError | DataError) -> str:
    """Say why a file was not read as a record."""
    if isinstance(error, DataError):
        return str(error)
    return f"cannot be read: {os.strerror(error.errno) if error.errno else error}"
