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

    Args and Raises are those of ``edited_list.edit``.
    """
    edited_list.edit(path, read_entries, _checked, change, is_new)


def _checked(parsed: Entries) -> Entries:
    Accounts.from_list(parsed)
    return parsed
