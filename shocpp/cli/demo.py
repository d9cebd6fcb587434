"""shocpp-demo: a charge from beginning to end, for newcomers."""

from __future__ import annotations

import os
import select
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from textwrap import shorten

import click

from shocpp.charge_point.script.short import Passed
from shocpp.cli.run import HELP, entry_point, version_option
from shocpp.cli.scratch_home import ACCOUNTS, ScratchHome
from shocpp.errors import UnavailableError
from shocpp.installation import starting
from shocpp.spool.run import open_charges, sightings
from shocpp.spool.run.held_mailbox import folder_of

_NAME, _CARD = "garage", "1111"
_HOUR, _SPEED = timedelta(hours=1), 360
_SILENCE_S = 20.0
_STATUS_S = 5.0  # sightings are written a second after the frame at the latest, on a busy machine later
_WIDTH = 40
_COLUMNS = 76  # of a line that stands four columns in, on the narrowest terminal


@click.command("demo", context_settings=HELP)
@version_option
def demo() -> None:
    """
    Show a charge in twenty seconds: listener, wallbox, command, record, status, summary.

    Needs no configuration and leaves nothing behind. The wallbox is simulated; an hour takes ten seconds.
    """
    _say("Two accounts share a wallbox. Each has a card:")
    click.echo("\n".join(f"    {one['account']:<12}{', '.join(one['ids'])}" for one in ACCOUNTS))  # type: ignore[arg-type]
    with ScratchHome(os.environ) as scratch:
        address = f"ws://127.0.0.1:{scratch.port}/{_NAME}"
        _say("A central system listens, a wallbox connects, somebody with a card charges.")
        click.echo("Messages as they pass, > from the wallbox and < to it:")
        listener = scratch.start("listener")
        script = ("plug;", "card", _CARD, ";", "wait", "Finishing;", "wait", "10s;", "unplug;", "wait", "forever")
        charger = scratch.start("charger", "--connect", address, "--speed", str(_SPEED), "--print", *script)
        assert charger.stdout is not None  # noqa: S101 - started so
        charge = _ShownCharge(scratch)
        while not charge.is_over:
            if not select.select([charger.stdout], [], [], _SILENCE_S)[0]:
                culprit = "listener" if listener.poll() is not None else "charger"
                raise UnavailableError(f"nothing happens; shocpp-{culprit} said last: {scratch.last_word(culprit)}")
            line = charger.stdout.readline()
            if not line:
                raise UnavailableError(f"the wallbox is gone; it said last: {scratch.last_word('charger')}")
            charge.watch(Passed(line))
        _show_books(scratch)
    _say("That was all, and nothing of it is left.")
    click.echo(f"Next:\n    {starting('shocpp-check')} --init\n    {starting('shocpp-listener')}")


class _ShownCharge:
    """Shows frames as they pass, the charge as a bar, and stops it after an hour."""

    def __init__(self, scratch: ScratchHome) -> None:
        self._scratch = scratch
        self._is_terminal = sys.stdout.isatty()
        self._began: datetime | None = None
        self._begin_wh = 0
        self._is_stopped = False
        self._skips = False
        self._has_left = False
        self.is_over = False

    def watch(self, passed: Passed) -> None:
        """Show a frame that passed: meter values as a bar, others as a line; note when all has been shown."""
        if passed.action == "MeterValues":
            self._progress(passed)
            self._skips = True
            return
        if self._skips and not passed.action and not passed.payload:
            self._skips = False  # the confirmation of meter values says nothing
            return
        self._skips = False
        words = shorten(str(passed), _COLUMNS, placeholder=" …")
        click.echo(f"\r\033[K    {words}" if self._is_terminal else f"    {words}")
        if passed.action == "StartTransaction":
            self._began = datetime.fromisoformat(passed.at)
            self._begin_wh = int(str(passed.payload["meterStart"]))
        self.is_over = self._has_left and not passed.action
        self._has_left = self._is_stopped and passed.payload.get("status") == "Available"

    def _progress(self, passed: Passed) -> None:
        if self._began is None or self._is_stopped:
            return
        lasted = datetime.fromisoformat(passed.at) - self._began
        minutes = round(lasted / timedelta(minutes=1))
        bar = "#" * min(_WIDTH, round(_WIDTH * (lasted / _HOUR)))
        drawn = (passed.energy_wh() - self._begin_wh) / 1000
        words = f"[{bar:<{_WIDTH}}] {minutes:>2} min  {passed.power_w() / 1000:4.1f} kW  {drawn:6.2f} kWh"
        if self._is_terminal:
            click.echo(f"\r\033[K    {words}", nl=False)
        elif minutes % 10 == 0:
            click.echo(f"    {words}")
        if lasted >= _HOUR:
            self._is_stopped = True
            click.echo("" if self._is_terminal else None, nl=self._is_terminal)
            _say("An hour is over. We stop the charge from the shell:")
            _run(self._scratch, "command", "RemoteStopTransaction", "transactionId=current")
            click.echo()


def _show_books(scratch: ScratchHome) -> None:
    records = sorted(Path(scratch.home, "accounting").glob("*/*/*.json"))
    if len(records) != 1:
        raise UnavailableError(f"{len(records)} records were written where one should be; please report it")
    _say("The charge is booked: one small file, which never changes.")
    name = os.path.relpath(records[0], scratch.home)
    click.echo(f"$ cat {name}\n{records[0].read_text()}", nl=False)
    _say("What is going on now, and what the month comes to:")
    _await_status(os.path.join(scratch.home, "run"))
    _run(scratch, "status")
    click.echo()
    _run(scratch, "summary", "--lang", "en", *name.split(os.sep)[1:3])


def _await_status(run_dir: str) -> None:
    """Wait until shocpp-status knows what we have just seen: that the car has left."""
    folder = folder_of(run_dir, _NAME)
    deadline = time.monotonic() + _STATUS_S
    while time.monotonic() < deadline:
        connectors = sightings.read(folder, sightings.STATUS).get("connectors", {})
        if connectors.get("1", {}).get("status") == "Available" and not open_charges.read_transactions(folder):
            return
        time.sleep(0.05)


def _run(scratch: ScratchHome, command: str, *arguments: str) -> None:
    click.echo(" ".join(["$", f"shocpp-{command}", *arguments]))
    click.echo(scratch.run(command, *arguments), nl=False)


def _say(words: str) -> None:
    click.echo(f"\n{click.style(words, bold=True)}")


main = entry_point(demo)
