"""
One record's file read: as a record, or why it is none.

Knows neither how its content is got (``file_content``) nor what a record says (``ledger.charge``).
"""

from __future__ import annotations

import json
import os

from shocpp.errors import DataError
from shocpp.ledger.charge import Charge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from shocpp.ledger.charge import Month
    from shocpp.spool.accounting.accounting import Accounting

_decode = json.JSONDecoder().decode


def read_record(accounting: Accounting, month: Month, name: str) -> Charge:
    """
    Read one record.

    Raises:
        OSError: It cannot be read.
        DataError: It is no record; says why.
    """
    return parse_record(accounting.read(month, name), month, name)


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
