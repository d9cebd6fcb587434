"""
The looks that are taken at configuration and folders: what each finds, or what is wrong with it.

What shocpp-check prints and the page's operator sees; knows neither terminal nor page.
"""

from __future__ import annotations

import os

from shocpp import installation
from shocpp.admission import passwords
from shocpp.calls import canned_file
from shocpp.errors import (
    CannotCreateError,
    ConfigError,
    DataError,
    MissingError,
    NotPermittedError,
    TryAgainError,
    UnavailableError,
)
from shocpp.report import difference
from shocpp.spool import permissions
from shocpp.spool.accounting.settled import SettledMonths
from shocpp.spool.conf import configuration
from shocpp.spool.files.new_file import NewFile, OpenFolder
from shocpp.spool.run import mailbox, sightings
from shocpp.spool.run.held_mailbox import folder_of
from shocpp.stores.accounting_at import accounting_at
from shocpp.texts import plain
from shocpp.transports import websocketd

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shocpp.settings import Settings
    from shocpp.spool.accounting.accounting import Accounting

    Part = tuple[str, Callable[[], str]]


def parts(settings: Settings, say: Callable[[str], object], *more: Part) -> list[Part]:
    """
    Give what there is to look at, and how each says what it looks like.

    Args:
        settings: Where everything lies.
        say: Is told in a sentence what is no fault and worth knowing.
        more: What whoever asks looks at besides; comes first.
    """
    accounting = accounting_at(settings.accounting)
    settled = _settled_in(accounting)
    months = settled.months if settled else ()
    forks = websocketd.running(settings.port)
    return [
        *more,
        ("tags file", lambda: _tags(settings.tags_file)),
        ("charge points file", lambda: _charge_points(settings.charge_points_file, settings.tags_file)),
        ("calls file", lambda: _calls(settings.calls_file)),
        ("prices file", lambda: _prices(settings.prices_file)),
        ("accounting", lambda: _store(accounting) if settings.store else _writable(settings.accounting_dir)),
        ("run", lambda: _writable(settings.run_dir)),
        *([("protocols", lambda: _said_of(spoken))] if (spoken := _spoken(settings.run_dir)) else []),
        *([("settled months", lambda: _settled(settled, settings.prices_file, say))] if settled and months else []),
        *([("websocketd", lambda: _forks(*forks))] if forks else []),
        *([("log", lambda: _appendable(settings.log_file))] if settings.log_file else []),
        *([("journal", lambda: _writable(settings.journal_dir))] if settings.journal_dir else []),
    ]


def warnings(settings: Settings) -> Iterator[str]:
    """Warn of what works as it is set, but should be set otherwise."""
    for folder in filter(None, (settings.accounting_dir, settings.run_dir, settings.journal_dir)):
        yield from permissions.too_open(folder)


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


def _prices(path: str) -> str:
    if not os.path.exists(path):
        return f"{path} is not there: summaries have no amounts"
    configuration.read_prices(path)
    return f"{path} makes sense"


def _settled(settled: SettledMonths, prices_file: str, say: Callable[[str], object]) -> str:
    """Hold each settled month against its records; what came later, and other prices, are said and no fault."""
    prices = configuration.read_prices(prices_file) if os.path.exists(prices_file) else None
    broken = 0
    for month in settled.months:
        settlement = settled.read(month)
        found = settled.difference(settlement)
        broken += bool(found.changed or found.missing)
        for line in difference.in_words(settled, settlement, found, prices):
            say(f"settled months: {line}")
    if broken:
        raise DataError(f"{broken} of {len(settled.months)} do not agree with their records, as said above")
    return f"{len(settled.months)} agree with their records"


def _writable(folder: str) -> str:
    """Try whether a file can be written into a folder."""
    if os.path.exists(folder) and not os.path.isdir(folder):
        raise CannotCreateError(f"{folder} is not a folder; move away what is there")
    if not os.path.exists(folder):
        _see_that_it_can_be_made(folder)
        return f"{folder} is not there yet; it is made when it is needed"
    with OpenFolder(folder) as opened, NewFile(opened, ".shocpp-check", b"") as file:
        file.sync()  # it never gets its name
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
