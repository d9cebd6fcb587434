"""
What was typed and means nothing here: named with the nearest name that there is, before an empty answer is believed.

No command itself. A name is good if anything knows it: a configuration file, what was seen, or any record.
"""

from __future__ import annotations

import os

from shocpp.errors import MissingError, ShocppError
from shocpp.locations import HOME
from shocpp.spool.accounting import record_reader
from shocpp.spool.conf.configuration import find_charge_points, read_tags
from shocpp.spool.run.mailbox import seen
from shocpp.stores.accounting_at import accounting_at
from shocpp.texts import meant, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from shocpp.ledger.charge import Charge
    from shocpp.report.gather import Wanted
    from shocpp.settings import Settings

_ACCOUNTING = "SHOCPP_ACCOUNTINGDIR"


def require_accounting(settings: Settings) -> None:
    """
    See that home and accounting folder are there, where one is named: a misspelt one would look like an empty one.

    Raises:
        MissingError: It is not.
    """
    if not settings.store:
        _require_folder(HOME, settings.home)
        _require_folder(_ACCOUNTING, settings.accounting_dir)


def _require_folder(variable: str, path: str) -> None:
    if not os.environ.get(variable) or os.path.isdir(path):
        return
    above, name = os.path.split(path)
    beside = [each.name for each in os.scandir(above) if each.is_dir()] if os.path.isdir(above) else []
    hint = meant(name, beside, 0)
    raise MissingError(f"{variable} is {plain(path, 4096)}, which is not there{f'; {hint}' if '?' in hint else ''}")


def require_wanted(settings: Settings, wanted: Wanted, today: date) -> None:
    """
    See that what a statement is asked for can have charges: a misspelt name would be an empty one.

    Raises:
        MissingError: It cannot.
    """
    if wanted.span.first > today:
        raise MissingError(f"{wanted.span.first:%Y-%m} has not begun: today is {today}")
    require_accounting(settings)
    if wanted.account is not None:
        require_account(settings, wanted.account)
    if wanted.charge_point is not None:
        require_charge_point(settings, wanted.charge_point)


def require_account(settings: Settings, account: str) -> None:
    """
    See that an account is known to tags.json or to a record of any month.

    Raises:
        MissingError: It is not; says which one may be meant.
    """
    try:
        listed = set(read_tags(settings.tags_file).names().values())
    except ShocppError:  # whoever needs the file says what is wrong with it
        listed = set()
    if account not in listed:
        _require("account", account, {*listed, *(charge.account for charge in _charges(settings))})


def require_charge_point(settings: Settings, identity: str) -> None:
    """
    See that a charge point is listed, was seen, or is in a record of any month.

    Raises:
        MissingError: It is not; says which one may be meant.
    """
    known = charge_points(settings)
    if identity not in known:
        _require("charge point", identity, {*known, *(charge.charge_point for charge in _charges(settings))})


def charge_points(settings: Settings) -> set[str]:
    """Give the identities of all charge points that are listed or were seen."""
    try:
        listed = find_charge_points(settings.charge_points_file)
    except ShocppError:  # whoever needs the file says what is wrong with it
        listed = None
    return {*seen(settings.run_dir), *(each.identity for each in listed or ())}


def _require(what: str, name: str, known: Iterable[str]) -> None:
    names = sorted(known)
    if name not in names:
        hint = meant(name, names) or "none is known"
        raise MissingError(f"no {what} is called {plain(name)!r}; {hint}")


def _charges(settings: Settings) -> Iterable[Charge]:
    return record_reader.read(accounting_at(settings.accounting), record_reader.ignore)
