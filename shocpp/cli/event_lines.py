"""Events as lines of JSON, made of the journal's entries as they go by; programs of the operator's get them, too."""

from __future__ import annotations

import json
import os

import click

from shocpp.history.events import Events
from shocpp.history.hooks import Hooks
from shocpp.spool.run import mailbox

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from shocpp.settings import Settings
    from shocpp.spool.journal.journal_entry import JournalEntry


class EventLines:
    """
    Makes lines of events.

    Args:
        settings: When a charge point is silent, and where the programs are.
        with_hooks: Programs get each event.
    """

    def __init__(self, settings: Settings, with_hooks: bool) -> None:
        self._run_dir = settings.run_dir
        self._events = Events(settings.silent_after_s)
        folder = os.path.join(settings.home, "conf", "hooks")
        self._hooks = Hooks(folder, os.environ, _say) if with_hooks else None

    def expect(self, charge_points: Collection[str], now: datetime) -> None:
        """Count the silence of connected charge points from now on; of the given ones alone, if any are given."""
        connected = mailbox.connected(self._run_dir)
        self._events.expect([each for each in connected if not charge_points or each in charge_points], now)

    def take(self, entry: JournalEntry) -> list[bytes]:
        """Give lines of the events that an entry brings."""
        return list(self._lines(self._events.take(entry)))

    def at(self, now: datetime) -> list[bytes]:
        """Give lines of the events that the time brings."""
        return list(self._lines(self._events.at(now)))

    def finish(self) -> None:
        """Wait until the programs have got all events."""
        if self._hooks is not None:
            self._hooks.finish()

    def _lines(self, events: Iterator[dict[str, object]]) -> Iterator[bytes]:
        for each in events:
            if self._hooks is not None:
                self._hooks.put(each)
            yield json.dumps(each).encode() + b"\n"


def _say(sentence: str) -> None:
    click.echo(f"shocpp-journal: {sentence}", err=True)
