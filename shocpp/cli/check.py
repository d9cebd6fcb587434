"""shocpp-check: read all configuration, say what is wrong, and then what is in force."""

from __future__ import annotations

import os
import sys

import click

from shocpp.admission import passwords
from shocpp.checks import looks
from shocpp.cli import environment
from shocpp.cli.run import HELP, entry_point, status_of, version_option
from shocpp.errors import (
    ConfigError,
    MissingError,
    NotPermittedError,
    ShocppError,
    UsageError,
)
from shocpp.locations import HOME
from shocpp.settings import SETTINGS, Settings
from shocpp.spool.conf import configuration
from shocpp.web.pages import people

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@click.command("check", context_settings=HELP)
@click.option("--all", "with_defaults", is_flag=True, help="Show also the settings that have their defaults.")
@click.option("--hash", "is_hash", is_flag=True, help="Read a password from stdin, print its hash.")
@click.option("--verify", metavar="IDENTITY", help="Read a password from stdin, say whether it is that charge point's.")
@click.option(
    "--init", "init", is_flag=False, flag_value="", metavar="[HOME]", help="Make a home, or what is missing of it."
)
@version_option
def check(with_defaults: bool, is_hash: bool, verify: str | None, init: str | None) -> int:
    """
    Read all configuration, say what is wrong, and then what is in force.

    The exit status tells whether all is well.
    """
    if init is not None:
        from shocpp.cli import new_home

        new_home.lay_out(init)
        return 0
    settings = Settings.from_environ()
    if is_hash:
        click.echo(passwords.make(_password()))
        return 0
    if verify is not None:
        _verify(settings.charge_points_file, verify)
        return 0
    own = (("configuration file", _configuration_file), ("people file", lambda: _people(settings.people_file)))
    found = [(what, *_look(look)) for what, look in looks.parts(settings, _tell, *own)]
    wrong = [f"{what}: {line}" for what, status, said in found if status for line in said]
    wrong += [f"warning: {warning}" for warning in looks.warnings(settings)]
    for line in wrong:
        click.echo(line, err=True)
    for what, status, said in found:
        if not status:
            click.echo(f"{what}: {said[0]}")
    for line in _in_force(settings, with_defaults):
        click.echo(line)
    return next((status for _, status, _ in reversed(found) if status), 0)


def _in_force(settings: Settings, with_defaults: bool) -> Iterator[str]:
    """Give settings as they can be set, each with the place that sets it."""
    path, found = environment.configuration()
    in_file = {name: value for _, name, value in found}
    values = {HOME: settings.home, **{row.variable: getattr(settings, name) for name, row in SETTINGS.items()}}
    for name, value in values.items():
        text = os.environ.get(name)
        place = "default" if not text else path if in_file.get(name) == text else "environment"
        if with_defaults or text:
            yield f"{name}={int(value) if isinstance(value, bool) else value}  ({place})"


def _tell(sentence: str) -> None:
    click.echo(sentence, err=True)


def _configuration_file() -> str:
    path, found = environment.configuration()
    if found:
        return f"{len(found)} settings in {path}"
    return f"{path} sets nothing" if os.path.exists(path) else f"{path} is not there: no file sets anything"


def _password() -> str:
    """Read a password: a line of stdin, from a terminal without showing it."""
    if sys.stdin.isatty():
        from getpass import getpass

        password = getpass("password: ")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise UsageError("no password came on stdin")
    return password


def _verify(path: str, identity: str) -> None:
    charge_point = configuration.read_charge_points(path).get(identity)
    if charge_point is None:
        raise MissingError(f"{identity} is not listed in {path}")
    if not passwords.matches(charge_point.passwords, _password().encode()):
        if why := passwords.lacking(charge_point.passwords):
            raise ConfigError(f"{identity}: {why}")
        raise NotPermittedError(f"that is not {identity}'s password")
    click.echo(f"that is {identity}'s password")


def _look(look: Callable[[], str]) -> tuple[int, tuple[str, ...]]:
    """Look at one part of the configuration: the exit status that it makes, and what it looks like, or its faults."""
    try:
        return 0, (look(),)
    except ShocppError as error:
        return status_of(error), error.faults


def _people(path: str) -> str:
    if not os.path.exists(path):
        return f"{path} is not there: nobody has a link to the page"
    return f"{len(people.read(path))} people have a link to the page"


main = entry_point(check)
