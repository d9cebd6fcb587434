"""
Correcting records: read all of them, find the record that shall be corrected, write a new one beside it.

Knows by which names they go; what they say is ``ledger.correction``'s.
"""

from __future__ import annotations

import json
import os

from shocpp.errors import CannotCreateError, DataError, MissingError
from shocpp.ledger.correction import SUFFIX, Corrections, name_of
from shocpp.spool.accounting.accounting import digest_of
from shocpp.spool.accounting.months import folder_of
from shocpp.spool.accounting.record_file import read_record, why
from shocpp.spool.files.disk_faults import explained

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from shocpp.errors import Report
    from shocpp.ledger.charge import Charge, Month
    from shocpp.spool.accounting.accounting import Accounting


def read_corrections(accounting: Accounting, report: Report) -> Corrections:
    """
    Read all correcting records.

    Args:
        accounting: Keeps the records.
        report: Is told the path and what is wrong of each that cannot be read or makes no sense.
    """
    return Corrections(_corrections(accounting, report))


def charge_at(accounting: Accounting, file: str) -> Charge:
    """
    Read a record that somebody named.

    Args:
        accounting: Keeps the records.
        file: Its path, or its place below the accounting folder: ``2026/10/1693727530-0326fd891def.json``.

    Raises:
        MissingError: There is no such record.
        DataError: It lies elsewhere, or is no record.
    """
    place = "/".join(os.path.abspath(file).split("/")[-3:])
    name = os.path.basename(place)
    month = next((each for each in accounting.months() if place.startswith(f"{folder_of(each)}/")), None)
    if month is None or name not in accounting.names(month):
        raise MissingError(f"there is no record {file}; name one as shocpp-records does: YYYY/MM/NAME.json")
    path = accounting.path(month, name)
    if os.path.exists(file) and not (os.path.exists(path) and os.path.samefile(file, path)):
        raise DataError(f"{file} does not lie in {accounting.where}")
    try:
        return read_record(accounting, month, name)
    except DataError as error:
        raise DataError(f"{file}: {error}") from None
    except OSError as error:
        raise explained(error, path, "read") from error


def write_correction(accounting: Accounting, month: Month, first: Charge, fields: dict[str, Any]) -> str:
    """
    Write a correcting record; durable when this returns.

    Args:
        accounting: Keeps the records.
        month: The local month in which it is made.
        first: The charge that it corrects.
        fields: What it says.

    Returns:
        Its path.

    Raises:
        ShocppError: It cannot be written; nothing is there then.
    """
    content = json.dumps(fields, indent=2) + "\n"
    name = name_of(first, digest_of(f"{first.ref}\n{content}"))
    path = accounting.path(month, name)
    if not accounting.add(month, name, content.encode()):
        raise CannotCreateError(f"{path} is there already")
    return path


def _names(accounting: Accounting, month: Month, report: Report) -> list[str]:
    """Give the names of a month's records; none of one that cannot be read, which is told."""
    try:
        return accounting.names(month)
    except OSError as error:
        report(accounting.path(month, "").rstrip("/"), why(error))
        return []


def _corrections(accounting: Accounting, report: Report) -> Iterator[Charge]:
    """Read the correcting records of all months."""
    for month in accounting.months():
        for name in _names(accounting, month, report):
            if name.endswith(SUFFIX):
                try:
                    charge = read_record(accounting, month, name)
                except (OSError, DataError) as error:
                    report(accounting.path(month, name), str(error))
                else:
                    if charge.corrects:
                        yield charge
