"""
What ``shocpp-records --assign`` and ``--accept`` do: write a correcting record, and change nothing that was written.

No command itself: options that are a work of their own, and imported only where one is given.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

import click

from shocpp.errors import DataError, UsageError
from shocpp.ledger import correction
from shocpp.ledger.accounts import Accounts
from shocpp.spool.accounting import corrections, record_reader
from shocpp.spool.accounting.settled import SettledMonths
from shocpp.spool.conf.configuration import read_tags
from shocpp.spool.files.acting_user import owner_of
from shocpp.spool.files.zone import local_zone
from shocpp.stores.accounting_at import accounting_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.ledger.charge import Charge
    from shocpp.ledger.correction import Corrections
    from shocpp.settings import Settings
    from shocpp.spool.accounting.accounting import Accounting


def correct(
    settings: Settings, assign: tuple[str, str] | None, accept: str | None, why: str | None, by: str | None
) -> None:
    """
    Correct a record, and print the path of the correcting one.

    Args:
        settings: Where everything lies.
        assign: A record, by its path or its place below the accounting folder, and the account whose it is.
        accept: A record whose readings are believed.
        why: Why.
        by: Who decided it; None for whoever runs this.

    Raises:
        UsageError: The options do not say what is corrected, and why.
        ShocppError: It cannot be corrected, or the disk does not take it.
    """
    if (assign is None) == (accept is None) or not why:
        raise UsageError("a correction takes --assign FILE ACCOUNT or --accept FILE, and --why TEXT")
    accounting = accounting_at(settings.accounting)
    first = corrections.charge_at(accounting, assign[0] if assign else accept or "")
    made = corrections.read_corrections(accounting, _ignore)
    known = made.of(first.ref)
    if known is not None:
        raise DataError(f"{first.ref} is corrected already by {known.ref}; correct that one")
    billed = _billed_by(accounting, first, made)
    if billed != first.ref:
        raise DataError(f"{first.ref} only repeats {billed}, which bills the charge; correct that one")
    changed = correction.assigned(first, assign[1], _accounts(settings)) if assign else correction.accepted(first)
    now = datetime.now(UTC)
    local = now.astimezone(local_zone(os.environ)[0])
    fields = correction.correcting(first, changed, by or _user(), why, now)
    with owner_of(settings.accounting_dir):
        click.echo(corrections.write_correction(accounting, (local.year, local.month), first, fields))


def _billed_by(accounting: Accounting, charge: Charge, made: Corrections) -> str:
    """Give the place of the record that bills a charge: mostly its own."""
    settled = SettledMonths(accounting)
    for each in record_reader.read(accounting, _ignore, charge.folder, charge.folder):
        each.repeats = each.repeats or settled.repeated_by(each)
        made.mark_if_repeated(each)
        if each.ref == charge.ref:
            return each.repeats or each.ref
    return charge.ref


def _ignore(path: str, why: str) -> None:
    """Say nothing of other files that are no records: the statement of their month names them."""


def _accounts(settings: Settings) -> Accounts:
    return read_tags(settings.tags_file) if os.path.exists(settings.tags_file) else Accounts()


def _user() -> str:
    """Give the name of the user whose process this is; where that has none, its number."""
    from pwd import getpwuid

    try:
        return getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
