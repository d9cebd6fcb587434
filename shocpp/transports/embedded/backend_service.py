"""
Charge points served on this machine: a backend for each, records by the bookkeeper, commands out of mailboxes.
"""

from __future__ import annotations

import os
from functools import partial

from shocpp.backend import charge_modules
from shocpp.backend.quick_decode import quick_reading
from shocpp.spool.conf.configuration import watched_tags
from shocpp.spool.run.held_mailbox import REQUEST, folder_of
from shocpp.transports.background.unlisted_limit import UnlistedLimit
from shocpp.transports.connections.task_queue import TaskQueue
from shocpp.transports.embedded.mailboxes import Mailboxes
from shocpp.transports.few_lines import Once

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.transports.connections.connection import Connection
    from shocpp.transports.embedded.service import Surroundings


class BackendService:
    """
    A ``Service``.

    Args:
        around: What the listener has for it.
    """

    def __init__(self, around: Surroundings) -> None:
        charge_modules.import_them()
        settings, say = around.settings, around.log.line
        self._settings = settings
        self._services = around.services
        self._roster = around.roster
        self._listed = around.listed
        self._log = around.log
        self._say_once = Once(say).line
        self._reading = quick_reading()
        self._is_introduced = False
        self._accounts = watched_tags(settings.tags_file, self._tell_of_accounts, around.elsewhere)
        self._accounts()
        self._is_introduced = True
        self._unlisted = UnlistedLimit(
            settings.run_dir, settings.unlisted_limit, self._named, around.services.workers, say
        )
        self._mailboxes = Mailboxes(around.loop, around.roster.served)

    async def start(self) -> None:
        """Start the bookkeeper, and listen for commands."""
        await self._services.bookkeeper.start()
        self._mailboxes.listen(self._settings.run_dir, self._log.line)

    def can_serve(self, identity: str) -> bool:  # noqa: ARG002
        """Serve any: a name that cannot be a folder's is written as one that can."""
        return True

    def handler(self, connection: Connection) -> TaskQueue:
        """Make the queue of a connection's tasks."""
        return TaskQueue(connection, self._services, partial(self._begin, connection))

    async def close(self) -> None:
        """Let the bookkeeper end, and take no more commands."""
        await self._services.bookkeeper.close()
        self._mailboxes.close()

    def _begin(self, connection: Connection, tasks: TaskQueue) -> None:
        """Have a backend serve a connection."""
        identity, charge_point = connection.identity, connection.charge_point
        if charge_point is None:
            self._unlisted.came()
        backend = connection.made_of(
            identity,
            self._settings,
            self._accounts,
            self._log.about(identity),
            charge_point=charge_point,
            reading=self._reading,
            say_once=self._say_once,
        )
        connection.mailbox = os.path.join(folder_of(self._settings.run_dir, identity), REQUEST)
        is_listed = charge_point is not None
        tasks.start(backend, is_listed, is_listed or identity in self._roster.known)

    def _tell_of_accounts(self, level: str, text: str) -> None:
        """Log what has become of tags.json; on stderr the listener's introduction says how it is at the start."""
        if self._is_introduced or not self._log.is_on_stderr:
            self._log.line(level, text)

    def _named(self) -> list[str]:
        """Give the identities of all that are connected or listed."""
        return [*self._roster.served, *(each.identity for each in self._listed() or ())]
