"""
Local lists in charge points: which version each has, and how the whole of ours gets there.

The version is the time at which the configuration was changed last, so that nobody has to keep it: a list with another
one is not ours as it is now. Knows calls and their answers; what is in a list is ``central_system``'s.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

from shocpp.calls.ask import ANONYMOUS, require_accepted
from shocpp.central_system.context import Context
from shocpp.central_system.v16.local_list import local_list, pieces
from shocpp.errors import DataError, RefusedError, ShocppError
from shocpp.texts import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from typing import TypeVar

    from shocpp.calls.ask import Ask
    from shocpp.central_system.v16.local_list import Entry
    from shocpp.ledger.accounts import Accounts
    from shocpp.ledger.charge_points import ChargePoints

    Made = TypeVar("Made")

_SINCE = 1_577_836_800  # versions count from 2020 on, so that they fit into 31 bits until 2088
_MOST_AT_ONCE = 64
_USUAL_PIECE = 20  # where a charge point does not say how many entries it takes at once
_SIZES = ("SendLocalListMaxLength", "LocalAuthListMaxLength")


class NoListError(RefusedError):
    """The charge point keeps no local list."""


def version_of(paths: Iterable[str]) -> int:
    """
    Give the version of the list that configuration files make: the second in which the last of them was changed.

    Args:
        paths: The files; those that are not there say nothing.
    """
    times = [int(os.stat(path).st_mtime) for path in paths if os.path.exists(path)]
    return max(1, max(times, default=0) - _SINCE)


class Lists:
    """
    The lists of all charge points, as the configuration makes them now.

    Args:
        accounts: Those of tags.json.
        listed: Those of charge-points.json, which may let only some accounts charge; None where nothing is listed.
        parent_id_tag: Send the account's name as ``parentIdTag``.
        now: The time.
        version: That of all of them; see ``version_of``.

    Attributes:
        version: The same.
    """

    def __init__(
        self, accounts: Accounts, listed: ChargePoints | None, parent_id_tag: bool, now: datetime, version: int
    ) -> None:
        self._accounts = accounts
        self._listed = listed
        self._parent_id_tag = parent_id_tag
        self._now = now
        self.version = version

    def entries_for(self, identity: str) -> list[Entry]:
        """Make the list of a charge point."""
        charge_point = self._listed.get(identity) if self._listed else None
        return local_list(
            Context(identity, self._accounts, self._now, parent_id_tag=self._parent_id_tag, charge_point=charge_point)
        )


def version_at(asking: Ask, identity: str) -> int:
    """
    Ask a charge point for the version of its list.

    Returns:
        The version; 0 if it has none.

    Raises:
        NoListError: It keeps no list, or knows of none.
        ShocppError: Those of ``ask.ask``.
    """
    try:
        version = asking(identity, "GetLocalListVersion", {}).payload.get("listVersion")
    except RefusedError as error:
        raise NoListError(str(error)) from error
    if not isinstance(version, int) or version < 0:
        raise NoListError(
            f"{_name(identity)} keeps no local list; if it can, switch it on: "
            "shocpp-command ChangeConfiguration key=LocalAuthListEnabled value=true"
        )
    return version


def push(asking: Ask, identity: str, entries: list[Entry], version: int) -> int:
    """
    Bring the list into a charge point, unless it has it.

    Args:
        asking: Asks a charge point.
        identity: Which.
        entries: The whole list.
        version: Its version.

    Returns:
        How many requests it took; 0 if it was there.

    Raises:
        NoListError: The charge point keeps no list.
        RefusedError: It did not accept the list.
        DataError: It has not enough room.
        ShocppError: Those of ``ask.ask``.
    """
    if version_at(asking, identity) == version:
        return 0
    at_once, room = _sizes(asking, identity)
    if room is not None and len(entries) > room:
        raise DataError(f"{_name(identity)} has room for {room} cards; tags.json has {len(entries)}")
    sent = 0
    for request in pieces(entries, version, at_once):
        require_accepted(asking(identity, "SendLocalList", request))
        sent += 1
    return sent


def push_to_each(asking: Ask, identities: Iterable[str], lists: Lists) -> list[tuple[str, int | ShocppError]]:
    """Bring the list of each into several charge points at the same time; what ``push`` gives, or why nothing."""
    return at_once(lambda each: push(asking, each, lists.entries_for(each), lists.version), identities)


def have_another(asking: Ask, identities: Iterable[str], version: int) -> tuple[list[str], list[str]]:
    """
    Find the charge points whose list is not ours as it is now.

    Args:
        asking: Asks a charge point.
        identities: Those that are connected.
        version: The version of our list.

    Returns:
        Those that have another list, and those that did not say; one that keeps none is in neither.
    """
    others, silent = [], []
    for identity, said in at_once(lambda each: version_at(asking, each), identities):
        if isinstance(said, NoListError):
            continue
        if isinstance(said, ShocppError):
            silent.append(identity)
        elif said not in (0, version):
            others.append(identity)
    return others, silent


def at_once(ask_one: Callable[[str], Made], identities: Iterable[str]) -> list[tuple[str, Made | ShocppError]]:
    """Do something with several charge points at the same time; give what came of each, or why nothing did."""

    def attempt(identity: str) -> tuple[str, Made | ShocppError]:
        """Do it with one."""
        try:
            return identity, ask_one(identity)
        except ShocppError as error:
            return identity, error

    with ThreadPoolExecutor(_MOST_AT_ONCE) as pool:
        return list(pool.map(attempt, identities))


def _sizes(asking: Ask, identity: str) -> tuple[int, int | None]:
    """Ask how many entries a charge point takes at once, and how many in all; None where it does not say."""
    said = asking(identity, "GetConfiguration", {"key": list(_SIZES)}).payload.get("configurationKey")
    found = {
        str(each.get("key")).lower(): int(each["value"])
        for each in (said if isinstance(said, list) else [])
        if isinstance(each, dict) and str(each.get("value")).isdecimal()
    }
    piece, room = (found.get(name.lower()) for name in _SIZES)
    return piece or _USUAL_PIECE, room


def _name(identity: str) -> str:
    return plain(identity) or ANONYMOUS
