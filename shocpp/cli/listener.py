"""shocpp-listener: accept charge points' connections, with a backend for each."""

from __future__ import annotations

import os
from functools import partial

import click

from shocpp.cli import page_process
from shocpp.cli.needs import see_that_lxml_is_there
from shocpp.cli.run import HELP, entry_point, fail, version_option
from shocpp.errors import ShocppError, UsageError
from shocpp.locations import CONF, HOME
from shocpp.log import Log
from shocpp.settings import Settings
from shocpp.spool.conf import configuration
from shocpp.spool.files import durable
from shocpp.stores.accounting_at import see_that_it_can_be_reached
from shocpp.transports import introduction, websocketd_start

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket


@click.command("listener", context_settings=HELP)
@click.option("--address", metavar="ADDRESS", help="Listen on this address.  [WS_ADDRESS, default 0.0.0.0]")
@click.option(
    "--port", type=click.IntRange(1, 65535), metavar="PORT", help="Listen on this port.  [WS_PORT, default 8080]"
)
@click.option("--websocketd", "kind", flag_value="websocketd", help="Run websocketd.  [SHOCPP_LISTENER]")
@click.option("--embedded", "kind", flag_value="embedded", help="Serve all connections in this one process.")
@click.option("--mqtt", "broker", metavar="URL", help="Be a gateway to a broker: mqtt[s]://HOST[:PORT].")
@click.option("--web", "with_page", is_flag=True, help="Serve the page, too (shocpp-web), as long as this runs.")
@click.option("--soap", "with_soap", is_flag=True, help="See that wallboxes that speak SOAP can be served.")
@version_option
@click.argument("options", nargs=-1, metavar="[-- WEBSOCKETD OPTION...]")
def listener(
    address: str | None,
    port: int | None,
    kind: str | None,
    broker: str | None,
    with_page: bool,
    with_soap: bool,
    options: tuple[str, ...],
) -> None:
    """
    Accept the connections of charge points, and serve them.

    Where websocketd is installed, it is run, and starts a shocpp-backend for each connection. Where it is not, or with
    --embedded, all connections are served in this one process. With --mqtt they are served by workers (shocpp-mqtt)
    over a message broker, and this process does no bookkeeping.

    What follows -- are further options of websocketd, such as -- --ssl --sslcert=FILE --sslkey=FILE.
    """
    if options and not options[0].startswith("-"):
        raise UsageError(f"{options[0][:40]!r} is no option; those of websocketd go behind --")
    environ = dict(os.environ)
    environ |= ({"WS_ADDRESS": address} if address else {}) | ({"WS_PORT": str(port)} if port else {})
    settings = Settings.from_environ(environ)
    environ[HOME] = settings.home
    environ[CONF] = os.devnull  # backends have what we read, also while somebody edits it
    if configuration.must_be_listed(settings.charge_points_file, settings.charge_points_required):
        environ["SHOCPP_CHARGEPOINTS_REQUIRED"] = "1"
        settings = Settings.from_environ(environ)
    is_websocketd = broker is None and (kind == "websocketd" if kind else websocketd_start.is_meant(settings, environ))
    _check(kind, broker, is_websocketd, options, with_page, with_soap)
    if broker is not None:
        _run_gateway(settings, environ, broker)
    elif is_websocketd:
        _run_websocketd(settings, environ, options)
    else:
        _run_embedded(settings, environ, with_page)


main = entry_point(listener)


def _check(
    kind: str | None,
    broker: str | None,
    is_websocketd: bool,
    options: tuple[str, ...],
    with_page: bool,
    with_soap: bool,
) -> None:
    """
    Refuse what does not go together.

    Raises:
        UsageError: Two options do not, or an option is not for what accepts the connections.
        UnavailableError: What an option needs is not installed.
    """
    if broker is not None and (kind == "websocketd" or options):
        raise UsageError("--mqtt and what is for websocketd exclude each other")
    if with_soap and is_websocketd:
        raise UsageError("--soap is for a listener that serves by itself: give --embedded, too; else see shocpp-soap")
    if with_soap:
        see_that_lxml_is_there("--soap")
    if with_page and (broker is not None or is_websocketd):
        raise UsageError("--web is for a listener that serves by itself: give --embedded, too; else start shocpp-web")
    if options and not is_websocketd:
        raise UsageError(f"{options[0]!r} is for websocketd; add --websocketd or leave it out")


def _run_gateway(settings: Settings, environ: dict[str, str], url: str) -> None:
    from shocpp.transports.embedded import listening
    from shocpp.transports.gateway import gateway_service

    durable.make_folder(settings.run_dir)
    whereto, make_service = gateway_service.prepare(settings, url)

    def ready(where: list[str], limit: str) -> None:
        _tell([*introduction.of_connections(settings, where), whereto, limit])

    listening.serve(settings, environ, ready, make_service)
    _leave()


def _run_embedded(settings: Settings, environ: dict[str, str], with_page: bool) -> None:
    from shocpp.transports.embedded import listening

    _make_folders(settings)
    page = page_process.start(environ) if with_page else None  # noqa: F841 - its stdin ends with this process
    listening.serve(settings, environ, lambda where, limit: _tell(introduction.of_listener(settings, where, limit)))
    _leave()


def _run_websocketd(settings: Settings, environ: dict[str, str], options: tuple[str, ...]) -> None:
    def ready(where: list[str], limit: str) -> None:
        _make_folders(settings)
        _tell(introduction.of_listener(settings, where, limit, "--ssl" in options))

    log = Log(settings.log_file)
    websocketd_start.become(
        settings, options, environ, ready, partial(_serve_handed_over, settings), partial(_say, log)
    )


def _serve_handed_over(settings: Settings, source: socket.socket) -> None:
    from shocpp.transports.embedded import listening

    try:
        listening.serve_handed_over(settings, source)
    except ShocppError as error:
        fail("shocpp-listener", error)  # backends serve by themselves then


def _leave() -> None:
    """End: the system takes the memory of thousands of connections back half a second faster than Python."""
    os._exit(0)


def _make_folders(settings: Settings) -> None:
    if settings.store:
        see_that_it_can_be_reached(settings.store)
    else:
        durable.make_folder(settings.accounting_dir)
    durable.make_folder(settings.run_dir)


def _say(log: Log, level: str, text: str) -> None:
    log.line(level, text)
    log.flush()


def _tell(said: list[str]) -> None:
    for each in said:
        click.echo(each, err=True)
