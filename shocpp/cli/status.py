"""shocpp-status: each charge point that was seen, and how it is now."""

from __future__ import annotations

import json

import click

from shocpp.cli.overview import Overview
from shocpp.cli.run import HELP, entry_point, version_option
from shocpp.errors import UsageError
from shocpp.overview.refused_cards import refused_cards
from shocpp.settings import Settings
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
        from shocpp.overview.current_metrics import current_metrics

        click.echo(current_metrics(settings, _tell, _energy(settings) if energy else None), nl=False)
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


def _energy(settings: Settings) -> dict[str, int]:
    """Give what each account has drawn, in Wh."""
    from shocpp.report.exported import drawn_wh
    from shocpp.stores.accounting_at import accounting_at

    return drawn_wh(accounting_at(settings.accounting), lambda path, why: _tell(f"{path}: {why}"))


def _print_refused(run_dir: str, as_json: bool) -> None:
    refusals = refused_cards(run_dir)
    if not refusals:
        _tell("no card was refused yet")
    for refused in refusals:
        words = [refused["at"], refused["charge_point"] or "-", refused["status"], refused["id_tag"]]
        click.echo(json.dumps(refused) if as_json else "  ".join(plain(word) for word in words))


def _tell(sentence: str) -> None:
    click.echo(f"shocpp-status: {sentence}", err=True)


main = entry_point(status)
