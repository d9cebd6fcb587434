"""shocpp-store: JSON Lines of the other commands into a database, each once."""

from __future__ import annotations

from contextlib import ExitStack

import click

from shocpp.cli.run import HELP, OK, entry_point, standard_input, version_option
from shocpp.errors import DataError, UsageError
from shocpp.feeds.batches import Batches
from shocpp.feeds.credentials import credentials_in
from shocpp.feeds.sinks import sink_at
from shocpp.settings import Settings
from shocpp.spool.files.disk_faults import explained
from shocpp.spool.journal.journal_entry import LONGEST_LINE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

_CHUNK = 1 << 18


@click.command("store", context_settings=HELP)
@click.option("--collections", "with_collections", is_flag=True, help="Collections as ocpp-js has them.")
@click.option("--credentials", metavar="FILE", help="A file with USER:PASSWORD, or a token.")
@click.option("--follow", "-f", is_flag=True, help="Store the journal from where the last time ended, and go on.")
@version_option
@click.argument("url", metavar="URL")
@click.argument("files", nargs=-1, metavar="[FILE]...")
def store(with_collections: bool, credentials: str | None, follow: bool, url: str, files: tuple[str, ...]) -> int:
    """
    Put records, lines of the journal, events and datums into a store, each once.

    Reads JSON Lines of the other commands from FILEs or stdin. What is there already stays as it is, so that the same
    may be put again at any time.

    \b
      shocpp-records | shocpp-store sqlite:///srv/shocpp.db
    """
    if follow and files:
        raise UsageError("--follow reads the journal itself, and no FILEs")
    settings = Settings.from_environ()
    sink = sink_at(url, credentials_in(credentials) if credentials else "", with_collections)
    batches = Batches(sink, with_collections, _tell)
    if follow:
        from shocpp.cli.journal import journal_folder
        from shocpp.feeds.journal_feed import follow_journal

        follow_journal(batches, journal_folder(settings), url + "#collections" * with_collections, _tell)
    for lines in _read(files or ("-",)):
        batches.put(lines)
    batches.finish()
    return OK


main = entry_point(store)


def _tell(what: str, why: str) -> None:
    """Say what is wrong of something, in one line."""
    click.echo(f"shocpp-store: {what}: {''.join(filter(str.isprintable, why))[:500]}", err=True)


def _read(files: Iterable[str]) -> Iterator[list[bytes]]:
    """Read lines, those that have come together."""
    for path in files:
        with ExitStack() as opened:
            try:
                source = standard_input() if path == "-" else opened.enter_context(open(path, "rb"))
                yield from _lines(source)
            except OSError as error:
                raise explained(error, path, "read") from error


def _lines(source: BinaryIO) -> Iterator[list[bytes]]:
    rest = b""
    while data := source.read1(_CHUNK):  # type: ignore[attr-defined]  # they are buffered
        *lines, rest = (rest + data).split(b"\n")
        if len(rest) > LONGEST_LINE:
            raise DataError(f"a line is longer than {LONGEST_LINE} bytes")
        yield lines
    yield [rest]
