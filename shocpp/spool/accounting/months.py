"""
Which months and which records are there below the accounting folder, by their names alone.

What others put into the folder is passed over: only ``YYYY/MM/*.json`` counts.
"""

from __future__ import annotations

import os

from shocpp.spool.files.disk_faults import explained

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from shocpp.ledger.charge import Month

SETTLEMENT = ".settled.json"  # the name of the file with which a month is settled, in its folder


def folder_of(month: Month) -> str:
    """Give the folder of a year and month below the accounting folder."""
    return f"{month[0]:04}/{month[1]:02}"


def record_path(folder: str, month: Month, name: str) -> str:
    """Give the path of a record's file below the accounting folder."""
    return os.path.join(folder, folder_of(month), name)


def booked_months(folder: str) -> list[Month]:
    """
    Give the years and months that have a folder, in order; none if the accounting folder is not there.

    Raises:
        NotPermittedError: It is not ours to read.
        OSError: A folder in it cannot be read.
    """
    try:
        years = folder_names(folder, 4)
    except PermissionError as error:
        raise explained(error, folder, "read") from None
    return [
        (int(year), int(month))
        for year in years
        for month in folder_names(os.path.join(folder, year), 2)
        if 1 <= int(month) <= 12
    ]


def month_files(folder: str, year: int, month: int) -> Iterator[str]:
    """Give the paths of one month's files that may be records, in order; none if the month is not there."""
    return (record_path(folder, (year, month), name) for name in month_names(folder, (year, month)))


def month_names(folder: str, month: Month) -> list[str]:
    """Give the names of one month's files that may be records, in order; none if the month is not there."""
    try:
        names = os.listdir(os.path.join(folder, folder_of(month)))
    except FileNotFoundError:
        return []
    return sorted(name for name in names if name.endswith(".json") and not name.startswith("."))


def folder_names(folder: str, digits: int) -> list[str]:
    """
    Give the folders of years or months, in order; none if the folder is not there.

    Raises:
        OSError: It cannot be read.
    """
    try:
        return sorted(name for name in os.listdir(folder) if len(name) == digits and name.isascii() and name.isdigit())
    except (FileNotFoundError, NotADirectoryError):
        return []
