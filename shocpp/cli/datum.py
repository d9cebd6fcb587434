"""shocpp-datum: journal lines in, SolarNetwork datum lines out."""

from __future__ import annotations

import sys

import click

from shocpp.cli.run import HELP, entry_point, standard_input, version_option
from shocpp.errors import NotPermittedError, UsageError
from shocpp.history.datums import TEMPLATE, Datums, line
from shocpp.settings import Settings
from shocpp.spool.conf.configuration import find_charge_points
from shocpp.spool.files.disk_faults import explained
from shocpp.spool.journal.journal_reader import open_day, parsed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shocpp.spool.journal.journal_entry import JournalEntry


@click.command("datum", context_settings=HELP)
@click.option(
    "--node-id",
    "node_ids",
    multiple=True,
    metavar="[ID=]N",
    help="Node of all charge points, or of ID; may be repeated.",
)
@click.option("--source-id", default=TEMPLATE, show_default=True, metavar="TEMPLATE", help="What source ids look like.")
@click.option("--din", "din_url", metavar="URL", help="Post what is new in the journal to this datum endpoint.")
@click.option("--credentials", metavar="FILE", help="With --din: a file with USER:PASSWORD.")
@version_option
@click.argument("files", nargs=-1, metavar="[FILE]...")
def datum(
    node_ids: tuple[str, ...], source_id: str, din_url: str | None, credentials: str | None, files: tuple[str, ...]
) -> None:
    """
    Make SolarNetwork's datums out of the journal: sessions with what was measured, and connectors' states.

    Reads FILEs of the journal, also gzipped ones, or stdin:

    \b
      shocpp-journal --follow | shocpp-datum --node-id 123
    """
    if (din_url is None) != (credentials is None):
        raise UsageError("--din and --credentials belong together")
    if din_url is not None and files:
        raise UsageError("--din reads the journal itself, and no FILEs")
    settings = Settings.from_environ()
    told: set[str] = set()
    nodes = _nodes(node_ids)

    def node_of(identity: str) -> int | None:
        if identity not in nodes and "" not in nodes:
            _tell(told, f"charge point {identity!r} has no node id and is passed over")
        return nodes.get(identity, nodes.get(""))

    datums = Datums(node_of, lambda fault: _tell(told, fault), source_id, _source_ids(settings))
    if din_url is not None and credentials is not None:
        from shocpp.cli.journal import journal_folder
        from shocpp.feeds.datum_feed import post

        post(datums, journal_folder(settings), din_url, credentials, _tell_path)
        return
    is_live = not files  # then somebody may be waiting for each line
    for entry in _read(files or ("-",)):
        for made in datums.take(entry):
            sys.stdout.write(line(made))
            if is_live:
                sys.stdout.flush()


main = entry_point(datum)


def _nodes(node_ids: tuple[str, ...]) -> dict[str, int]:
    """Read the node ids: by identity, the one of all others under no name."""
    nodes = {}
    for each in node_ids:
        identity, _, number = each.rpartition("=")
        if not (number.isascii() and number.isdigit()) or len(number) > 18:
            raise UsageError(f"--node-id takes a number, or ID=NUMBER, but not {each[:40]!r}")
        nodes[identity] = int(number)
    if not nodes:
        raise UsageError("which node do the charge points belong to? Give --node-id N or --node-id ID=N")
    return nodes


def _source_ids(settings: Settings) -> dict[str, str]:
    """Give the source ids that charge points have of their own; none, and a sentence, if we may not read the list."""
    try:
        listed = find_charge_points(settings.charge_points_file)
    except NotPermittedError as error:
        click.echo(f"shocpp-datum: {error}; no charge point has a source id of its own", err=True)
        return {}
    return {each.identity: each.source_id for each in listed or () if each.source_id}


def _read(files: Iterable[str]) -> Iterator[JournalEntry]:
    for path in files:
        if path == "-":
            yield from parsed(standard_input(), "stdin", _tell_path)
            continue
        try:
            with open_day(path) as file:
                yield from parsed(file, path, _tell_path)
        except (OSError, EOFError) as error:
            raise explained(error if isinstance(error, OSError) else OSError(str(error)), path, "read") from error


def _tell(told: set[str], fault: str) -> None:
    """Warn of a fault once; of a hundred different ones, of no more."""
    if fault not in told and len(told) < 100:
        told.add(fault)
        click.echo(f"shocpp-datum: {fault[:300]}", err=True)


def _tell_path(path: str, why: str) -> None:
    click.echo(f"shocpp-datum: {path}: {why}", err=True)
