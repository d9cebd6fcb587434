"""shocpp-journal: read back which frames passed."""

from __future__ import annotations

import select
import sys
from datetime import UTC, datetime

import click

from shocpp.cli.event_lines import EventLines
from shocpp.cli.moment import moment
from shocpp.cli.run import HELP, OK, entry_point, version_option
from shocpp.errors import ConfigError, UsageError
from shocpp.history.selection import Selection
from shocpp.settings import Settings
from shocpp.spool.journal.journal_follower import Follower
from shocpp.spool.journal.journal_reader import entries

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shocpp.spool.journal.journal_entry import JournalEntry

_POLL_MS = 250


@click.command("journal", context_settings=HELP)
@click.option(
    "--charge-point", "charge_points", multiple=True, metavar="ID", help="Only this charge point; may be repeated."
)
@click.option(
    "--action", "actions", multiple=True, metavar="A", help="Only this call and its answers; may be repeated."
)
@click.option("--from", "since", metavar="TIME", help="From this month, day or instant on.")
@click.option("--to", "until", metavar="TIME", help="Up to this month or day, all of it, or before this instant.")
@click.option("--events", "is_events", is_flag=True, help="Print what happened, instead of frames.")
@click.option("--hooks", "with_hooks", is_flag=True, help="With --events: hand each to the programs in conf/hooks.")
@click.option("--forget", metavar="CARD", help="Take a card's id out of the journal and of run/ instead.")
@click.option("--follow", "-f", is_flag=True, help="Show frames as they pass, until interrupted.")
@version_option
def journal(
    charge_points: tuple[str, ...],
    actions: tuple[str, ...],
    since: str | None,
    until: str | None,
    is_events: bool,
    with_hooks: bool,
    forget: str | None,
    follow: bool,
) -> int:
    """
    Print the messages that passed between charge points and shocpp, as JSON Lines, the oldest first.

    The journal is kept below SHOCPP_JOURNALDIR while that is set. With --follow alone it begins now, with --from at
    that time.
    """
    if follow and until:
        raise UsageError("--follow never ends, so that --to makes no sense beside it")
    if is_events and actions:
        raise UsageError("--events are made of frames of several actions, so that --action makes no sense beside it")
    if with_hooks and not is_events:
        raise UsageError("--hooks get events: give --events, too")
    if forget is not None:
        if is_events or charge_points or actions or since or until or follow:
            raise UsageError("--forget takes a card out of everything, and nothing else")
        from shocpp.cli.forget import forget_card

        return forget_card(forget, Settings.from_environ())
    settings = Settings.from_environ()
    folder = journal_folder(settings)
    begin, end = moment(since), moment(until, is_last=True)
    selection = Selection(charge_points, actions, begin, end)
    passing = _followed(folder, begin) if follow else entries(folder, tell, begin, end)
    wanted = (entry for entry in passing if entry is None or selection.has(entry))
    if is_events:
        events = EventLines(settings, with_hooks)
        if follow and begin is None:
            events.expect(charge_points, datetime.now(UTC))
        lines = _events(wanted, events, end)
    else:
        lines = (entry.line + b"\n" for entry in wanted if entry is not None)
    for line in lines:
        sys.stdout.buffer.write(line)
        if follow:
            sys.stdout.buffer.flush()
    return OK


main = entry_point(journal)


def journal_folder(settings: Settings) -> str:
    """
    Give the journal's folder.

    Raises:
        ConfigError: None is kept.
    """
    if not settings.journal_dir:
        raise ConfigError("no journal is kept; set SHOCPP_JOURNALDIR to a folder, for the listener as well as here")
    return settings.journal_dir


def _events(passing: Iterable[JournalEntry | None], events: EventLines, end: datetime | None) -> Iterator[bytes]:
    """Give lines of the events in what passes, up to an end if there is one; what is None says that time goes by."""
    for entry in passing:
        yield from events.at(datetime.now(UTC)) if entry is None else events.take(entry)
    now = datetime.now(UTC)
    yield from events.at(now if end is None else min(now, end))
    events.finish()


def tell(path: str, why: str) -> None:
    """Name a file of the journal that is not whole."""
    click.echo(f"shocpp-journal: {path}: {why}", err=True)


def _followed(folder: str, begin: datetime | None) -> Iterator[JournalEntry | None]:
    """Give what passed since the begin, then what passes, and None whenever that is all by now."""
    follower = Follower(folder, from_start=begin is not None)
    if begin is not None:
        yield from entries(folder, tell, begin, follower.begins)
    reader = select.poll()
    reader.register(sys.stdout.fileno(), 0)
    while True:
        yield from follower.poll()
        yield None
        if reader.poll(_POLL_MS):
            raise BrokenPipeError  # nobody reads us any more, and the next frame may be hours away
