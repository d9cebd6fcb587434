"""
people.json: who has a link to the page, and what it lets them see and do.

A link ends in an id that nobody guesses. Only its SHA-256 is kept, so that whoever reads the file has no link. Knows
nothing of HTTP, nor of tags.json, in which the accounts are.
"""

from __future__ import annotations

import hashlib
import hmac

from shocpp.calls.canned_file import fresh_id
from shocpp.errors import ConfigError, MissingError, take_all
from shocpp.spool.conf import edited_list
from shocpp.spool.conf.config_file import load
from shocpp.spool.conf.watched_file import WatchedFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from shocpp.errors import Report
    from shocpp.spool.conf.edited_list import Entries

VIEWER, DRIVER, OPERATOR = ROLES = ("viewer", "driver", "operator")


class Person:
    """
    Somebody who has a link.

    Attributes:
        name: What people call them.
        role: One of ``ROLES``.
        link: The SHA-256 of their link's id, in hexadecimal digits.
        account: Whose charges they see and make; empty for all.
        card: The card that they start charges with; empty for the first usable one of the account.
        user: The user whom a web server in front may name in place of the link; empty for none.
    """

    __slots__ = ("account", "card", "link", "name", "role", "user")

    def __init__(self, name: str, role: str, link: str, account: str = "", card: str = "", user: str = "") -> None:
        self.name = name
        self.role = role
        self.link = link
        self.account = account
        self.card = card
        self.user = user

    @property
    def is_operator(self) -> bool:
        """Whether they see and do all that there is."""
        return self.role == OPERATOR

    @property
    def may_act(self) -> bool:
        """Whether they may start and stop anything."""
        return self.role != VIEWER

    def sees(self, account: str | None) -> bool:
        """Tell whether they may see the name and the sums of an account."""
        return self.is_operator or self.account in ("", account)

    def governs(self, account: str | None) -> bool:
        """Tell whether they may end an account's charge."""
        return self.is_operator or (self.may_act and self.account == account)


class People:
    """Everybody who has a link."""

    def __init__(self) -> None:
        self._people: list[Person] = []

    def __len__(self) -> int:
        return len(self._people)

    @classmethod
    def from_list(cls, entries: Entries) -> People:
        """
        Build them from the parsed list, which has the shape that the JSON Schema describes.

        Raises:
            ConfigError: A name, link or user stands there twice, or a driver has no account; a fault for each entry.
        """
        people = cls()
        take_all(people._add, ((f"entry {number}", entry) for number, entry in enumerate(entries, 1)))
        return people

    @property
    def have_operator(self) -> bool:
        """Whether there is anybody who may do everything."""
        return any(each.is_operator for each in self._people)

    def with_link(self, word: str) -> Person | None:
        """Find a link's owner, or None; all are compared, so that the time that this takes says nothing of a guess."""
        wanted, found = digest(word), None
        for person in self._people:  # to the end, whether found or not
            if hmac.compare_digest(person.link, wanted):
                found = person
        return found

    def with_user(self, user: str) -> Person | None:
        """Give whom a web server in front means by the name of a user; None if nobody has it."""
        return next((each for each in self._people if user and each.user == user), None)

    def _add(self, where: str, entry: dict[str, Any]) -> None:
        person = Person(**{name: entry[name] for name in Person.__slots__ if name in entry})
        for each in self._people:
            if each.name.casefold() == person.name.casefold():
                raise ConfigError(f"{where}, field name: {person.name!r} stands there already")
            if hmac.compare_digest(each.link, person.link):
                raise ConfigError(f"{where}, field link: it is the link of {each.name!r} already")
            if person.user and each.user == person.user:
                raise ConfigError(f"{where}, field user: {person.user!r} is {each.name!r} already")
        if person.role == DRIVER and not person.account:
            raise ConfigError(f"{where}, field account: a driver needs one, whose charges these are")
        self._people.append(person)


def digest(word: str) -> str:
    """Give what is kept of a link's id."""
    return hashlib.sha256(word.encode("utf-8", "replace")).hexdigest()


def read(path: str) -> People:
    """
    Read and check people.json.

    Raises:
        MissingError: It is not there.
        ConfigError: It makes no sense; says file, entry and field.
    """
    return load(path, "people", People.from_list)


def watched(path: str, report: Report) -> Callable[[], People]:
    """
    Give a function that gives the people of now: the file's, nobody without it, the last good ones while it is broken.

    Args:
        path: The file.
        report: Is told of every change, with a level and in words, once.
    """

    def read_if_there(path: str) -> People:
        try:
            return read(path)
        except MissingError:
            return People()

    stay, none = "{count} links stay in force", "no link works"
    return WatchedFile(path, read_if_there, People(), report, broken=stay, without=none).current


def add(path: str, name: str, role: str, account: str = "") -> str:
    """
    Give somebody a link.

    Args:
        path: people.json, which is made if it is not there.
        name: What people call them.
        role: One of ``ROLES``.
        account: Whose charges they see and make; empty for all.

    Returns:
        The id that the link ends in, which is kept nowhere.

    Raises:
        DataError: The name stands there already, or a driver has no account.
        ShocppError: The file cannot be read or written.
    """
    word = fresh_id()
    entry = {"name": name, "role": role, "link": digest(word), **({"account": account} if account else {})}
    edited_list.edit(path, _entries, People.from_list, lambda entries: [*entries, entry], is_new=True)
    return word


def revoke(path: str, name: str) -> None:
    """
    Take somebody's link away: from now on it leads nowhere.

    Raises:
        MissingError: There is nobody of that name.
        ShocppError: The file cannot be read or written.
    """

    def without(entries: Entries) -> Entries:
        left = [entry for entry in entries if entry["name"].casefold() != name.casefold()]
        if len(left) == len(entries):
            raise MissingError(f"nobody in {path} is called {name!r}")
        return left

    edited_list.edit(path, _entries, People.from_list, without)


def _entries(path: str) -> Entries:
    """Read people.json as it is written, once it is seen to make sense."""

    def checked(parsed: Entries) -> Entries:
        People.from_list(parsed)
        return parsed

    return load(path, "people", checked)
