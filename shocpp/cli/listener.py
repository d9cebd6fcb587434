"""shocpp-listener: accept charge points' connections, with a backend for each."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial

import click

from shocpp import installation
from shocpp.admission import passwords
from shocpp.cli.needs import see_that_lxml_is_there
from shocpp.cli.run import HELP, entry_point, fail, version_option
from shocpp.errors import ConfigError, MissingError, ShocppError, UsageError
from shocpp.locations import CONF, HOME
from shocpp.log import Log
from shocpp.settings import Settings
from shocpp.spool.conf import configuration
from shocpp.spool.files import durable
from shocpp.store_address import shown
from shocpp.stores.accounting_at import see_that_it_can_be_reached
from shocpp.transports import core, introduction, ports, websocketd

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
    if broker is not None and (kind == "websocketd" or options):
        raise UsageError("--mqtt and what is for websocketd exclude each other")
    is_websocketd = broker is None and (kind or _kind(settings, environ)) == "websocketd"
    if with_soap and is_websocketd:
        raise UsageError("--soap is for a listener that serves by itself: give --embedded, too; else see shocpp-soap")
    if with_soap:
        see_that_lxml_is_there("--soap")
    if with_page and (broker is not None or is_websocketd):
        raise UsageError("--web is for a listener that serves by itself: give --embedded, too; else start shocpp-web")
    if broker is not None:
        _run_gateway(settings, environ, broker)
    elif is_websocketd:
        _run_websocketd(settings, options, environ)
    elif options:
        raise UsageError(f"{options[0]!r} is for websocketd; add --websocketd or leave it out")
    else:
        from shocpp.transports.embedded import listening

        _make_folders(settings)
        page = _start_page(environ) if with_page else None  # noqa: F841 - its stdin ends with this process
        listening.serve(settings, environ, lambda where, limit: _introduce(settings, where, limit))
        _leave()


def _start_page(environ: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start shocpp-web beside us; what ends us ends it, since its stdin ends then."""
    start = "import sys; sys.path.insert(0, sys.argv.pop()); from shocpp.cli.web import serve_while_started; "
    package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    command = [sys.executable, "-I", "-c", f"{start}sys.exit(serve_while_started())", package]
    return subprocess.Popen(command, stdin=subprocess.PIPE, env=environ)  # noqa: S603 - our own command


def _leave() -> None:
    """End: the system takes the memory of thousands of connections back half a second faster than Python."""
    os._exit(0)


def _run_gateway(settings: Settings, environ: dict[str, str], url: str) -> None:
    from shocpp.transports.embedded import listening
    from shocpp.transports.gateway import gateway_service

    durable.make_folder(settings.run_dir)
    whereto, make_service = gateway_service.prepare(settings, url)

    def ready(where: list[str], limit: str) -> None:
        _introduce_charge_points(settings, where)
        click.echo(whereto, err=True)
        click.echo(limit, err=True)

    listening.serve(settings, environ, ready, make_service)
    _leave()


def _kind(settings: Settings, environ: dict[str, str]) -> str:
    """Choose what accepts connections: what is set, else websocketd where it is installed."""
    if settings.listener != "auto":
        return settings.listener
    # sockets that systemd opened are for this very process: websocketd would not know what to do with them
    return "websocketd" if websocketd.is_there() and "LISTEN_FDS" not in environ else "embedded"


def _run_websocketd(settings: Settings, options: tuple[str, ...], environ: dict[str, str]) -> None:
    program = websocketd.find()
    if settings.tls_client_ca:
        raise ConfigError("websocketd does not ask for client certificates (SHOCPP_TLS_CLIENT_CA); use --embedded")
    ports.see_that_it_is_free(settings.address, settings.port)
    listed = _listed(settings)
    _make_folders(settings)
    host = f"[{settings.address}]" if ":" in settings.address else settings.address
    limit = (
        f"websocketd: at most {websocketd.most_forks(settings, listed)} connections at a time (SHOCPP_MAXFORKS); "
        "it limits neither the size of a message nor handshakes that are not finished: --embedded does"
    )
    _introduce(settings, [f"{host}:{settings.port}"], limit, "--ssl" in options)
    arguments = websocketd.command_line(settings, options, listed)
    if settings.hand_over:
        core.start(environ, partial(_serve_handed_over, settings), partial(_say, Log(settings.log_file)))
    websocketd.hand_over_log(environ)
    os.execve(program, arguments, environ)  # noqa: S606 - no shell, on purpose


def _serve_handed_over(settings: Settings, source: socket.socket) -> None:
    from shocpp.transports.embedded import listening

    try:
        listening.serve_handed_over(settings, source)
    except ShocppError as error:
        fail("shocpp-listener", error)  # backends serve by themselves then


def _say(log: Log, level: str, text: str) -> None:
    log.line(level, text)
    log.flush()


def _make_folders(settings: Settings) -> None:
    if settings.store:
        see_that_it_can_be_reached(settings.store)
    else:
        durable.make_folder(settings.accounting_dir)
    durable.make_folder(settings.run_dir)


def _listed(settings: Settings) -> int:
    """Tell how many charge points are listed."""
    return len(configuration.find_charge_points(settings.charge_points_file) or ())


def _introduce_charge_points(settings: Settings, where: list[str], is_encrypted: bool = False) -> None:
    """Say where we listen, and for whom; a broken file keeps nobody from service."""
    scheme = "wss" if is_encrypted or settings.tls_certificate else "ws"
    for each in where:
        click.echo(f"listening on {scheme}://{each}/<charge point>", err=True)
    try:
        listed = configuration.read_charge_points(settings.charge_points_file)
        click.echo(f"charge points: {len(listed)} may connect, listed in {settings.charge_points_file}", err=True)
        for warning in passwords.warnings(listed):
            click.echo(f"warning: {warning}", err=True)
    except MissingError as error:
        if settings.charge_points_required:
            click.echo(f"warning: {error}: nobody may connect (SHOCPP_CHARGEPOINTS_REQUIRED)", err=True)
        else:
            click.echo(f"charge points: all may connect ({error})", err=True)
    except ShocppError as error:  # it was in order a moment ago: somebody is editing it
        for warning in introduction.warnings(error, "nobody may connect until that is mended"):
            click.echo(warning, err=True)


def _introduce(settings: Settings, where: list[str], limit: str, is_encrypted: bool = False) -> None:
    """Say where we listen, for whom and how many, where accounting goes."""
    _introduce_charge_points(settings, where, is_encrypted)
    for said in introduction.accounts_in(settings.tags_file):
        click.echo(said, err=True)
    click.echo(f"accounting: {shown(settings.accounting)}", err=True)
    if os.path.exists(settings.calls_file) and not websocketd.is_loopback(settings.address):
        page = installation.page("shocpp-caller.md")
        reason = f"websocketd cannot do it safely for others than this machine; see {page}"
        click.echo(f"canned calls are left to a web server: {reason}", err=True)
    click.echo(limit, err=True)


main = entry_point(listener)
