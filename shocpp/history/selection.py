"""
Which entries of the journal somebody wants to see: by charge point, action and time.

Pure. An action's answers bear no action on the wire; they are found by the CALL that they answer.
"""

from __future__ import annotations

from shocpp.history.exchanges import Exchanges

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from shocpp.spool.journal.journal_entry import JournalEntry


class Selection:
    """
    What is wanted; empty means all.

    Args:
        charge_points: Identities.
        actions: Actions, in any case.
        since: The first instant, aware.
        until: The instant after the last.
    """

    def __init__(
        self,
        charge_points: Collection[str] = (),
        actions: Collection[str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> None:
        self._charge_points = frozenset(charge_points)
        self._actions = frozenset(action.casefold() for action in actions)
        self._since = since
        self._until = until
        self._exchanges = Exchanges()

    def has(self, entry: JournalEntry) -> bool:
        """Tell whether an entry is wanted; all of a journal must pass by, in order, for answers to be found."""
        if self._charge_points and entry.charge_point not in self._charge_points:
            return False
        if self._actions:
            message = self._exchanges.take(entry)
            if message is None or message.action.casefold() not in self._actions:
                return False
        return (self._since is None or entry.time >= self._since) and (self._until is None or entry.time < self._until)
