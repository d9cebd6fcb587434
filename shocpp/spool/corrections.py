"""
Correcting records on the disk: read all of them, find the record that shall be corrected, write a new one beside it.

Knows by which names they go and where they lie; what they say is ``ledger.correction``'s.
"""

from __future__ import annotations

import json
import os

from shocpp.errors import CannotCreateError, DataError, MissingError
from shocpp.ledger.correction import SUFFIX, Corrections, name_of
from shocpp.spool import durable
from shocpp.spool.accounting import digest_of
from shocpp.spool.disk_faults import explained
from shocpp.spool.months import booked_months, folder_of, month_files, record_path
from shocpp.spool.record_file import read_record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from shocpp.ledger.charge import Charge
    from shocpp.spool.record_reader import Report

    Month = tuple[int, int]


def read_corrections(folder: str, report: Report) -> Corrections:
    """
    Read all correcting records of an accounting folder.

    Args:
        folder: The accounting folder.
        report: Is told the path and what is wrong of each that cannot be read or makes no sense.
    """
    return Corrections(_corrections(folder, report))


def charge_at(folder: str, file: str) -> Charge:
    """
    Read a record that somebody named.

    Args:
        folder: The accounting folder.
        file: Its path, or its place below the accounting folder: ``2026/10/1693727530-0326fd891def.json``.

    Raises:
        MissingError: There is no such record.
        DataError: It lies elsewhere, or is no record.
    """
    place = "/".join(os.path.abspath(file).split("/")[-3:])
    path = os.path.join(folder, place)
    month = next((each for each in booked_months(folder) if place.startswith(f"{folder_of(each)}/")), None)
    if month is None or path not in month_files(folder, *month):
        raise MissingError(f"there is no record {file}; name one as shocpp-records does: YYYY/MM/NAME.json")
    if os.path.exists(file) and not os.path.samefile(file, path):
        raise DataError(f"{file} does not lie in {folder}")
    try:
        return read_record(path, month, os.path.basename(path))
    except DataError as error:
        raise DataError(f"{file}: {error}") from None
    except OSError as error:
        raise explained(error, path, "read") from error


def write_correction(folder: str, month: Month, first: Charge, fields: dict[str, Any]) -> str:
    """
    Write a correcting record; durable when this returns.

    Args:
        folder: The accounting folder.
        month: The local month in which it is made.
        first: The charge that it corrects.
        fields: What it says.

    Returns:
        Its path.

    Raises:
        ShocppError: It cannot be written; nothing is there then.
    """
    content = json.dumps(fields, indent=2) + "\n"
    path = record_path(folder, month, name_of(first, digest_of(f"{first.ref}\n{content}")))
    if not durable.write_new(path, content.encode()):
        raise CannotCreateError(f"{path} is there already")
    return path


def _corrections(folder: str, report: Report) -> Iterator[Charge]:
    for month in booked_months(folder):
        for path in month_files(folder, *month):
            if path.endswith(SUFFIX):
                try:
                    charge = read_record(path, month, os.path.basename(path))
                except (OSError, DataError) as error:
                    report(path, str(error))
                else:
                    if charge.corrects:
                        yield charge
