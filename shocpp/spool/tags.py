"""tags.json on the disk: which accounts are in force."""

from __future__ import annotations

from shocpp.errors import ShocppError
from shocpp.ledger.accounts import Accounts
from shocpp.spool.config_file import load, stamp

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
        self._stamp: tuple[int, ...] | None = (0,)  # of no file: the first look reads, whatever is there
        self._accounts = Accounts()

    def accounts(self) -> Accounts:
        """Give the accounts in force: the file's, or while that is broken the last good ones."""
        now = stamp(self._path)
        if now != self._stamp:
            self._stamp = now
            self._read()
        return self._accounts

    def _read(self) -> None:
        try:
            self._accounts = read(self._path)
        except ShocppError as error:
            self._report("WARNING", f"{error}; {len(self._accounts)} accounts stay in force")
