"""shocpp-check: read all configuration, say what is wrong, and then what is in force."""

from __future__ import annotations

import os
import sys

import click

from shocpp import installation
from shocpp.admission import passwords
from shocpp.calls import canned_file
from shocpp.cli import environment
from shocpp.cli.run import HELP, entry_point, status_of, version_option
from shocpp.errors import (
    CannotCreateError,
    ConfigError,
    DataError,
    MissingError,
    NotPermittedError,
    ShocppError,
    TryAgainError,
    UnavailableError,
    UsageError,
)
from shocpp.locations import HOME
from shocpp.report import difference
from shocpp.settings import SETTINGS, Settings
from shocpp.spool import configuration, mailbox, permissions, sightings
from shocpp.spool.held_mailbox import folder_of
from shocpp.spool.new_file import NewFile
from shocpp.spool.settled import SettledMonths
from shocpp.stores.accounting_at import accounting_at
from shocpp.texts import plain
from shocpp.transports import websocketd
from shocpp.web.pages import people

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shocpp.spool.accounting import Accounting


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
    looks = [(what, *_look(look)) for what, look in _parts(settings)]
    wrong = [f"{what}: {line}" for what, status, said in looks if status for line in said]
    wrong += [f"warning: {warning}" for warning in _warnings(settings)]
    for line in wrong:
        click.echo(line, err=True)
    for what, status, said in looks:
        if not status:
            click.echo(f"{what}: {said[0]}")
    for line in _in_force(settings, with_defaults):
        click.echo(line)
    return next((status for _, status, _ in reversed(looks) if status), 0)


def _parts(settings: Settings) -> list[tuple[str, Callable[[], str]]]:
    """Give what there is to look at, and how each says what it looks like."""
    accounting = accounting_at(settings.accounting)
    settled = _settled_in(accounting)
    forks = websocketd.running(settings.port)
    return [
        ("configuration file", _configuration_file),
        ("tags file", lambda: _tags(settings.tags_file)),
        ("charge points file", lambda: _charge_points(settings.charge_points_file, settings.tags_file)),
        ("calls file", lambda: _calls(settings.calls_file)),
        ("people file", lambda: _people(settings.people_file)),
        ("prices file", lambda: _prices(settings.prices_file)),
        ("accounting", lambda: _store(accounting) if settings.store else _writable(settings.accounting_dir)),
        ("run", lambda: _writable(settings.run_dir)),
        *([("protocols", lambda: _said_of(spoken))] if (spoken := _spoken(settings.run_dir)) else []),
        *([("settled months", lambda: _settled(settled, settings.prices_file))] if settled and settled.months else []),
        *([("websocketd", lambda: _forks(*forks))] if forks else []),
        *([("log", lambda: _appendable(settings.log_file))] if settings.log_file else []),
        *([("journal", lambda: _writable(settings.journal_dir))] if settings.journal_dir else []),
    ]


def _spoken(run_dir: str) -> dict[str, list[str]]:
    """Give the charge points that speak something else than OCPP-J, by what they speak."""
    spoken: dict[str, list[str]] = {}
    for identity in mailbox.seen(run_dir):
        protocol = sightings.read(folder_of(run_dir, identity), sightings.STATUS).get("protocol")
        if protocol:
            spoken.setdefault(plain(str(protocol)), []).append(plain(identity))
    return spoken


def _said_of(spoken: dict[str, list[str]]) -> str:
    """Say what charge points speak, each protocol with those that do; most speak OCPP-J and are not named."""
    others = [f"{protocol}: {', '.join(sorted(spoken[protocol]))}" for protocol in sorted(spoken)]
    return "; ".join([*others, "all others OCPP 1.6-J"])


def _settled_in(accounting: Accounting) -> SettledMonths | None:
    """Find the settled months; None if accounting is not reached, which is said elsewhere."""
    try:
        return SettledMonths(accounting)
    except UnavailableError:
        return None


def _store(accounting: Accounting) -> str:
    return f"{accounting.where} is reached and has {len(accounting.months())} months"


def _warnings(settings: Settings) -> Iterator[str]:
    """Warn of what works as it is set, but should be set otherwise."""
    for folder in filter(None, (settings.accounting_dir, settings.run_dir, settings.journal_dir)):
        yield from permissions.too_open(folder)


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


def _configuration_file() -> str:
    path, found = environment.configuration()
    return f"{len(found)} settings in {path}" if found else f"{path} sets nothing"


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


def _tags(path: str) -> str:
    try:
        return f"{len(configuration.read_tags(path))} accounts"
    except MissingError as error:
        example = f"{installation.examples()}/tags.json.example"
        raise MissingError(f"{error}: every card is refused; {example} shows how it is written") from None


def _charge_points(path: str, tags_file: str) -> str:
    if not os.path.exists(path):
        return f"{path} is not there: all charge points may connect"
    listed = configuration.read_charge_points(path)
    if refused := passwords.warnings(listed):
        raise ConfigError(*(f"{path}: {each}" for each in refused))
    known = set(configuration.read_tags(tags_file).names().values()) if os.path.exists(tags_file) else set()
    unknown = sorted({account for each in listed for account in (each.account, *each.accounts)} - known - {""})
    if unknown:
        missing = "; ".join(f"account {account!r} is not in {tags_file}" for account in unknown)
        raise ConfigError(f"{path}: {missing}")
    return f"{len(listed)} charge points may connect"


def _calls(path: str) -> str:
    if not os.path.exists(path):
        return f"{path} is not there: there are no canned calls"
    return f"{len(canned_file.read(path))} canned calls"


def _people(path: str) -> str:
    if not os.path.exists(path):
        return f"{path} is not there: nobody has a link to the page"
    return f"{len(people.read(path))} people have a link to the page"


def _prices(path: str) -> str:
    if not os.path.exists(path):
        return f"{path} is not there: summaries have no amounts"
    configuration.read_prices(path)
    return f"{path} makes sense"


def _settled(settled: SettledMonths, prices_file: str) -> str:
    """Hold each settled month against its records; what came later, and other prices, are said and no fault."""
    prices = configuration.read_prices(prices_file) if os.path.exists(prices_file) else None
    broken = 0
    for month in settled.months:
        settlement = settled.read(month)
        found = settled.difference(settlement)
        broken += bool(found.changed or found.missing)
        for line in difference.in_words(settled, settlement, found, prices):
            click.echo(f"settled months: {line}", err=True)
    if broken:
        raise DataError(f"{broken} of {len(settled.months)} do not agree with their records, as said above")
    return f"{len(settled.months)} agree with their records"


def _look(look: Callable[[], str]) -> tuple[int, tuple[str, ...]]:
    """Look at one part of the configuration: the exit status that it makes, and what it looks like, or its faults."""
    try:
        return 0, (look(),)
    except ShocppError as error:
        return status_of(error), error.faults


def _writable(folder: str) -> str:
    """Try whether a file can be written into a folder."""
    if os.path.exists(folder) and not os.path.isdir(folder):
        raise CannotCreateError(f"{folder} is not a folder; move away what is there")
    if not os.path.exists(folder):
        _see_that_it_can_be_made(folder)
        return f"{folder} is not there yet; it is made when it is needed"
    NewFile(os.path.join(folder, ".shocpp-check"), b"").close()  # never gets its name
    somebody_elses = permissions.strangers(folder)
    if somebody_elses:
        raise NotPermittedError(somebody_elses)
    return f"{folder} may be written"


def _forks(backends: int, limit: int) -> str:
    """Tell how full the table of a websocketd that runs is."""
    if backends >= limit:
        raise TryAgainError(f"all {limit} connections are in use: new ones are refused; see SHOCPP_MAXFORKS")
    return f"{backends} of {limit} connections are in use"


def _see_that_it_can_be_made(folder: str) -> None:
    above = os.path.dirname(folder)
    while not os.path.lexists(above):
        above = os.path.dirname(above)
    if not os.path.isdir(above):
        raise CannotCreateError(f"{folder} cannot be made: {above} is not a folder")
    if not os.access(above, os.W_OK | os.X_OK, effective_ids=True):
        raise NotPermittedError(f"{folder} cannot be made: this user may not write into {above}")


def _appendable(path: str) -> str:
    """Try whether lines can be added to a file; its folder is not made by anybody."""
    folder = os.path.dirname(path)
    if os.path.isdir(path):
        raise CannotCreateError(f"{path} is a folder; give the name of a file")
    if not os.path.isdir(folder):
        raise CannotCreateError(f"{path} cannot be made: there is no folder {folder}; make it")
    if not os.access(path if os.path.exists(path) else folder, os.W_OK, effective_ids=True):
        raise NotPermittedError(f"{path} may not be written by this user")
    return f"{path} may be written"


main = entry_point(check)
