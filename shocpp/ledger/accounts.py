"""
Accounts and the id tags assigned to them.

Knows what a list of accounts means and what a JSON Schema cannot say of it; does not know the file it
came from (``spool.conf.configuration``) nor what the protocol does with a status.
"""

from __future__ import annotations

from shocpp.errors import ConfigError, take_all
from shocpp.ledger.transaction_id import LARGEST_INDEX
from shocpp.times import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from shocpp.ledger.parties import Party

ACCEPTED, BLOCKED, EXPIRED, INVALID = "Accepted", "Blocked", "Expired", "Invalid"
UNASSIGNED = "unassigned"
UNKNOWN = "unknown-"

_CONTROL = dict.fromkeys((*range(32), *range(127, 160)))


def normal(id_tag: str) -> str:
    """
    Bring an id tag into the form in which tags are compared: control characters out, without case.

    >>> normal("AbC\\x00\\n")
    'abc'
    """
    return (id_tag if id_tag.isprintable() else id_tag.translate(_CONTROL)).casefold()


class Tag:
    """An id tag as listed: its account, a status it was given, a time after which it is expired, how it is spelled."""

    __slots__ = ("account", "expires", "id_tag", "index", "status")

    def __init__(
        self, index: int, account: str, status: str = ACCEPTED, expires: datetime | None = None, id_tag: str = ""
    ) -> None:
        self.index = index
        self.account = account
        self.status = status
        self.expires = expires
        self.id_tag = id_tag

    def status_at(self, now: datetime) -> str:
        """Give ``idTagInfo.status`` at a time."""
        if self.status == ACCEPTED and self.expires is not None and self.expires <= now:
            return EXPIRED
        return self.status


class Accounts:
    """All accounts and their tags; without any, every tag is Invalid."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._removed: set[int] = set()
        self._tags: dict[str, Tag] = {}
        self._parties: dict[str, Party] = {}

    @classmethod
    def from_list(cls, entries: object) -> Accounts:
        """
        Build the accounts from the parsed list.

        Raises:
            ConfigError: It is not of the shape that the JSON Schema describes (in few words: the schema explains
                better), index, account or id is used twice, or a name or time cannot be used; has a fault for
                each entry.
        """
        accounts = cls()
        if not isinstance(entries, list):
            raise ConfigError("the whole file: not a list of accounts")
        take_all(accounts._add, ((f"entry {number}", entry) for number, entry in enumerate(entries, 1)))
        return accounts

    def __len__(self) -> int:
        return len(self._names)

    def find(self, id_tag: str) -> Tag | None:
        """Give the listed tag that compares equal to the one read from a card; None if there is none."""
        return self._tags.get(normal(id_tag))

    def cardless(self, account: str) -> Tag | None:
        """Give what stands for a card where a charge point has no reader: the account's name; None if it is unknown."""
        return next((Tag(index, name) for index, name in self._names.items() if name == account), None)

    def named(self, account: str) -> str | None:
        """Give the name of the account that is meant, whatever its case; None if it is unknown."""
        return next((name for name in self._names.values() if name.casefold() == account.casefold()), None)

    def tags(self) -> list[Tag]:
        """Give all tags, in the order of the list."""
        return list(self._tags.values())

    def tags_of(self, account: str) -> list[Tag]:
        """Give the tags of an account, in the order of the list."""
        return [tag for tag in self._tags.values() if tag.account == account]

    def name_of(self, index: int) -> str:
        """
        Give the account's name for a record.

        >>> Accounts().name_of(7), Accounts().name_of(0)
        ('unknown-7', 'unassigned')
        """
        return self._names.get(index, f"{UNKNOWN}{index}" if index else UNASSIGNED)

    def names(self) -> dict[int, str]:
        """Give all accounts: index to name."""
        return dict(self._names)

    def indexes(self) -> set[int]:
        """Give all indexes that are an account's, or were one's that is removed."""
        return {*self._names, *self._removed}

    def parties(self) -> dict[str, Party]:
        """Give whom statements are for, by account, as far as that is said."""
        return dict(self._parties)

    def _add(self, where: str, entry: object) -> None:
        """Take an entry: an account with its ids, or the index of a removed one; refuse what makes no sense."""
        if not isinstance(entry, dict) or not entry.keys() >= (_OF_REMOVED if "removed" in entry else _NEEDED):
            raise ConfigError(f"{where}: not an object with index, account and ids")
        for field in _wrong_fields(entry, _ENTRY):
            raise ConfigError(f"{where}, field {field}: unknown, or not of the type that it must have")
        self._require_free(where, entry["index"])
        if "removed" in entry:
            if entry.keys() != _OF_REMOVED:
                raise ConfigError(f"{where}: an account that is removed has its index and nothing else")
            self._removed.add(entry["index"])
            return
        index, name, ids = entry["index"], entry["account"], entry["ids"]
        if not 1 <= len(name) <= 64 or name.translate(_BREAKS) != name:
            raise ConfigError(f"{where}, field account: not 1 to 64 characters in one line")
        if name.casefold() in map(str.casefold, self._names.values()):
            raise ConfigError(
                f"{where}, field account: {name!r} stands there already; give both their ids in one entry"
            )
        if name == UNASSIGNED or name.startswith(UNKNOWN):
            raise ConfigError(f"{where}, field account: {name!r} is a name that shocpp itself gives")
        self._names[index] = name
        if entry.keys() & _PARTY:
            self._parties[name] = _party(where, entry)
        for number, listed in enumerate(ids, 1):
            self._add_id(f"{where}, field ids, item {number}", index, name, listed)

    def _require_free(self, where: str, index: int) -> None:
        """Refuse an index that is not one, or is an account's already."""
        if index in self._names:
            raise ConfigError(f"{where}, field index: {index} is the index of account {self._names[index]!r} already")
        if index in self._removed:
            raise ConfigError(f"{where}, field index: {index} is the index of an account that was removed")
        if not 1 <= index <= LARGEST_INDEX:
            raise ConfigError(f"{where}, field index: {index} is not from 1 to {LARGEST_INDEX}")

    def _add_id(self, where: str, index: int, account: str, listed: object) -> None:
        """Take an id of an account, as a text or with its status and end; refuse what makes no sense."""
        tag = {"id": listed} if isinstance(listed, str) else listed
        if not isinstance(tag, dict) or _wrong_fields(tag, _ID) or "id" not in tag or not 1 <= len(tag["id"]) <= 64:
            raise ConfigError(f"{where}: neither an id of 1 to 64 characters nor an object with one")
        status = tag.get("status", ACCEPTED)
        if status not in (ACCEPTED, BLOCKED, EXPIRED, INVALID):
            raise ConfigError(f"{where}, field status: not Accepted, Blocked, Expired or Invalid")
        key = normal(tag["id"])
        if not key:
            raise ConfigError(f"{where}: the id is empty")
        if key in self._tags:
            raise ConfigError(f"{where}: the id is assigned to account {self._tags[key].account!r} already")
        expires = parse(tag["expires"]) if "expires" in tag else None
        if "expires" in tag and expires is None:
            raise ConfigError(f"{where}, field expires: not a time such as 2027-01-01T00:00:00Z")
        self._tags[key] = Tag(index, account, status, expires, tag["id"])


_ENTRY: dict[str, type] = {
    "index": int, "account": str, "ids": list, "note": str, "recipient": list, "employee": str, "plate": str,
    "removed": str,
}  # fmt: skip
_PARTY = {"recipient", "employee", "plate"}
_NEEDED = {"index", "account", "ids"}
_OF_REMOVED = {"index", "removed"}
_ID: dict[str, type] = {"id": str, "status": str, "expires": str, "note": str}
_BREAKS = dict.fromkeys((*range(32), 127))


def _party(where: str, entry: dict[str, Any]) -> Party:
    """Read whom an account's statement is for; imported where an account says it."""
    from shocpp.ledger.parties import Party

    party = Party(entry)
    if len(party.recipient) > 12:
        raise ConfigError(f"{where}, field recipient: more than 12 lines")
    for line in (*party.recipient, *(entry[name] for name in ("employee", "plate") if name in entry)):
        if not isinstance(line, str) or not 1 <= len(line) <= 80 or line.translate(_BREAKS) != line:
            raise ConfigError(f"{where}: recipient, employee and plate are lines of 1 to 80 characters")
    return party


def _wrong_fields(entry: dict[str, object], fields: dict[str, type]) -> list[str]:
    """Give the fields of an object that are not known or not of their type; true is no number."""
    return [name for name, value in entry.items() if value.__class__ is not fields.get(name)]
