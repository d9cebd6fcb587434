"""
Chooses what keeps accounting: a folder, or a server that an address names. Nobody else knows which it is.
"""

from __future__ import annotations

from shocpp.errors import UnavailableError
from shocpp.spool.accounting.accounting_folder import AccountingFolder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.spool.accounting.accounting import Accounting


def is_address(where: str) -> bool:
    """Tell whether accounting is kept elsewhere than in files; a folder is an absolute path."""
    return "://" in where


def see_that_it_can_be_reached(where: str) -> None:
    """
    See that what a store needs is installed, without loading it.

    Args:
        where: A folder, which needs nothing, or an address.

    Raises:
        UnavailableError: It is not.
    """
    from importlib.util import find_spec  # whoever listens has it

    if is_address(where) and find_spec("psycopg") is None:
        raise _lacking()


def _lacking() -> UnavailableError:
    from shocpp.installation import lacking  # seldom needed

    return UnavailableError(lacking("a store in PostgreSQL", "psycopg", "postgres"))


def accounting_at(where: str, warn: Callable[[str], None] = lambda _: None) -> Accounting:
    """
    Give what keeps accounting; nothing is opened or reached before it is asked for something.

    Args:
        where: A folder, or an address.
        warn: Takes a sentence about what does not keep records from being booked.

    Raises:
        UnavailableError: What is needed to reach it is not installed.
    """
    if not is_address(where):
        return AccountingFolder(where, warn)
    try:
        from shocpp.stores.postgresql_accounting import PostgresqlAccounting
    except ImportError:
        raise _lacking() from None
    return PostgresqlAccounting(where)
