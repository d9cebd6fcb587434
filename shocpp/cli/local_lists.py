"""What ``shocpp-tags`` does with charge points' local lists; imported only where it is needed."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import click

from shocpp.calls import ask, local_list_push
from shocpp.cli.run import status_of
from shocpp.errors import ShocppError, UnavailableError
from shocpp.spool.conf.configuration import find_charge_points, read_tags
from shocpp.spool.files import acting_user
from shocpp.spool.run.mailbox import connected
from shocpp.texts import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.settings import Settings

    Say = Callable[[str], None]


def push_lists(settings: Settings, identity: str | None, to_all: bool, timeout_s: float, say: Say) -> int:
    """
    Bring the list into one charge point or into all that are connected, and say what became of it.

    Returns:
        The exit status: the first fault's.

    Raises:
        ShocppError: No charge point is meant, or the configuration makes no sense.
    """
    accounts, listed = read_tags(settings.tags_file), find_charge_points(settings.charge_points_file)
    version = _version(settings)
    lists = local_list_push.Lists(accounts, listed, settings.parent_id_tag, datetime.now(UTC), version)
    with acting_user.owner_of(settings.run_dir):
        asking = partial(ask.ask, settings.run_dir, timeout_s=timeout_s)
        there = connected(settings.run_dir) if to_all else [ask.choose(settings.run_dir, identity)]
        if not there:
            raise UnavailableError("no charge point is connected")
        worst = 0
        for name, sent in local_list_push.push_to_each(asking, there, lists):
            if isinstance(sent, ShocppError):
                say(str(sent))
                worst = worst or status_of(sent)
            else:
                click.echo(f"{plain(name) or '-'} version {version} {'sent' if sent else 'was there'}")
    return worst


def warn_of_lists(settings: Settings, timeout_s: float, say: Say) -> None:
    """Name the charge points whose local list may still have a card that has just been blocked."""
    with acting_user.owner_of(settings.run_dir):
        asking = partial(ask.ask, settings.run_dir, timeout_s=timeout_s)
        there = connected(settings.run_dir)
        others, silent = local_list_push.have_another(asking, there, _version(settings))
    listed = find_charge_points(settings.charge_points_file) or ()
    away = [each.identity for each in listed if each.identity not in there]
    for names, what in (
        (others, "still has a local list from before; send the new one: shocpp-tags push"),
        (silent, "did not say whether it has a local list; ask again: shocpp-tags push"),
        (away, "is not connected: if it has a local list, that still has the card"),
    ):
        for name in names:
            say(f"{plain(name) or ask.ANONYMOUS} {what}")


def _version(settings: Settings) -> int:
    """Give the version of the lists that the configuration makes now."""
    return local_list_push.version_of((settings.tags_file, settings.charge_points_file))
