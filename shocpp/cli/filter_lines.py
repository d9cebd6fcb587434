"""
A backend that serves its connection by itself: whoever started it has no listener that would.

Started for every connection: click is only imported when there are arguments to parse.
"""

from __future__ import annotations

import os

from shocpp.admission.identity import identity_of
from shocpp.backend import own_faults
from shocpp.backend.lines import Lines
from shocpp.backend.steps import LateBooking
from shocpp.errors import ShocppError
from shocpp.locations import CONF
from shocpp.log import Log
from shocpp.settings import LOG_DESCRIPTOR, Settings
from shocpp.spool.conf.configuration import must_be_listed, watched_tags
from shocpp.transports.idle import longest_silence_s
from shocpp.transports.pipe import Filter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.spool.accounting.accounting import Booking

_NAME = "shocpp-backend"


def main(arguments: list[str], has_lost_listener: bool) -> int:
    """
    Serve stdin until it ends; the exit status.

    Args:
        arguments: Those of the command line.
        has_lost_listener: There was a listener to hand the connection over to, and it takes none any more.
    """
    if arguments:
        return _with_arguments(arguments)
    _take_over_log()
    try:
        if os.environ.get(CONF) != os.devnull:  # else a listener has read it for us
            from shocpp.cli import environment

            environment.complete(_NAME)
        settings = Settings.from_environ()
    except ShocppError as error:
        return _failed(error)
    return _serve(settings, has_lost_listener)


def _serve(settings: Settings, has_lost_listener: bool = False) -> int:
    """Serve stdin until it ends; the exit status."""
    log = Log(settings.log_file, least=settings.log_level)
    identity, charge_point = identity_of(os.environ.get("PATH_INFO", "")), None
    if _is_asked(settings):
        from shocpp.admission import cgi

        try:
            identity, charge_point = cgi.admit(settings, os.environ)
        except ShocppError as error:
            log.line("WARNING", str(error))
            log.flush()
            return 0  # the end of this process is the end of the connection
    say = log.about(identity)
    if has_lost_listener:
        say("WARNING", "has a process of its own: the one that served all has gone; restart the listener")
    accounts = watched_tags(settings.tags_file, say)
    lines = Lines(identity, settings, accounts, say, charge_point=charge_point)
    idle_s = longest_silence_s(settings.heartbeat_interval_s)
    accounting = LateBooking(lambda: _open_accounting(settings.accounting, say))
    if settings.store:
        accounting.open()  # says what is not installed before anything is served
    prepare = lambda: own_faults.attempt(say, "importing what a charge needs", _prepare, accounting)  # noqa: E731
    Filter(lines, accounting, log.flush, idle_s=idle_s, prepare=prepare).run()
    return 0


def _open_accounting(where: str, say: Callable[[str, str], None]) -> Booking:
    """Give what keeps accounting at a folder or an address; to import it takes longer than a first answer may."""
    from shocpp.stores.accounting_at import accounting_at

    return accounting_at(where, lambda text: say("WARNING", text))


def _prepare(accounting: LateBooking) -> None:
    """Import what a charge needs before one comes."""
    from shocpp.backend import charge_modules

    charge_modules.import_them()
    accounting.open()


def _take_over_log() -> None:
    """Write to the log of the listener that started us, if it handed one over, instead of through websocketd."""
    handed_over = os.environ.pop(LOG_DESCRIPTOR, "")
    if not handed_over:
        return
    try:
        os.dup2(int(handed_over), 2)
        os.close(int(handed_over))
    except (OSError, ValueError, OverflowError):
        pass  # it is not there: what we say goes to the stderr that there is


def _is_asked(settings: Settings) -> bool:
    """Tell whether admission decides: without a list, and credentials in paths, every identity may connect."""
    if settings.url_credentials or must_be_listed(settings.charge_points_file, settings.charge_points_required):
        return True
    return "HTTP_ORIGIN" in os.environ or "/v16" in os.environ.get("REQUEST_URI", "")


def _failed(error: ShocppError) -> int:
    from shocpp.cli.run import fail

    return fail(_NAME, error)


def _with_arguments(arguments: list[str]) -> int:
    import click

    from shocpp.cli.run import HELP, entry_point, version_option

    @click.command(context_settings=HELP)
    @version_option
    def backend() -> None:
        """
        Serve one charge point: read its OCPP messages from stdin, one a line, and answer on stdout.

        websocketd starts this for every connection; PATH_INFO names the charge point. All else is set in the
        environment: see the manual.
        """
        raise SystemExit(_serve(Settings.from_environ()))

    return entry_point(backend, _NAME)(arguments)
