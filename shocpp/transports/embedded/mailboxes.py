"""
Which mailboxes to look into: the one that a hint names, or all of them, a few at a time.

SIGUSR1 says that some charge point's mailbox holds a request, but not whose; it comes from programs that know no hints.
"""

from __future__ import annotations

import os
import signal
from itertools import islice
from operator import length_hint

from shocpp.errors import ShocppError
from shocpp.spool.files import durable
from shocpp.spool.run.hints import Hints

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterator, Mapping

    from shocpp.transports.connections.connection import Connection

_AT_A_TIME = 500  # before it is somebody else's turn


class Mailboxes:
    """
    Looks into the mailboxes of those that are served.

    Args:
        loop: What wakes us.
        served: The connections by identity.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, served: Mapping[str, Connection]) -> None:
        self._loop = loop
        self._served = served
        self._hints: Hints | None = None
        self._looking: Iterator[Connection] | None = None
        self._must_look_again = False

    def listen(self, run_dir: str, say: Callable[[str, str], None]) -> None:
        """
        Look whenever a signal or a hint says so; where no hints can be taken, signals do.

        Args:
            run_dir: The folder run/, which is made if need be.
            say: Writes a line of the log: level and text.
        """
        self._loop.add_signal_handler(signal.SIGUSR1, self.look_into_all)
        try:
            durable.make_folder(run_dir)
            self._hints = hints = Hints(run_dir)
        except ShocppError as error:
            say("WARNING", f"{error}; each command makes this listener look into all mailboxes")
            return
        self._loop.add_reader(hints.descriptor, self._take_hints, hints)

    def close(self) -> None:
        """Take no more hints."""
        if self._hints is not None:
            self._loop.remove_reader(self._hints.descriptor)
            self._hints.close()

    def look_into_all(self) -> None:
        """Have those served that hold a request; what comes while this is under way is looked for anew."""
        if self._looking is not None:
            self._must_look_again = True
            return
        self._looking = iter(list(self._served.values()))
        self._look_into_some()

    def _take_hints(self, hints: Hints) -> None:
        for identity in hints.take():
            connection = self._served.get(identity)
            if connection is not None:  # else it has just gone, and whoever waits is told so
                _look_into(connection)

    def _look_into_some(self) -> None:
        assert self._looking is not None  # noqa: S101 - whoever calls this has set it
        for connection in islice(self._looking, _AT_A_TIME):
            _look_into(connection)
        if length_hint(self._looking):
            self._loop.call_soon(self._look_into_some)
            return
        self._looking = None
        if self._must_look_again:
            self._must_look_again = False
            self.look_into_all()


def _look_into(connection: Connection) -> None:
    """Have a request served if there is one: to ask costs one system call, to serve wakes a worker."""
    if os.access(connection.mailbox, os.F_OK):
        connection.fetch_command()
