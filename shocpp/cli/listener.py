"""shocpp-listener: accept charge points' connections, with a backend for each."""

from __future__ import annotations

import os

import click

from shocpp.cli.run import HELP, entry_point, version_option
from shocpp.errors import MissingError, ShocppError, UsageError
from shocpp.settings import Settings
from shocpp.spool import durable, tags
from shocpp.transports import websocketd


@click.command("listener", context_settings=HELP)
@click.option("--address", metavar="ADDRESS", help="Listen on this address.  [WS_ADDRESS, default 0.0.0.0]")
@click.option(
    "--port", type=click.IntRange(1, 65535), metavar="PORT", help="Listen on this port.  [WS_PORT, default 8080]"
)
@version_option
@click.argument("options", nargs=-1, metavar="[-- WEBSOCKETD OPTION...]")
def listener(address: str | None, port: int | None, options: tuple[str, ...]) -> None:
    """
    Accept charge points' connections and run a shocpp-backend for each, by websocketd.

    What follows -- are further options of websocketd, such as -- --ssl --sslcert=FILE --sslkey=FILE.
    """
    if options and not options[0].startswith("-"):
        raise UsageError(f"{options[0][:40]!r} is no option; those of websocketd go behind --")
    environ = dict(os.environ)
    environ |= ({"WS_ADDRESS": address} if address else {}) | ({"WS_PORT": str(port)} if port else {})
    settings = Settings.from_environ(environ)
    environ["SHOCPP_HOME"] = settings.home
    program = websocketd.find()
    websocketd.see_that_port_is_free(settings.address, settings.port)
    durable.make_folder(settings.accounting_dir)
    durable.make_folder(settings.run_dir, 0o750)
    _introduce(settings, "--ssl" in options)
    arguments = websocketd.command_line(settings, options)
    os.execve(program, arguments, environ)  # noqa: S606 - no shell, on purpose


def _introduce(settings: Settings, is_encrypted: bool) -> None:
    """Say where we listen, for whom, and where accounting goes; a broken tags.json keeps nobody from being served."""
    host = f"[{settings.address}]" if ":" in settings.address else settings.address
    click.echo(f"listening on {'wss' if is_encrypted else 'ws'}://{host}:{settings.port}/<charge point>", err=True)
    try:
        accounts = tags.read(settings.tags_file)
        click.echo(f"accounts: {len(accounts)} in {settings.tags_file}", err=True)
    except MissingError:
        example = "conf/tags.json.example shows how it is written"
        click.echo(f"warning: {settings.tags_file} is not there: every card is refused; {example}", err=True)
    except ShocppError as error:
        click.echo(f"warning: {error}: every card is refused until that is mended", err=True)
    click.echo(f"accounting: {settings.accounting_dir}", err=True)
    if os.path.exists(settings.calls_file) and not websocketd.is_loopback(settings.address):
        reason = "websocketd cannot do it safely for others than this machine; see docs/shocpp-caller.md"
        click.echo(f"canned calls are left to a web server: {reason}", err=True)


main = entry_point(listener)
