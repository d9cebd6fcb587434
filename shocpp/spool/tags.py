"""tags.json on the disk: which accounts are in force."""

from __future__ import annotations

import os

from shocpp.errors import ShocppError
from shocpp.ledger.accounts import Accounts
from shocpp.spool.config_file import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def read(path: str) -> Accounts:
    """
    Read and check tags.json.

    Raises:
        MissingError: It is not there.
        ConfigError: It makes no sense; says file, entry and field.
    """
    return load(path, "tags", Accounts.from_list, is_strict=True)


class TagsFile:
    """
    The accounts of a file that people edit while we run: read anew when it changes.

    Args:
        path: The file.
        report: Is told of every change, with a level and in words, once.
    """

    def __init__(self, path: str, report: Callable[[str, str], None]) -> None:
        self._path = path
        self._report = report
        self._stamp: tuple[int, ...] | None = ()
        self._accounts = Accounts()

    def accounts(self) -> Accounts:
        """Give the accounts in force: the file's, or while that is broken the last good ones."""
        try:
            there = os.stat(self._path)
            stamp: tuple[int, ...] | None = (there.st_mtime_ns, there.st_size, there.st_ino)
        except OSError:
            stamp = None
        if stamp != self._stamp:
            self._stamp = stamp
            self._read()
        return self._accounts

    def _read(self) -> None:
        try:
            self._accounts = read(self._path)
        except ShocppError as error:
            self._report("WARNING", f"{error}; {len(self._accounts)} accounts stay in force")
