"""shocpp-check: read all configuration, say what is wrong and what is in force."""

from __future__ import annotations

import os

import click

from shocpp.cli.run import HELP, entry_point, status_of, version_option
from shocpp.errors import CannotCreateError, MissingError, ShocppError
from shocpp.settings import SETTINGS, Settings
from shocpp.spool import durable, tags
from shocpp.web import calls

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


@click.command("check", context_settings=HELP)
@version_option
def check() -> int:
    """Read all configuration, say what is wrong and what is in force; the exit status tells whether all is well."""
    settings = Settings.from_environ()
    for attribute, variable, *_ in SETTINGS:
        source = "" if os.environ.get(variable) else "  (default)"
        value = getattr(settings, attribute)
        click.echo(f"{variable}={int(value) if isinstance(value, bool) else value}{source}")
    worst = 0
    for what, look in (
        ("tags file", lambda: f"{len(tags.read(settings.tags_file))} accounts"),
        ("calls file", lambda: _calls(settings.calls_file)),
        ("accounting", lambda: _writable(settings.accounting_dir)),
        ("run", lambda: _writable(settings.run_dir)),
    ):
        worst = _look(what, look) or worst
    return worst


def _calls(path: str) -> str:
    if not os.path.exists(path):
        return f"{path} is not there: there are no canned calls"
    return f"{len(calls.read(path))} canned calls"


def _look(what: str, look: Callable[[], str]) -> int:
    """Say what one part of the configuration looks like; its exit status."""
    try:
        click.echo(f"{what}: {look()}")
    except MissingError as error:
        click.echo(f"{what}: {error}: every card is refused; conf/tags.json.example shows how it is written", err=True)
        return status_of(error)
    except ShocppError as error:
        click.echo(f"{what}: {error}", err=True)
        return status_of(error)
    return 0


def _writable(folder: str) -> str:
    """Try whether a file can be written into a folder."""
    if os.path.exists(folder) and not os.path.isdir(folder):
        raise CannotCreateError(f"{folder} is not a folder; move away what is there")
    if not os.path.exists(folder):
        return f"{folder} is not there yet; it is made when it is needed"
    durable.NewFile(os.path.join(folder, ".shocpp-check"), b"").close()  # never gets its name
    return f"{folder} may be written"


main = entry_point(check)
