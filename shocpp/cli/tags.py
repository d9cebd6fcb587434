"""shocpp-tags: accounts and cards listed, added, blocked, removed, and brought into charge points."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from shocpp.calls import typed_cards
from shocpp.cli.run import HELP, entry_point, version_option
from shocpp.errors import UsageError
from shocpp.ledger import tag_edits
from shocpp.ledger.accounts import Accounts
from shocpp.settings import Settings
from shocpp.spool.conf.tag_file import edit, read_entries
from shocpp.spool.used_indexes import used_indexes
from shocpp.status.tag_rows import tag_table
from shocpp.stores.accounting_at import accounting_at
from shocpp.texts import meant, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_ANSWER = "Seconds to wait for each answer of a charge point."


def _seconds(default: float, words: str) -> Callable[[Any], Any]:
    return click.option("--timeout", default=default, show_default=True, metavar="S", callback=_positive, help=words)


def _positive(context: click.Context, parameter: click.Parameter, seconds: float) -> float:  # noqa: ARG001
    if not seconds > 0:  # NaN is not
        raise UsageError("--timeout takes seconds, more than 0")
    return seconds


@click.group("tags", context_settings=HELP, no_args_is_help=False)
@version_option
def tags() -> None:
    """List, change and distribute accounts and their cards: tags.json."""


@tags.command("list", context_settings=HELP)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document an account.")
def list_all(as_json: bool) -> None:
    """Show all accounts with their cards, and which of these may charge now."""
    listed = read_entries(Settings.from_environ().tags_file)
    entries = [entry for entry in listed if "removed" not in entry]
    lines = map(json.dumps, entries) if as_json else tag_table(entries, Accounts.from_list(entries), datetime.now(UTC))
    for line in lines:
        click.echo(line)


@tags.command(context_settings=HELP)
@click.option(
    "--learn", "is_learning", is_flag=True, help="Also the card that is refused next: hold it to a charge point."
)
@click.option("--charge-point", metavar="ID", help="With --learn: the one that the card is held to; without it, any.")
@_seconds(60.0, "With --learn: seconds to wait for the card.")
@click.argument("account")
@click.argument("cards", metavar="[CARD]...", nargs=-1)
def add(account: str, cards: tuple[str, ...], is_learning: bool, charge_point: str | None, timeout: float) -> None:
    """Give CARDs to ACCOUNT, which is made if it is not there."""
    settings = Settings.from_environ()
    typed_cards.require_sendable(*cards)
    if is_learning:
        from shocpp.calls.learning import next_refused

        _say("hold the new card to the charge point")
        cards = (*cards, next_refused(settings.run_dir, charge_point, timeout))
        click.echo(cards[-1])
    elif charge_point is not None:
        raise UsageError("--charge-point says where --learn waits for a card")
    tag_edits.require_visible(account, *cards)

    def used() -> set[int]:
        return used_indexes(accounting_at(settings.accounting), settings.run_dir, lambda *what: _say(": ".join(what)))

    before: list[str] = []

    def change(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        before.extend(entry["account"] for entry in entries if "account" in entry)
        return tag_edits.add(entries, account, cards, used)

    edit(settings.tags_file, change, is_new=True)
    _tell_what_is_new(account, before, bool(cards))


def _tell_what_is_new(account: str, before: list[str], has_cards: bool) -> None:
    """Name an account that was made, whose name may be another one's, misspelt; say where nothing changed."""
    if account.casefold() not in map(str.casefold, before):
        hint = meant(account, before)
        _say(f"{plain(account)} is a new account{f'; {hint}' if '?' in hint else ''}")
    elif not has_cards:
        _say(f"{plain(account)} is there already, and no card was named: nothing has changed")


@tags.command(context_settings=HELP)
@_seconds(10.0, _ANSWER)
@click.argument("card")
def block(card: str, timeout: float) -> None:
    """Let CARD charge no more; says which charge points still have it in a list of their own."""
    from shocpp.cli.local_lists import warn_of_lists

    settings = Settings.from_environ()
    edit(settings.tags_file, lambda entries: tag_edits.block(entries, card))
    warn_of_lists(settings, timeout, _say)


@tags.command(context_settings=HELP)
@click.argument("name", metavar="CARD|ACCOUNT")
def remove(name: str) -> None:
    """Remove a card, or an account with all its cards; its index is never given again."""
    today = datetime.now().astimezone().date()
    edit(Settings.from_environ().tags_file, lambda entries: tag_edits.remove(entries, name, today))


@tags.command(context_settings=HELP)
@_seconds(10.0, _ANSWER)
@click.option("--charge-point", metavar="ID", help="Into this one; needed when several are connected.")
@click.option("--all", "to_all", is_flag=True, help="Into every connected one.")
def push(charge_point: str | None, to_all: bool, timeout: float) -> int:
    """Bring all cards into charge points' local lists, so that they work while the connection is away."""
    from shocpp.cli.local_lists import push_lists

    if to_all and charge_point is not None:
        raise UsageError("--all and --charge-point exclude each other")
    return push_lists(Settings.from_environ(), charge_point, to_all, timeout, _say)


def _say(sentence: str) -> None:
    click.echo(f"shocpp-tags: {sentence}", err=True)


main = entry_point(tags)
