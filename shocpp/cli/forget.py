"""
What ``shocpp-journal --forget`` does: take a card out of the journal and of what was seen of charge points.

No command itself: an option that is a work of its own, and imported only where it is given.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

import click

from shocpp.cli.run import OK, STATUS
from shocpp.errors import TryAgainError, UsageError
from shocpp.ledger.accounts import normal
from shocpp.ledger.forgotten_card import ForgottenCard
from shocpp.spool.files.acting_user import owner_of
from shocpp.spool.forgetting import in_journal, in_sightings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.settings import Settings
    from shocpp.spool.forgetting import Found


def forget_card(id_tag: str, settings: Settings) -> int:
    """
    Forget a card; say of each file how often it had it.

    Args:
        id_tag: The card's id.
        settings: Where everything lies.

    Returns:
        The exit status: that of what can be tried again, if a file still has it.

    Raises:
        ShocppError: A file cannot be read or written.
    """
    if not normal(id_tag):
        raise UsageError("a card without an id cannot be forgotten")
    card = ForgottenCard(id_tag, f"forgotten-{secrets.token_hex(4)}")  # no digest: cards are few, and all can be tried
    left = []
    if settings.journal_dir:
        with owner_of(settings.journal_dir):
            left += [found for found in in_journal(settings.journal_dir, card, datetime.now(UTC)) if _tell(found)]
    with owner_of(settings.run_dir):
        left += [found for found in in_sightings(settings.run_dir, card) if _tell(found)]
    return STATUS[TryAgainError] if left else OK


def _tell(found: Found) -> bool:
    """Name a file; tell whether it still has the card."""
    if found.why_not:
        click.echo(f"shocpp-journal: {found.path} still has it: {found.why_not}", err=True)
    else:
        click.echo(f"{found.path}: {found.count}")
    return bool(found.why_not)
