"""shocpp-web: the page for phones and desks, and the links that lead to it."""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime

import click

from shocpp import installation
from shocpp.calls import canned, canned_file
from shocpp.cli.run import HELP, OK, entry_point, version_option
from shocpp.errors import ShocppError, UnavailableError, UsageError
from shocpp.settings import Settings
from shocpp.spool.files import acting_user
from shocpp.spool.files.zone import local_zone
from shocpp.transports import ports, websocketd
from shocpp.web.pages import links, page_server, people

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from shocpp.web.pages.site import Site

_FIRST = "operator"  # what the first one is called


@click.command("web", context_settings=HELP)
@click.option("--address", metavar="A", help="Listen on this address.  [SHOCPP_WEB_ADDRESS, default 127.0.0.1]")
@click.option(
    "--port", type=click.IntRange(1, 65535), metavar="P", help="Listen on this port.  [SHOCPP_WEB_PORT, default 8082]"
)
@click.option("--new-link", metavar="NAME", help="Make a link for somebody and print it, with its QR code.")
@click.option("--account", metavar="ACCOUNT", help="With --new-link: whose charges they see and make.")
@click.option("--role", type=click.Choice(people.ROLES), help="With --new-link: what they may; default: driver.")
@click.option("--revoke", metavar="NAME", help="Take somebody's link away.")
@version_option
def web(
    address: str | None,
    port: int | None,
    new_link: str | None,
    account: str | None,
    role: str | None,
    revoke: str | None,
) -> None:
    """
    Serve the page: what is charging, start and stop, the month, and the operator's tools.

    It is for those who have a link. The operator's is printed at the first start.
    """
    options = {"SHOCPP_WEB_ADDRESS": address, "SHOCPP_WEB_PORT": str(port) if port else None}
    settings = Settings.from_environ({**os.environ, **{name: value for name, value in options.items() if value}})
    if new_link is None and (account or role):
        raise UsageError("--account and --role say what a link is for: give --new-link NAME, too")
    if revoke is not None:
        people.revoke(settings.people_file, revoke)
    if new_link is not None:
        _print_new_link(settings, new_link, role or people.DRIVER, account or "")
    if revoke is None and new_link is None:
        _serve(settings)


@click.command("web")
def _page() -> None:
    from wsgiref.handlers import CGIHandler

    CGIHandler().run(_application(_site(Settings.from_environ())))


_answer_page = entry_point(_page, "shocpp-web")
_run_command = entry_point(web)


def main(argv: list[str] | None = None) -> int:
    """Answer as a CGI program if a web server started us, else as a command; the exit status."""
    # a server may make arguments of the query (RFC 3875 §4.4): a stranger's words are never options
    return _answer_page([]) if os.environ.get("GATEWAY_INTERFACE") else _run_command(argv)


def _print_new_link(settings: Settings, name: str, role: str, account: str) -> None:
    """Make a link, and print it: on stdout the address, on a terminal its QR code below, if a phone can open it."""
    link = links.make(settings, name, role, account)
    click.echo(link)
    if not sys.stdout.isatty():
        return
    if not settings.web_url and websocketd.is_loopback(settings.web_address):
        click.echo(f"no phone can open it, only this machine; see {installation.page('page.md')}", err=True)
        return
    import segno

    segno.make(link, error="m").terminal(compact=True)


def _serve(settings: Settings) -> None:
    """Listen until we are told to end."""
    sockets = ports.bind(settings.web_address, settings.web_port, "SHOCPP_WEB")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(OK))
    with acting_user.owner_of(settings.run_dir):
        site = _site(settings)
        application = _application(site)
        _see_to_operator(settings, site)

        def ready() -> None:
            click.echo(f"listening on {links.base(settings)}/<link>/", err=True)
            if not websocketd.is_loopback(settings.web_address):
                said = "links travel in the clear to whoever is on this network; with TLS: see"
                click.echo(f"warning: {said} {installation.page('page.md')}", err=True)

        page_server.serve(site, application, sockets, ready)


def _site(settings: Settings) -> Site:
    from shocpp.web.pages.site import Site

    def say(level: str, text: str) -> None:
        click.echo(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {level} {text}", err=True)

    return Site(settings, *local_zone(os.environ), lambda: datetime.now(UTC), say)


def _application(site: Site) -> Callable[..., Any]:
    """
    Make the application.

    Raises:
        UnavailableError: What it is made with is not installed.
    """
    try:
        from shocpp.web.pages.application import Application
    except ImportError:
        raise UnavailableError(installation.lacking("the page", "Werkzeug", "web")) from None

    def perform(word: str) -> canned.Result:
        entry = canned_file.read(site.settings.calls_file).find(word)
        return canned.perform(entry, site.settings.run_dir, site.clock())

    return Application(site, perform)


def _see_to_operator(settings: Settings, site: Site) -> None:
    """Print an operator's link where there is none yet; what is kept in a journal has none, but says how to get one."""
    if site.people().have_operator:
        return
    command = f"shocpp-web --new-link {_FIRST} --role {people.OPERATOR}"
    if "JOURNAL_STREAM" in os.environ and not sys.stdout.isatty():
        click.echo(f"nobody has an operator's link yet; this makes one: {command}", err=True)
        return
    try:
        click.echo("the operator's link, which is printed this once:", err=True)
        _print_new_link(settings, _FIRST, people.OPERATOR, "")
    except ShocppError as error:
        click.echo(f"warning: no operator's link: {error}; this makes one: {command}", err=True)
