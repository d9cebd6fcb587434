"""shocpp-status: each charge point that was seen, and how it is now."""

from __future__ import annotations

import json
import os
import sys
import time

import click

from shocpp.cli.run import HELP, entry_point, version_option
from shocpp.errors import UsageError
from shocpp.settings import Settings
from shocpp.spool import mailbox, open_charges, sightings
from shocpp.spool.held_mailbox import PID, folder_of
from shocpp.status import rows
from shocpp.texts import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


_EVERY_S = 2


@click.command("status", context_settings=HELP)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document a line.")
@click.option("--seen-tags", is_flag=True, help="List the cards that were refused, with time and charge point.")
@click.option("--watch", is_flag=True, help="Refresh in place on a terminal, until Ctrl-C.")
@click.option("--prometheus", is_flag=True, help="Print metrics for node_exporter's textfile collector.")
@click.option("--energy", is_flag=True, help="With --prometheus: also the energy of each account; reads all records.")
@version_option
def status(as_json: bool, seen_tags: bool, watch: bool, prometheus: bool, energy: bool) -> None:
    """Show each charge point seen: connection, connectors, power and energy now, the open charge."""
    settings = Settings.from_environ()
    if [as_json and not seen_tags, seen_tags, watch, prometheus].count(True) > 1 or (energy and not prometheus):
        raise UsageError("--json, --seen-tags, --watch, --prometheus exclude each other; --energy needs --prometheus")
    if seen_tags:
        _print_refused(settings.run_dir, as_json)
    elif prometheus:
        click.echo(_metrics(settings, energy), nl=False)
    elif watch:
        _watch(settings.run_dir)
    else:
        seen = list(_rows(settings.run_dir))
        if not seen:
            said = f"no charge point was seen yet (nothing below {settings.run_dir})"
            click.echo(f"shocpp-status: {said}", err=True)
        elif as_json:
            click.echo("\n".join(map(json.dumps, seen)))
        else:
            click.echo("\n".join(rows.table(seen)))


def _watch(run_dir: str) -> None:
    """Show the table anew every two seconds, over the one before; the cursor is out of the way meanwhile."""
    import shutil

    if not sys.stdout.isatty():
        raise UsageError("--watch needs a terminal; without one, run shocpp-status again and again")
    sys.stdout.write("\x1b[?25l\x1b[2J")
    try:
        while True:
            columns, lines = shutil.get_terminal_size()
            table = rows.table(_rows(run_dir))[: lines - 1]
            shown = "\x1b[K\r\n".join(line[:columns] for line in table)
            sys.stdout.write(f"\x1b[H{shown}\x1b[K\x1b[J")
            sys.stdout.flush()
            time.sleep(_EVERY_S)
    except KeyboardInterrupt:
        pass
    finally:
        sys.stdout.write("\x1b[?25h\r\n")


def _metrics(settings: Settings, with_energy: bool) -> str:
    from shocpp.status import metrics

    seen = [
        (
            identity,
            mailbox.is_alive(os.path.join(folder_of(settings.run_dir, identity), PID)),
            sightings.read(folder_of(settings.run_dir, identity), sightings.STATUS),
        )
        for identity in mailbox.seen(settings.run_dir)
    ]
    listener = sightings.read(settings.run_dir, "listener.json")
    return metrics.render(seen, listener, _energy(settings.accounting_dir) if with_energy else None)


def _energy(folder: str) -> dict[str, int]:
    """Sum up what each account has drawn, in Wh, over all records."""
    from shocpp.spool import record_reader

    drawn: dict[str, int] = {}
    for charge in record_reader.read(folder, lambda path, why: click.echo(f"shocpp-status: {path}: {why}", err=True)):
        drawn[charge.account] = drawn.get(charge.account, 0) + charge.energy_wh
    return drawn


def _print_refused(run_dir: str, as_json: bool) -> None:
    refusals = _refused(run_dir)
    if not refusals:
        click.echo("shocpp-status: no card was refused yet", err=True)
    for refused in refusals:
        words = [refused["at"], refused["charge_point"] or "-", refused["status"], refused["id_tag"]]
        click.echo(json.dumps(refused) if as_json else "  ".join(plain(word) for word in words))


def _rows(run_dir: str) -> Iterator[rows.Row]:
    for identity in mailbox.seen(run_dir):
        folder = folder_of(run_dir, identity)
        yield rows.row(
            identity,
            mailbox.is_alive(os.path.join(folder, PID)),
            sightings.read(folder, sightings.STATUS),
            sightings.read(folder, sightings.METER),
            open_charges.read_transactions(folder),
        )


def _refused(run_dir: str) -> list[dict[str, str]]:
    """Gather the refused cards of all charge points, the latest last."""
    found = []
    for identity in mailbox.seen(run_dir):
        seen = sightings.read(folder_of(run_dir, identity), sightings.STATUS).get("refused_tags")
        for id_tag, said in (seen if isinstance(seen, dict) else {}).items():
            if isinstance(said, dict):
                at, why = str(said.get("at", "?")), str(said.get("status", "?"))
                found.append({"at": at, "charge_point": identity, "status": why, "id_tag": id_tag})
    return sorted(found, key=lambda each: each["at"])


main = entry_point(status)
