"""
Connections that are refused, as events of the journal: which, where from, why; and no more of them than is good.

A stranger can cause any number. So some are written at once, then few; how many were left out stands in the next one.
All go into the file of the day: a name that nobody knows makes no file and no folder.
"""

from __future__ import annotations

import time

from shocpp.spool.journal.journal_entry import event
from shocpp.spool.journal.journal_writer import day_file
from shocpp.texts import clean

TAGS = ("ocpp", "charger", "forbidden")
_AT_ONCE = 60.0  # events
_EACH_S = 10.0  # seconds in which one more may be written
_LONGEST = 80


class Allowance:
    """
    How many events may be written: some at once, then one in a while.

    Args:
        left: How many may be written at once.
        at: When that was so, in seconds.
        left_out: How many were not written since the last one that was.
    """

    __slots__ = ("at", "left", "left_out")

    def __init__(self, left: float = _AT_ONCE, at: float = 0.0, left_out: int = 0) -> None:
        self.left = left
        self.at = at
        self.left_out = left_out

    def take(self, now: float) -> int | None:
        """
        Ask to write an event.

        Returns:
            How many were left out before it; None if it is left out, too.

        >>> allowance = Allowance(left=1.0)
        >>> allowance.take(0.0), allowance.take(1.0), allowance.take(12.0)
        (0, None, 1)
        """
        self.left = min(_AT_ONCE, self.left + max(0.0, now - self.at) / _EACH_S)
        self.at = now
        if self.left < 1:
            self.left_out += 1
            return None
        self.left -= 1
        left_out, self.left_out = self.left_out, 0
        return left_out


def data_of(identity: str, user: str | None, address: str, status: int, reason: str) -> dict[str, object]:
    """
    Say what is known of a connection that is refused, and why it is.

    Args:
        identity: Whose name it bears; empty if none can be told apart from a password in the path.
        user: The user name that it gives.
        address: Where it comes from.
        status: The HTTP status that says no.
        reason: Why, in words.
    """
    data: dict[str, object] = {"cp": clean(identity, _LONGEST), "address": clean(address, _LONGEST)}
    if user and user != identity:
        data["username"] = clean(user, _LONGEST)
    return {**data, "status": status, "error": clean(reason)}


def write(folder: str, now: float, data: dict[str, object], left_out: int) -> None:
    """
    Write an event into the journal.

    Args:
        folder: The journal's.
        now: Seconds since the epoch.
        data: What ``data_of`` says.
        left_out: How many before it are not written.

    Raises:
        ShocppError: It cannot be written.
    """
    if left_out:
        data = {**data, "left_out": left_out}
    day = time.strftime("%Y-%m-%d", time.gmtime(now))
    day_file(folder).append(day, event(now, str(data["cp"]), TAGS, data))
