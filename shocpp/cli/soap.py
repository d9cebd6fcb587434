"""shocpp-soap: OCPP over SOAP as a CGI program, and on a terminal the WSDL of a version."""

from __future__ import annotations

import os
import signal
import sys

import click

from shocpp.cli.run import HELP, entry_point, version_option
from shocpp.errors import ShocppError, UnavailableError
from shocpp.installation import lacking
from shocpp.log import Log
from shocpp.settings import Settings
from shocpp.spool.files import acting_user

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.transports.soap.program import CgiResponse

_VERSIONS = ("1.2", "1.5", "1.6")


@click.command("soap", context_settings=HELP)
@click.option("--ocpp", type=click.Choice(_VERSIONS), default="1.6", show_default=True,
              help="Whose WSDL it is.")  # fmt: skip
@click.option("--charge-point", "is_charge_point", is_flag=True, help="That of the charge point's service.")
@click.option("--url", default="http://localhost:8080/soap", show_default=True, help="Where the service is.")
@version_option
def soap(ocpp: str, is_charge_point: bool, url: str) -> None:
    """
    Print the WSDL of OCPP over SOAP.

    A web server runs this as a CGI program: it then answers a charge point's request.
    """
    from shocpp.ocpp.soap.dialects import CENTRAL_SYSTEM, CHARGE_POINT, DIALECTS
    from shocpp.ocpp.soap.wsdl import wsdl

    click.echo(wsdl(DIALECTS[ocpp], CHARGE_POINT if is_charge_point else CENTRAL_SYSTEM, url), nl=False)


@click.command("soap")
def _request() -> None:
    from shocpp.transports.soap import program
    from shocpp.transports.soap.program import CgiResponse as Answer

    settings = Settings.from_environ()
    log = Log(settings.log_file, least=settings.log_level)
    try:
        length = int(os.environ.get("CONTENT_LENGTH") or 0)
        if length > settings.message_limit:
            _respond(Answer(413, b"That is too long.\n"))
            return
        body = sys.stdin.buffer.read(length)
        with acting_user.owner_of(settings.run_dir):
            program.serve(settings, os.environ, body, log, _respond)
    except ImportError:
        _respond(Answer(501, b"OCPP over SOAP is not installed here.\n"))
        raise UnavailableError(lacking("OCPP over SOAP", "lxml", "soap")) from None
    except ShocppError:
        _respond(Answer(500, b"This does not work at present.\n"))
        raise
    finally:
        log.flush()


def _respond(response: CgiResponse) -> None:
    """
    Write the answer, and let go of it: the web server sends it on, whatever is still to be done.

    lighttpd sends SIGTERM to a program that has closed its output; what is still to be done is short.
    """
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.stdout.buffer.write(response.as_cgi())
    sys.stdout.buffer.flush()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


_answer_request = entry_point(_request, "shocpp-soap")
_run_command = entry_point(soap)


def main(argv: list[str] | None = None) -> int:
    """Answer as a CGI program if a web server started us, else as a command; the exit status."""
    return _answer_request([]) if os.environ.get("GATEWAY_INTERFACE") else _run_command(argv)
