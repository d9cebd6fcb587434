"""shocpp-status: each charge point that was seen, and how it is now."""

from __future__ import annotations

import json
import os

import click

from shocpp.cli.overview import Overview
from shocpp.cli.run import HELP, entry_point, version_option
from shocpp.errors import UsageError
from shocpp.overview.refused_cards import refused_cards
from shocpp.settings import Settings
from shocpp.spool.run import last_seen, mailbox, sightings
from shocpp.spool.run.held_mailbox import PID, folder_of
from shocpp.status import rows
from shocpp.texts import plain


@click.command("status", context_settings=HELP)
@click.option("--charge-point", "charge_points", multiple=True, metavar="ID", help="Only this one; may be repeated.")
@click.option("--account", metavar="NAME", help="Only where a charge of this account is under way.")
@click.option("--sort", type=click.Choice(rows.SORTS), default="name", show_default=True, help="What comes first.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document a line.")
@click.option("--follow", "-f", is_flag=True, help="Print JSON Lines: each charge point, and again when it changes.")
@click.option("--seen-tags", is_flag=True, help="List the cards that were refused, with time and charge point.")
@click.option("--watch", is_flag=True, help="Refresh in place on a terminal, until Ctrl-C.")
@click.option("--prometheus", is_flag=True, help="Print metrics for node_exporter's textfile collector.")
@click.option("--energy", is_flag=True, help="With --prometheus: also the energy of each account; reads all records.")
@version_option
def status(
    charge_points: tuple[str, ...],
    account: str | None,
    sort: str,
    as_json: bool,
    follow: bool,
    seen_tags: bool,
    watch: bool,
    prometheus: bool,
    energy: bool,
) -> None:
    """Show each charge point: connection, connectors, power and energy now, the open charge."""
    settings = Settings.from_environ()
    _check(as_json and not seen_tags, follow, seen_tags, watch, prometheus, energy)
    if (charge_points or account is not None or sort != "name") and (seen_tags or prometheus):
        raise UsageError("--charge-point, --account and --sort are for the overview, not for --seen-tags, --prometheus")
    if seen_tags:
        _print_refused(settings.run_dir, as_json)
        return
    if prometheus:
        click.echo(_metrics(settings, energy), nl=False)
        return
    overview = Overview(settings, charge_points, account, sort)
    if watch:
        overview.watch()
    elif follow:
        overview.follow()
    else:
        overview.print(as_json)


def _check(as_json: bool, follow: bool, seen_tags: bool, watch: bool, prometheus: bool, energy: bool) -> None:
    if [as_json, follow, seen_tags, watch, prometheus].count(True) > 1 or (energy and not prometheus):
        raise UsageError(
            "--json, --follow, --seen-tags, --watch, --prometheus exclude each other; --energy needs --prometheus"
        )


def _metrics(settings: Settings, with_energy: bool) -> str:
    from shocpp.status import metrics

    times = last_seen.read(settings.run_dir)
    seen = [
        (
            identity,
            mailbox.is_alive(os.path.join(folder_of(settings.run_dir, identity), PID)),
            last_seen.status_of(settings.run_dir, identity, times),
        )
        for identity in mailbox.seen(settings.run_dir)
    ]
    listener = sightings.read(settings.run_dir, "listener.json")
    now = Overview(settings).read()
    return metrics.render(seen, listener, _energy(settings) if with_energy else None, now)


def _energy(settings: Settings) -> dict[str, int]:
    """Give what each account has drawn, in Wh."""
    from shocpp.report.exported import drawn_wh
    from shocpp.stores.accounting_at import accounting_at

    def report(path: str, why: str) -> None:
        click.echo(f"shocpp-status: {path}: {why}", err=True)

    return drawn_wh(accounting_at(settings.accounting), report)


def _print_refused(run_dir: str, as_json: bool) -> None:
    refusals = refused_cards(run_dir)
    if not refusals:
        click.echo("shocpp-status: no card was refused yet", err=True)
    for refused in refusals:
        words = [refused["at"], refused["charge_point"] or "-", refused["status"], refused["id_tag"]]
        click.echo(json.dumps(refused) if as_json else "  ".join(plain(word) for word in words))


main = entry_point(status)
