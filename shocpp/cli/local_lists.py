"""What ``shocpp-tags`` does with charge points' local lists; imported only where it is needed."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import partial

import click

from shocpp.calls import ask, local_list
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

    entries_of = partial(
        local_list.entries_for,
        accounts=accounts,
        listed=listed,
        parent_id_tag=settings.parent_id_tag,
        now=datetime.now(UTC),
    )
    with acting_user.owner_of(settings.run_dir):
        asking = partial(ask.ask, settings.run_dir, timeout_s=timeout_s)
        there = connected(settings.run_dir) if to_all else [ask.choose(settings.run_dir, identity)]
        if not there:
            raise UnavailableError("no charge point is connected")
        worst = 0
        for name, sent in local_list.push_to_each(asking, there, entries_of, version):
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
        others, silent = local_list.have_another(asking, there, _version(settings))
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
    """Give the version of the list that the configuration makes now; a link counts as the file that it leads to."""
    return local_list.version_of(map(os.path.realpath, (settings.tags_file, settings.charge_points_file)))
