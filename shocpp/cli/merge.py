"""
What ``shocpp-records --merge`` does: bring in the accounting of other homes, and say what came of it.

No command itself: an option that is a work of its own, and imported only where it is given.
"""

from __future__ import annotations

import os

import click

from shocpp.errors import DataError, MissingError, NotPermittedError
from shocpp.spool.accounting.merging import Merging
from shocpp.spool.files.acting_user import owner_of
from shocpp.texts import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def merge(accounting_dir: str, folders: Sequence[str]) -> None:
    """
    Bring in other accounting folders, or those of other homes, as the owner of ours.

    Raises:
        MissingError: A folder is not there; nothing is brought in then.
        NotPermittedError: That owner may not read one; nothing is brought in then.
        DataError: Something was left out; it is named.
    """
    others = [_accounting_of(folder) for folder in folders]
    left_out: list[str] = []

    def report(path: str, why: str) -> None:
        left_out.append(path)
        click.echo(f"shocpp-records: {plain(path, 4096)}: {why}", err=True)

    merging = Merging(accounting_dir, report)
    with owner_of(accounting_dir):
        for other in others:
            _require_readable(other)
        for other in others:
            merging.take(other)
    counted = f"{merging.brought} records brought in, {merging.enriched} now say more, {merging.known} were there"
    late = f"; {merging.late} of settled months are booked late" if merging.late else ""
    click.echo(f"shocpp-records: {counted}{late}", err=True)
    if left_out:
        raise DataError(f"left out: {len(left_out)}, named above")


def _accounting_of(folder: str) -> str:
    """Give the accounting folder of a home; a folder that is none is taken for one itself."""
    if not os.path.isdir(folder):
        raise MissingError(f"{folder} is not there, or no folder")
    below = os.path.join(folder, "accounting")
    return below if os.path.isdir(below) else folder


def _require_readable(folder: str) -> None:
    """
    See that whoever we act as may read a folder: the owner of our accounting may not read all that root may.

    Raises:
        NotPermittedError: They may not.
    """
    if not os.access(folder, os.R_OK | os.X_OK, effective_ids=True):
        raise NotPermittedError(f"{folder} may not be read by the owner of our accounting; copy it to where they may")
