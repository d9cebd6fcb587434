"""Accounts and their cards, as ``shocpp-tags list`` shows them: pure shaping, no disk."""

from __future__ import annotations

from shocpp import columns
from shocpp.texts import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from shocpp.ledger.accounts import Accounts

_HEADER = ("account", "index", "card", "now", "expires", "note")


def tag_table(entries: Sequence[Mapping[str, Any]], accounts: Accounts, now: datetime) -> list[str]:
    """
    Lay accounts and cards out for a terminal: a line for each card, and one for an account without any.

    Args:
        entries: The list of tags.json.
        accounts: What it means.
        now: The time, at which a card may be expired.
    """
    lines = [_HEADER]
    for entry in entries:
        head = (plain(entry["account"]), str(entry["index"]))
        lines += [(*head, *_card(each, accounts, now)) for each in entry["ids"]] or [(*head, "-", "", "", "")]
    return columns.table(lines)


def _card(listed: object, accounts: Accounts, now: datetime) -> tuple[str, str, str, str]:
    card: Mapping[str, Any] = listed if isinstance(listed, dict) else {"id": listed}
    tag = accounts.find(card["id"])
    status = tag.status_at(now) if tag else ""
    return plain(card["id"]), status, plain(card.get("expires", "")), plain(card.get("note", ""), 40)
