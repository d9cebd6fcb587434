"""
What ``shocpp-status`` shows of charge points: gathered once, on a terminal again and again, or as changes.

No command itself: ``overview`` reads what lies on the disk, ``status`` makes lines of it.
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
from shocpp.errors import UsageError
from shocpp.overview.seen_now import SeenNow
from shocpp.spool.files.zone import local_zone
from shocpp.status import rows
from shocpp.status.screen import Screen
from shocpp.texts import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
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
        self._seen = SeenNow(settings, lambda sentence: click.echo(f"shocpp-status: {sentence}", err=True))
        for identity in charge_points:
            typos.require_charge_point(settings, identity)
        if account is not None:
            typos.require_account(settings, account)

    def read(self) -> list[rows.Row]:
        """Read what is seen now; a charge point that is listed and never came has a row, too."""
        found = self._seen.read(self._charge_points)
        wanted = [row for row in found if self._account is None or rows.is_of(row, self._account)]
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

    def _screen(self) -> Screen:
        return Screen(*local_zone(os.environ))
