"""
What ``shocpp-status`` shows of charge points: gathered once, on a terminal again and again, or as changes.

No command itself: reads what lies on the disk and hands it to ``status``, which makes rows and lines of it.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import sys
import time

import click

from shocpp.cli import typos
from shocpp.errors import ShocppError, UsageError
from shocpp.spool import mailbox, open_charges, sightings
from shocpp.spool.configuration import find_charge_points
from shocpp.spool.held_mailbox import PID, folder_of
from shocpp.spool.zone import local_zone
from shocpp.status import rows
from shocpp.status.screen import Screen
from shocpp.texts import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from shocpp.ledger.charge_points import ChargePoints
    from shocpp.settings import Settings

_EVERY_S = 2
_CHANGES_EVERY_MS = 1000


class Overview:
    """
    The charge points that are wanted, in the order that is wanted.

    Args:
        settings: Where everything lies.
        charge_points: Identities; empty for all.
        account: Only those where a charge of it is under way; None for all.
        sort: One of ``rows.SORTS``.

    Raises:
        MissingError: Nobody ever heard of a charge point or of the account.
    """

    def __init__(
        self, settings: Settings, charge_points: tuple[str, ...] = (), account: str | None = None, sort: str = "name"
    ) -> None:
        self._settings = settings
        self._charge_points = charge_points
        self._account = account
        self._sort = sort
        self._told = ""  # what is wrong with the list, as it was said last
        for identity in charge_points:
            typos.require_charge_point(settings, identity)
        if account is not None:
            typos.require_account(settings, account)

    def read(self) -> list[rows.Row]:
        """Read what is seen now; a charge point that is listed and never came has a row, too."""
        listed = self._listed()
        wanted = [
            row
            for row in (self._row(identity, listed) for identity in self._identities(listed))
            if self._account is None or rows.is_of(row, self._account)
        ]
        return rows.ordered(wanted, self._sort)

    def print(self, as_json: bool) -> None:
        """Print what is seen now, as a table or as JSON Lines; that there is nothing is said on stderr."""
        found = self.read()
        if found:
            click.echo("\n".join(map(json.dumps, found) if as_json else self._screen().lines(found)))
        elif self._account is not None:
            click.echo(f"shocpp-status: no charge of {plain(self._account)} is under way", err=True)
        else:
            said = f"no charge point was seen yet (nothing below {self._settings.run_dir})"
            click.echo(f"shocpp-status: {said}", err=True)

    def watch(self) -> None:
        """
        Show the table anew every two seconds, over the one before; the cursor is out of the way meanwhile.

        Raises:
            UsageError: There is no terminal.
        """
        if not sys.stdout.isatty():
            raise UsageError("--watch needs a terminal; without one, run shocpp-status again and again, or --follow")
        screen = self._screen()
        sys.stdout.write("\x1b[?25l\x1b[2J")
        try:
            while True:
                columns, lines = shutil.get_terminal_size()
                shown = "\x1b[K\r\n".join(line[:columns] for line in screen.lines(self.read(), lines - 1))
                sys.stdout.write(f"\x1b[H{shown}\x1b[K\x1b[J")
                sys.stdout.flush()
                time.sleep(_EVERY_S)
        except KeyboardInterrupt:
            pass
        finally:
            sys.stdout.write("\x1b[?25h\r\n")

    def follow(self) -> None:
        """
        Print each charge point as a JSON line, and again whenever it does something else, until interrupted.

        Raises:
            BrokenPipeError: Nobody reads it any more.
        """
        before: dict[str | None, rows.Row] = {}
        reader = select.poll()
        reader.register(sys.stdout.fileno(), 0)
        while True:
            for row in self.read():
                if rows.has_changed(before.get(row["charge_point"]), row):
                    click.echo(json.dumps(row))
                before[row["charge_point"]] = row
            if reader.poll(_CHANGES_EVERY_MS):
                raise BrokenPipeError

    def _listed(self) -> ChargePoints | None:
        """Read who is listed; a list that makes no sense hides nobody who was seen, and that is said."""
        try:
            return find_charge_points(self._settings.charge_points_file)
        except ShocppError as error:
            if str(error) != self._told:
                self._told = str(error)
                click.echo(f"shocpp-status: {error}; shown is what was seen", err=True)
            return None

    def _identities(self, listed: ChargePoints | None) -> Iterator[str]:
        seen = mailbox.seen(self._settings.run_dir)
        never = sorted({each.identity for each in listed or ()} - {*seen})
        return (each for each in [*seen, *never] if not self._charge_points or each in self._charge_points)

    def _row(self, identity: str, listed: ChargePoints | None) -> rows.Row:
        folder = folder_of(self._settings.run_dir, identity)
        return rows.row(
            identity,
            mailbox.is_alive(os.path.join(folder, PID)),
            sightings.read(folder, sightings.STATUS),
            sightings.read(folder, sightings.METER),
            open_charges.read_transactions(folder),
            mailbox.held_since(os.path.join(folder, PID)),
            listed.get(identity) if listed else None,
        )

    def _screen(self) -> Screen:
        return Screen(*local_zone(os.environ))
