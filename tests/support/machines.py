"""
Machines that serve charge points in one process, with a clock of the test's own.

A machine has a home of its own; a connection is a backend with nothing but memory, which can be dropped at any touch of
the disk (``killed``). A backup of what it keeps may come back in its place. Knows no charge.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from shocpp.log import Log
from shocpp.settings import Settings
from tests.support.books import Books
from tests.support.in_place import InPlace
from tests.support.killed import Killer, let_go

TAGS = [
    {"index": 1, "account": "family-y", "ids": ["1111", "1112"]},
    {"index": 2, "account": "company-x", "ids": ["2222"]},
]
Payload = dict[str, Any]


class _NoLog:
    """Takes lines of a log and writes none."""

    def about(self, _identity: str) -> Callable[[str, str], None]:
        return lambda _level, _text: None

    def flush(self) -> None:
        pass


class Machine:
    """
    A home, and the backends that run over it.

    Args:
        home: Its folder.
        unit: What transaction ids carry.
        killer: Kills its backends.
        clock: Gives seconds since the epoch.

    Attributes:
        accounting: Its accounting folder.
        books: What people do with that.
    """

    def __init__(self, home: Path, unit: str, killer: Killer, clock: Callable[[], float]) -> None:
        self.home = home
        self.accounting = home / "accounting"
        self.books = Books(self.accounting)
        self._restored = 0
        self._killer = killer
        self._clock = clock
        (home / "conf").mkdir(parents=True)
        self.accounting.mkdir()
        (home / "conf/tags.json").write_text(json.dumps(TAGS))
        environ = {"SHOCPP_HOME": str(home), "SHOCPP_TRANSACTION_ID": unit, "SHOCPP_VALIDATION": "off"}
        self._settings = Settings.from_environ(environ)

    @property
    def state(self) -> tuple[str, int]:
        """What tells the state that it has from that of another machine, and from one that was lost."""
        return self.home.name, self._restored

    @property
    def is_restored(self) -> bool:
        """Whether it lost what it had seen."""
        return self._restored > 0

    def connect(self, identity: str) -> InPlace:
        """Start a backend for a connection."""
        backend = InPlace(identity, self._settings, cast(Log, _NoLog()), self._clock)
        backend.open()
        return backend

    def call(self, backend: InPlace, action: str, payload: Payload, is_idle: bool) -> Payload:
        """
        Have a backend serve a message; the payload of the confirmation.

        Args:
            backend: The backend.
            action: What is wanted.
            payload: The request.
            is_idle: What may be late is done after it.

        Raises:
            Killed: The backend was killed before the confirmation left.
        """
        with self._killer.serving():
            (line,) = backend.receive(json.dumps([2, "1", action, payload]).encode())
        if is_idle:
            backend.do_deferred(True)
        kind, _, *rest = json.loads(line)
        assert kind == 3, line
        return dict(rest[0])

    def kill(self, identity: str) -> None:
        """Let go of what a charge point's backends held: they are gone."""
        let_go(self.home / "run" / identity)

    def keep_run(self) -> None:
        """Make a backup of run/, in the place of an earlier one."""
        self.drop_backup()
        if (self.home / "run").exists():
            shutil.copytree(self.home / "run", self.home / "backup", copy_function=shutil.copyfile)

    def drop_backup(self) -> None:
        """Do away with the backup of run/."""
        shutil.rmtree(self.home / "backup", ignore_errors=True)

    def restore_run(self) -> None:
        """Put the backup in the place of run/; without a backup run/ is lost."""
        self._restored += 1
        shutil.rmtree(self.home / "run", ignore_errors=True)
        if (self.home / "backup").exists():
            shutil.copytree(self.home / "backup", self.home / "run", copy_function=shutil.copyfile)
