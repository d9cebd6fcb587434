"""shocpp-mqtt: serve charge points over a message broker, or show them to Home Assistant."""

from __future__ import annotations

import os

import click

from shocpp.cli.run import HELP, entry_point, version_option
from shocpp.errors import UsageError
from shocpp.ocpp.topics import Layout, fits_in_topic
from shocpp.settings import Settings
from shocpp.spool.files import durable

_UNIT = "SHOCPP_TRANSACTION_ID"


@click.command("mqtt", context_settings=HELP)
@click.option(
    "--layout",
    metavar="LAYOUT",
    help="Topics: emqx5, emqx4, or templates.  [SHOCPP_MQTT_LAYOUT, default emqx5]",
)
@click.option(
    "--credentials", metavar="FILE", help="Show the broker user:password out of FILE.  [SHOCPP_MQTT_CREDENTIALS]"
)
@click.option("--ca", metavar="FILE", help="Trust this authority's certificates (PEM).  [SHOCPP_MQTT_CA]")
@click.option("--worker", "share", metavar="I/N", help="Serve the charge points of the I-th of N workers.")
@click.option("--share", "group", metavar="GROUP", help="Have the broker deal calls out among the workers of GROUP.")
@click.option("--client-id", metavar="ID", help="Name of the session; by default shocpp-worker, with I and N.")
@click.option("--drain", is_flag=True, help="Serve what waits for this worker, have its session forgotten, and end.")
@click.option(
    "--start-for", "whose", metavar="WHOSE", help="Card or account of Home Assistant's start button; else the only one."
)
@version_option
@click.argument("task", type=click.Choice(("worker", "home-assistant")))
@click.argument("url", metavar="mqtt[s]://HOST[:PORT]")
def mqtt(
    layout: str | None,
    credentials: str | None,
    ca: str | None,
    share: str | None,
    group: str | None,
    client_id: str | None,
    drain: bool,
    whose: str | None,
    task: str,
    url: str,
) -> None:
    """
    Serve charge points over a message broker, or show them to Home Assistant.

    A worker answers what a gateway (shocpp-listener --mqtt, EMQX's) puts on the broker's topics, with the accounts,
    records and commands of this machine. home-assistant publishes the charge points of this machine, whatever serves
    them, for Home Assistant to find, and does what is pressed there. Both run until SIGTERM.
    """
    if share is not None and group is not None:
        raise UsageError("--worker and --share exclude each other: either the identity decides, or the broker")
    for option, name in (("--client-id", client_id), ("--share", group)):
        if name is not None and not fits_in_topic(name):
            raise UsageError(f"{option} takes a name without / + #, not {name[:40]!r}")
    options = {"SHOCPP_MQTT_LAYOUT": layout, "SHOCPP_MQTT_CREDENTIALS": credentials, "SHOCPP_MQTT_CA": ca}
    settings = Settings.from_environ({**os.environ, **{name: value for name, value in options.items() if value}})
    if task == "home-assistant":
        from shocpp.home_assistant import publisher

        if share or group or client_id or layout or drain:
            raise UsageError("--worker, --share, --client-id, --layout and --drain are for a worker")
        publisher.serve(settings, url, whose, lambda sentence: click.echo(sentence, err=True))
        return
    if drain and group:
        raise UsageError("--drain is for a session that the broker keeps; that of --share ends with its worker")
    if whose is not None:
        raise UsageError("--start-for is for home-assistant")
    from shocpp.transports.mqtt import working
    from shocpp.transports.mqtt.partition import Partition
    from shocpp.transports.mqtt.task import Task

    unit = settings.transaction_unit if os.environ.get(_UNIT) else ""
    partition = Partition.from_text(share) if share is not None else None
    wanted = Task(Layout(settings.mqtt_layout), client_id or "", partition, group or "", unit, drain)
    if not settings.store:
        durable.make_folder(settings.accounting_dir)
    working.serve(settings, url, wanted, lambda sentence: click.echo(sentence, err=True))


main = entry_point(mqtt)
