"""
Changes to the list of accounts and cards: one is added, blocked, removed; all else stays as a person wrote it.

Pure: the parsed list of tags.json comes in, another one goes out, in the same order and with every note. Does not know
the file; what a list means as a whole is ``accounts``'.
"""

from __future__ import annotations

from shocpp.errors import DataError, MissingError
from shocpp.ledger.accounts import BLOCKED, Accounts, normal
from shocpp.ledger.transaction_id import LARGEST_INDEX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date
    from typing import Any

    Entries = list[dict[str, Any]]


def add(entries: Entries, account: str, cards: Iterable[str], used: Callable[[], set[int]]) -> Entries:
    """
    Add cards to an account, which is made if it is not there.

    Args:
        entries: The list.
        account: The account's name; one that is there is found whatever its case.
        cards: Ids as cards have them.
        used: Gives the indexes that were ever given to an account; only asked where one is to be made.

    Returns:
        The list with them at the account's end.

    Raises:
        DataError: A card is listed already, or there is no index left.
    """
    known = Accounts.from_list(entries)
    for card in cards:
        listed = known.find(card)
        if listed is not None:
            raise DataError(f"{card} is a card of {listed.account} already ({listed.status})")
    name = known.named(account)
    if name is None:
        index = _fresh_index(used() | known.indexes())
        return [*entries, {"index": index, "account": account, "ids": list(cards)}]
    return [{**entry, "ids": [*entry["ids"], *cards]} if entry.get("account") == name else entry for entry in entries]


def block(entries: Entries, card: str) -> Entries:
    """
    Give a card the status Blocked; its note and all else of it stay.

    Raises:
        MissingError: It is not listed.
    """
    return _each_card(entries, card, lambda listed: [{**_as_object(listed), "status": BLOCKED}])


def remove(entries: Entries, name: str, today: date) -> Entries:
    """
    Remove a card, or an account with all its cards, of which nothing stays but that its index was given.

    Args:
        entries: The list.
        name: The card's id or the account's name.
        today: The day that is noted with the index.

    Raises:
        MissingError: There is neither.
        DataError: It is an account, and another account's card.
    """
    known = Accounts.from_list(entries)
    account, card = known.named(name), known.find(name)
    if account is not None and card is not None and card.account != account:
        raise DataError(f"{name} is an account, and a card of {card.account}; edit tags.json by hand")
    if account is not None:
        return [_as_removed(entry, today) if entry.get("account") == account else entry for entry in entries]
    return _each_card(entries, name, lambda _: [])


def require_visible(*names: str) -> None:
    """
    See that nobody adds what cannot be seen in the list.

    Raises:
        DataError: A name is empty, or has letters that nobody sees.
    """
    for name in names:
        if not name.strip():
            raise DataError("an account and a card have at least one letter; nothing is written")
        if not name.isprintable():
            raise DataError(f"{name!r} has letters that nobody sees; nothing is written")


def _each_card(entries: Entries, card: str, change: Callable[[object], list[object]]) -> Entries:
    """Put what a function makes of a card in its place."""
    wanted, found = normal(card), False
    changed = []
    for entry in entries:
        if "ids" not in entry:
            changed.append(entry)
            continue
        ids: list[object] = []
        for listed in entry["ids"]:
            is_meant = normal(_as_object(listed)["id"]) == wanted
            ids += change(listed) if is_meant else [listed]
            found = found or is_meant
        changed.append({**entry, "ids": ids})
    if not found:
        raise MissingError(f"tags.json has no card {card}")
    return changed


def _as_removed(entry: dict[str, Any], today: date) -> dict[str, Any]:
    """Keep an account's index alone: it is nobody else's, be it that the account never charged."""
    return {"index": entry["index"], "removed": today.isoformat()}


def _as_object(listed: object) -> dict[str, Any]:
    return listed if isinstance(listed, dict) else {"id": listed}


def _fresh_index(used: set[int]) -> int:
    """Give an index that no account ever had: the one after the largest, since what is lost was mostly the last."""
    largest = max(used, default=0)
    if largest < LARGEST_INDEX:
        return largest + 1
    free = set(range(1, LARGEST_INDEX + 1)) - used
    if not free:
        raise DataError(f"all {LARGEST_INDEX} indexes were given to accounts; no other account can be made")
    return min(free)
