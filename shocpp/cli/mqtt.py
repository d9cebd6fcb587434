"""shocpp-mqtt: serve charge points that a gateway connects to a message broker."""

from __future__ import annotations

import os

import click

from shocpp.cli.run import HELP, entry_point, version_option
from shocpp.errors import UsageError
from shocpp.ocpp.topics import fits_in_topic
from shocpp.settings import Settings
from shocpp.spool import durable

_CLIENT_ID = "shocpp-worker"


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
@click.option("--client-id", default=_CLIENT_ID, metavar="ID", show_default=True, help="Name of the session.")
@version_option
@click.argument("task", type=click.Choice(("worker",)))
@click.argument("url", metavar="mqtt[s]://HOST[:PORT]")
def mqtt(layout: str | None, credentials: str | None, ca: str | None, client_id: str, task: str, url: str) -> None:  # noqa: ARG001
    """
    Serve charge points over a message broker.

    A worker answers what a gateway such as EMQX's puts on the broker's topics, with the accounts, records and commands
    of this machine. It runs until SIGTERM.
    """
    options = {"SHOCPP_MQTT_LAYOUT": layout, "SHOCPP_MQTT_CREDENTIALS": credentials, "SHOCPP_MQTT_CA": ca}
    settings = Settings.from_environ({**os.environ, **{name: value for name, value in options.items() if value}})
    from shocpp.transports.mqtt import working

    if not fits_in_topic(client_id):
        raise UsageError(f"--client-id takes a name without / + #, not {client_id[:40]!r}")
    durable.make_folder(settings.accounting_dir)
    working.serve(settings, url, client_id, lambda sentence: click.echo(sentence, err=True))


main = entry_point(mqtt)
