"""shocpp-caller: a CGI page, and on a terminal a command, that makes the canned call behind an id."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime

import click

from shocpp.calls import canned, canned_file
from shocpp.cli.run import HELP, entry_point, version_option
from shocpp.errors import UsageError
from shocpp.settings import Settings
from shocpp.spool.files import acting_user
from shocpp.web import page


@click.command("caller", context_settings=HELP)
@click.option("--new", "is_new", is_flag=True, help="Print a fresh id for calls.json.")
@version_option
@click.argument("word", metavar="ID", required=False)
def caller(is_new: bool, word: str | None) -> None:
    """
    Make the call that ID stands for in calls.json and print its answer.

    A web server runs this as a CGI program: the id is then the query's search word or the end of the path.
    """
    if is_new:
        click.echo(canned_file.fresh_id())
        return
    if word is None:
        raise UsageError("which id? calls.json has them; --new makes a fresh one")
    click.echo(_perform(word).word)


@click.command("caller")
def _page() -> None:
    request = page.Request.from_cgi(os.environ, sys.argv[1:])
    response = page.answer(request, _perform)
    if response.log:
        click.echo(f"shocpp-caller: {response.log}", err=True)
    sys.stdout.buffer.write(response.as_cgi(request))


def _perform(word: str) -> canned.Result:
    settings = Settings.from_environ()
    entry = canned_file.read(settings.calls_file).find(word)
    with acting_user.owner_of(settings.run_dir):
        return canned.perform(entry, settings.run_dir, datetime.now(UTC))


_answer_page = entry_point(_page, "shocpp-caller")
_run_command = entry_point(caller)


def main(argv: list[str] | None = None) -> int:
    """Answer as a CGI program if a web server started us, else as a command; the exit status."""
    # a server may make arguments of the query (RFC 3875 §4.4): a stranger's words are never options
    return _answer_page([]) if os.environ.get("GATEWAY_INTERFACE") else _run_command(argv)
