"""
What ``shocpp-records --assign`` and ``--accept`` do: write a correcting record, and change nothing that was written.

No command itself: options that are a work of their own, and imported only where one is given.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

import click

from shocpp.errors import UsageError
from shocpp.ledger import correction
from shocpp.ledger.accounts import Accounts
from shocpp.report.correctable import correctable_at
from shocpp.spool.accounting import corrections
from shocpp.spool.conf.configuration import read_tags
from shocpp.spool.files.acting_user import owner_of
from shocpp.spool.files.zone import local_zone
from shocpp.stores.accounting_at import accounting_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.settings import Settings


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
    first = correctable_at(accounting, assign[0] if assign else accept or "")
    changed = correction.assigned(first, assign[1], _accounts(settings)) if assign else correction.accepted(first)
    now = datetime.now(UTC)
    local = now.astimezone(local_zone(os.environ)[0])
    fields = correction.correcting(first, changed, by or _user(), why, now)
    with owner_of(settings.accounting_dir):
        click.echo(corrections.write_correction(accounting, (local.year, local.month), first, fields))


def _accounts(settings: Settings) -> Accounts:
    return read_tags(settings.tags_file) if os.path.exists(settings.tags_file) else Accounts()


def _user() -> str:
    """Give the name of the user whose process this is; where that has none, its number."""
    from pwd import getpwuid

    try:
        return getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
