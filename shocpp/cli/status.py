"""shocpp-status: each charge point that was seen, and how it is now."""

from __future__ import annotations

import json
import os

import click

from shocpp import overview
from shocpp.cli.run import HELP, entry_point, version_option
from shocpp.settings import Settings
from shocpp.spool import mailbox, sightings
from shocpp.spool.connection import PID, folder_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


@click.command("status", context_settings=HELP)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document a line.")
@click.option("--seen-tags", is_flag=True, help="List the cards that were refused, with time and charge point.")
@version_option
def status(as_json: bool, seen_tags: bool) -> None:
    """Show each charge point seen: connection, connectors, power and energy now, the open charge."""
    run_dir = Settings.from_environ().run_dir
    if seen_tags:
        refusals = _refused(run_dir)
        if not refusals:
            click.echo("shocpp-status: no card was refused yet", err=True)
        for refused in refusals:
            words = [refused["at"], refused["charge_point"] or "-", refused["status"], refused["id_tag"]]
            click.echo(json.dumps(refused) if as_json else "  ".join(overview.printable(word) for word in words))
        return
    rows = list(_rows(run_dir))
    if not rows:
        click.echo(f"shocpp-status: no charge point was seen yet (nothing below {run_dir})", err=True)
        return
    for line in map(json.dumps, rows) if as_json else overview.table(rows):
        click.echo(line)


def _rows(run_dir: str) -> Iterator[overview.Row]:
    for identity in mailbox.seen(run_dir):
        folder = folder_of(run_dir, identity)
        yield overview.row(
            identity,
            mailbox.is_alive(os.path.join(folder, PID)),
            sightings.read(folder, sightings.STATUS),
            sightings.read(folder, sightings.METER),
            sightings.read_transactions(folder),
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
