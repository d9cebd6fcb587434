"""
The files that a sum leaves out, since they are no records: named as they are met, and an error at the end.

No command itself.
"""

from __future__ import annotations

import click

from shocpp.errors import DataError
from shocpp.texts import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.cli.progress import Progress


class SkippedFiles:
    """
    The files that were met.

    Args:
        progress: What is shown on the terminal meanwhile, and gives way to each name.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._count = 0

    def tell(self, path: str, why: str) -> None:
        """Name a file."""
        self._count += 1
        self._progress.clear()
        click.echo(f"shocpp-summary: {plain(path, 4096)}: {why}", err=True)

    def complain(self) -> None:
        """
        Say that there were some.

        Raises:
            DataError: There were.
        """
        if self._count:
            raise DataError(f"not in the sums: {self._count} of the files; correct them or move them away")
