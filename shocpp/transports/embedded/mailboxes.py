"""
SIGUSR1 says that some charge point's mailbox holds a request, but not whose: look into all of them, a few at a time.
"""

from __future__ import annotations

import os
from itertools import islice
from operator import length_hint

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from shocpp.transports.embedded.connection import Session

_AT_A_TIME = 500  # before it is somebody else's turn


class Mailboxes:
    """
    Looks into the mailboxes of all that are served.

    Args:
        served: Gives the sessions.
        soon: Calls a function in the next turn of the loop.
    """

    def __init__(self, served: Callable[[], Iterable[Session]], soon: Callable[[Callable[[], None]], object]) -> None:
        self._served = served
        self._soon = soon
        self._looking: Iterator[Session] | None = None
        self._must_look_again = False

    def look(self) -> None:
        """Have those served that hold a request; what comes while this is under way is looked for anew."""
        if self._looking is not None:
            self._must_look_again = True
            return
        self._looking = iter(list(self._served()))
        self._look_into_some()

    def _look_into_some(self) -> None:
        assert self._looking is not None  # noqa: S101 - whoever calls this has set it
        for session in islice(self._looking, _AT_A_TIME):
            if os.access(session.mailbox, os.F_OK):
                session.turns.request()
        if length_hint(self._looking):
            self._soon(self._look_into_some)
            return
        self._looking = None
        if self._must_look_again:
            self._must_look_again = False
            self.look()
