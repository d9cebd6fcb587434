"""
tags.json as a list that a program changes: read as it is written, checked, and put in place whole.

How a list is changed on the disk is ``edited_list``'s; what changes in it is ``ledger.tag_edits``'.
"""

from __future__ import annotations

from shocpp.ledger.accounts import Accounts
from shocpp.spool.conf import edited_list
from shocpp.spool.conf.config_file import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.spool.conf.edited_list import Entries


def read_entries(path: str) -> Entries:
    """
    Read tags.json as it is written, once it is seen to make sense.

    Raises:
        MissingError: It is not there.
        ConfigError: It makes no sense.
    """
    return load(path, "tags", _checked, is_strict=True)


def edit(path: str, change: Callable[[Entries], Entries], is_new: bool = False) -> None:
    """
    Change tags.json; the new one is on disk when this returns, or the old one is still there.

    Args:
        path: The file, or a link to it, which stays one.
        change: Gives the new list for the one in the file.
        is_new: A file that is not there is made.

    Raises:
        MissingError: It is not there.
        ConfigError: It makes no sense as it is.
        DataError: The new list would make none; nothing is written.
        NotPermittedError: It may not be written; says who may.
        ShocppError: ``change`` raised it, or the disk is full.
    """
    edited_list.edit(path, read_entries, _checked, change, is_new)


def _checked(parsed: Entries) -> Entries:
    Accounts.from_list(parsed)
    return parsed
