"""
The configuration files that ``spool`` reads: tags.json, charge-points.json, prices.json.

A function for each that reads it once, and for those that people edit while we run one that gives what is in force.
Knows which schema and which rules belong to which file; how a file is read is ``config_file``'s. Charge points and
prices are imported where they are read: fractions and decimals cost milliseconds of each backend's start.
"""

from __future__ import annotations

import os

from shocpp.errors import MissingError
from shocpp.ledger.accounts import Accounts
from shocpp.spool.conf.config_file import load
from shocpp.spool.conf.watched_file import WatchedFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.errors import Report
    from shocpp.ledger.charge_points import ChargePoints
    from shocpp.ledger.prices import Prices
    from shocpp.spool.conf.watched_file import Elsewhere


def read_tags(path: str) -> Accounts:
    """
    Read and check tags.json.

    Raises:
        MissingError: It is not there.
        ConfigError: It makes no sense; says file, entry and field.
    """
    return load(path, "tags", Accounts.from_list, is_strict=True)


def read_charge_points(path: str) -> ChargePoints:
    """
    Read and check charge-points.json.

    Raises:
        MissingError: It is not there.
        ConfigError: It makes no sense; says file, entry and field.
    """
    from shocpp.ledger.charge_points import ChargePoints

    return load(path, "charge-points", ChargePoints.from_list, is_strict=True)


def read_prices(path: str) -> Prices:
    """
    Read and check prices.json.

    Raises:
        MissingError: It is not there.
        ConfigError: It makes no sense; says file, entry and field.
    """
    from shocpp.ledger.prices import Prices

    return load(path, "prices", Prices.from_json)


def find_charge_points(path: str) -> ChargePoints | None:
    """
    Read charge-points.json if there is one; None where nothing is listed.

    Raises:
        ShocppError: It cannot be used.
    """
    try:
        return read_charge_points(path)
    except MissingError:
        return None


def must_be_listed(path: str, is_set: bool) -> bool:
    """
    Tell whether only charge points of a list may connect, from now on: one that vanishes later lets nobody in.

    Args:
        path: charge-points.json.
        is_set: Somebody has set that there must be one.
    """
    return is_set or os.path.exists(path)


def watched_tags(path: str, report: Report, elsewhere: Elsewhere | None = None) -> Callable[[], Accounts]:
    """
    Give a function that gives the accounts in force: the file's, or while that is broken the last good ones.

    Args:
        path: The file.
        report: Is told of every change, with a level and in words, once.
        elsewhere: Where an edit is read, as ``WatchedFile`` wants it; None for in place.
    """
    stay, none = "{count} accounts stay in force", "every card is refused"
    return WatchedFile(path, read_tags, Accounts(), report, broken=stay, without=none, elsewhere=elsewhere).current


def watched_charge_points(
    path: str, report: Report, is_required: bool, elsewhere: Elsewhere | None = None
) -> Callable[[], ChargePoints | None]:
    """
    Give a function that gives the charge points that may connect: None for all, as long as there never was a file.

    Once it was there it must stay readable: a file that vanishes or breaks lets nobody else in, the last good list
    serves, or if there was none, nobody may connect.

    Args:
        path: The file.
        report: Is told of every change, with a level and in words, once.
        is_required: It was there, or must be: without it nobody may connect.
        elsewhere: Where an edit is read, as ``WatchedFile`` wants it; None for in place.
    """
    from shocpp.ledger.charge_points import ChargePoints

    may = "{count} charge points may connect"
    return WatchedFile(
        path,
        read_charge_points,
        ChargePoints(),
        report,
        broken=f"{may} as before",
        without="nobody may connect",
        good=may,
        is_optional=not is_required,
        elsewhere=elsewhere,
    ).current
