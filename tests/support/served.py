"""
Charge points that charge, and machines that serve them, in one process and with a clock of the test's own.

A charge point sends its messages in order, and one that is not confirmed again, over whatever connection it gets. A
machine has a home of its own; a connection is a backend with nothing but memory, which can be dropped at any touch of
the disk (``killed``). What is true is written down beside (``truth``). Knows no record.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from shocpp.ledger.accounts import UNASSIGNED
from shocpp.log import Log
from shocpp.settings import Settings
from shocpp.spool.open_charges import read_transactions
from tests.support.in_place import InPlace
from tests.support.killed import Killed, Killer, let_go
from tests.support.truth import TrueCharge

TAGS = [
    {"index": 1, "account": "family-y", "ids": ["1111", "1112"]},
    {"index": 2, "account": "company-x", "ids": ["2222"]},
]
CARDS = {"1111": "family-y", "1112": "family-y", "2222": "company-x", "9999": UNASSIGNED}
BEGAN_S = 1_793_000_000
MOST_WH = 800_000  # of a charge
DAY_S = 86_400  # a clock that is further ahead is not believed
RETRIED_S = 20 * 3600  # a stop is sent with another time at most so long after the first: a day on is another charge
Payload = dict[str, Any]


class _NoLog:
    """Takes lines of a log and writes none."""

    def about(self, _identity: str) -> Callable[[str, str], None]:
        return lambda _level, _text: None

    def flush(self) -> None:
        pass


class Machine:
    """
    A home, and the backends that run over it.

    Args:
        home: Its folder.
        unit: What transaction ids carry.
        killer: Kills its backends.
        clock: Gives seconds since the epoch.
    """

    def __init__(self, home: Path, unit: str, killer: Killer, clock: Callable[[], float]) -> None:
        self.home = home
        self.accounting = home / "accounting"
        self._restored = 0
        self._killer = killer
        self._clock = clock
        (home / "conf").mkdir(parents=True)
        self.accounting.mkdir()
        (home / "conf/tags.json").write_text(json.dumps(TAGS))
        environ = {"SHOCPP_HOME": str(home), "SHOCPP_TRANSACTION_ID": unit, "SHOCPP_VALIDATION": "off"}
        self._settings = Settings.from_environ(environ)

    @property
    def state(self) -> tuple[str, int]:
        """What tells the state that it has from that of another machine, and from one that was lost."""
        return self.home.name, self._restored

    def connect(self, identity: str) -> InPlace:
        """Start a backend for a connection."""
        backend = InPlace(identity, self._settings, cast(Log, _NoLog()), self._clock)
        backend.open()
        return backend

    def call(self, backend: InPlace, action: str, payload: Payload, is_idle: bool) -> Payload:
        """
        Have a backend serve a message; the payload of the confirmation.

        Args:
            backend: The backend.
            action: What is wanted.
            payload: The request.
            is_idle: What may be late is done after it.

        Raises:
            Killed: The backend was killed before the confirmation left.
        """
        with self._killer.serving():
            (line,) = backend.receive(json.dumps([2, "1", action, payload]).encode())
        if is_idle:
            backend.do_deferred(True)
        kind, _, *rest = json.loads(line)
        assert kind == 3, line
        return dict(rest[0])

    def kill(self, identity: str) -> None:
        """Let go of what a charge point's backends held: they are gone."""
        let_go(self.home / "run" / identity)

    def keep_run(self) -> None:
        """Make a backup of run/, in the place of an earlier one."""
        self.drop_backup()
        if (self.home / "run").exists():
            shutil.copytree(self.home / "run", self.home / "backup")

    def drop_backup(self) -> None:
        """Do away with the backup of run/."""
        shutil.rmtree(self.home / "backup", ignore_errors=True)

    def restore_run(self) -> None:
        """Put the backup in the place of run/; without a backup run/ is lost."""
        self._restored += 1
        shutil.rmtree(self.home / "run", ignore_errors=True)
        if (self.home / "backup").exists():
            shutil.copytree(self.home / "backup", self.home / "run")


class Message:
    """
    A message that waits to be confirmed.

    Args:
        action: What is wanted.
        payload: The request; made anew each time, since a stop learns its id from the confirmation of its start.
        confirmed: Is told the payload of the confirmation.
        charge: What it is about; None if it is about none.
    """

    def __init__(
        self,
        action: str,
        payload: Callable[[], Payload],
        confirmed: Callable[[Payload], None],
        charge: TrueCharge | None = None,
    ) -> None:
        self.action = action
        self.payload = payload
        self.confirmed = confirmed
        self.charge = charge


class Box:
    """
    A charge point with several connectors, each with a meter of its own.

    Args:
        identity: Its name.
        meters_wh: By connector: the reading of its meter.
        machine: Where it connects to.
        clock: Gives seconds since the epoch, ours.

    Attributes:
        charges: What is true of all that it charged, in order.
        running: By connector: the charge that runs.
        waiting: What is not confirmed yet, in order.
        stops: The stops that were confirmed, as they were sent, each with its charge.
        ahead_s: How far its clock is ahead of ours.
        is_forgetful: It may lose ids of charges.
        is_moving: It may connect to another machine.
        is_busy: What serves it has no time for what may be late.
    """

    def __init__(self, identity: str, meters_wh: dict[int, int], machine: Machine, clock: Callable[[], float]) -> None:
        self.identity = identity
        self.machine = machine
        self.charges: list[TrueCharge] = []
        self.running: dict[int, TrueCharge] = {}
        self.waiting: list[Message] = []
        self.stops: list[tuple[Payload, TrueCharge]] = []
        self.ahead_s = 0
        self.is_busy = False
        self.is_forgetful = self.is_moving = False
        self.meters_wh = meters_wh
        self._ids: dict[int, int] = {}
        self._clock = clock
        self._backend: InPlace | None = None
        self._left: list[InPlace] = []

    # --- at the charge point

    def begin(self, connector_id: int, id_tag: str) -> None:
        """Begin a charge, unless one runs there."""
        if connector_id in self.running:
            return
        began_s = int(self._clock()) + self.ahead_s
        number = len(self.charges)
        charge = TrueCharge(
            number, self.identity, connector_id, id_tag, CARDS[id_tag], self.meters_wh[connector_id], began_s
        )
        self.charges.append(charge)
        self.running[connector_id] = charge
        self.waiting.append(self._start(charge))

    def draw(self, connector_id: int, wh: int) -> None:
        """Let energy flow, if a charge runs there; not more than an id in Wh can tell."""
        if connector_id in self.running and self.running[connector_id].drawn_wh + wh <= MOST_WH:
            self.meters_wh[connector_id] += wh
            self.running[connector_id].end_wh += wh

    def end(self, connector_id: int, spelling: int = 0, with_begin: bool = False) -> None:
        """End the charge that runs at a connector, in a spelling, with or without its begin in transactionData."""
        charge = self.running.pop(connector_id, None)
        if charge is None:
            return
        charge.really_stopped_s = self._clock()
        charge.is_alone = self._is_alone(charge)
        charge.stopped_s = int(charge.really_stopped_s) + self.ahead_s

        def payload() -> Payload:
            return _spelt(self._stop(charge, with_begin), spelling)

        def confirmed(_: Payload) -> None:
            charge.is_confirmed = True
            self.stops.append((payload(), charge))

        self.waiting.append(Message("StopTransaction", payload, confirmed, charge))

    def _is_alone(self, charge: TrueCharge) -> bool:
        """Tell whether a charge that ends is the only one that may be open here, so that its stop needs no id."""
        last = {each.connector_id: each for each in self.charges if each.connector_id != charge.connector_id}
        return (
            not self.running
            and all(each.is_alone or not each.is_forgotten for each in last.values())
            and not any(each.has_id_of(charge) for each in self.charges)
        )

    def forget(self, connector_id: int) -> None:
        """Lose the id of the charge that runs at a connector: its stop will have -1."""
        if connector_id in self.running and self.running[connector_id].number in self._ids:
            charge = self.running[connector_id]
            charge.is_forgotten = True
            self._ids[charge.number] = -1

    def abandon(self, connector_id: int) -> None:
        """Lose the charge that runs at a connector, so that its stop never comes; its start may still do."""
        charge = self.running.pop(connector_id, None)
        if charge is not None:
            charge.is_abandoned = True

    def say(self, action: str, payload: Payload) -> None:
        """Have something said in turn."""
        self.waiting.append(Message(action, lambda: payload, lambda _: None))

    def say_status(self, connector_id: int, status: str) -> None:
        """Have a connector's status said in turn."""
        self.say("StatusNotification", {"connectorId": connector_id, "errorCode": "NoError", "status": status})

    def start_again(self, connector_id: int) -> None:
        """Repeat the start of the charge that runs at a connector."""
        if connector_id in self.running:
            self.waiting.append(self._start(self.running[connector_id]))

    def stop_again(self, nth: int, spelling: int, is_stamped: bool) -> None:
        """
        Repeat a stop that was confirmed, in another spelling; if it is stamped, with the time now.

        It then must be young, have an id, and none that a charge at another connector has or is about to get, or had
        where another machine may not know that it ended: else it is another stop's. Nor may its clock have been set
        back before its begin, which says of neither when it was, or be wrong now where another machine's record may
        say when it was booked; nor, where ids are forgotten, another charge have its id, which it would close.
        """
        if not self.stops:
            return
        said, charge = self.stops[nth % len(self.stops)]
        stop = _spelt(said, spelling)
        assert charge.stopped_s is not None
        stopped_s = int(self._clock()) + self.ahead_s
        ages_s = self._clock() - charge.really_stopped_s, abs(stopped_s - charge.stopped_s)
        is_another = (
            charge.is_forgotten
            or charge.stopped_s < charge.started_s
            or (self.is_moving and (stopped_s < charge.started_s or self.ahead_s > DAY_S))
            or bool(self.waiting)
            or any(
                each.has_id_of(charge) and (self.is_forgetful or each.connector_id != charge.connector_id)
                for each in (self.charges if self.is_moving else self.running.values())
            )
        )
        if is_stamped and max(ages_s) <= RETRIED_S and not is_another:
            stop["timestamp"] = stamp(stopped_s)
            charge.is_retried = True
        self.waiting.append(Message("StopTransaction", lambda: stop, lambda _: None, charge))

    def check_open(self) -> None:
        """
        Check that nothing is kept as open but what is the last charge of its connector, and had no stop.

        Raises:
            AssertionError: A phantom is.
        """
        last = {charge.connector_id: charge for charge in self.charges}.values()
        may_be = set().union(*(charge.ids for charge in last if charge.stopped_s is None))
        phantoms = read_transactions(str(self.machine.home / "run" / self.identity)).keys() - may_be
        assert not phantoms, f"open at {self.identity}, though over: {phantoms}"

    # --- on the way

    def deliver(self) -> None:
        """Send what waits, one after the other, until all is confirmed or the backend is killed."""
        try:
            if self._backend is None:
                self._backend = self.machine.connect(self.identity)
            while self.waiting:
                message = self.waiting[0]
                if message.charge is not None:
                    message.charge.served_by.add(self.machine.state)
                confirmation = self.machine.call(self._backend, message.action, message.payload(), not self.is_busy)
                message.confirmed(confirmation)
                del self.waiting[0]
        except Killed:
            self.kill()

    def hang_up(self, is_left: bool = False) -> None:
        """Lose the connection; a backend that is left does not know, and goes on until it is dropped."""
        if self._backend is None:
            return
        (self._left.append if is_left else _closed)(self._backend)
        self._backend = None

    def drop_left(self) -> None:
        """Have the backends that were left find out that nobody is there."""
        while self._left:
            _closed(self._left.pop())

    def kill(self) -> None:
        """Kill the backends."""
        self._backend = None
        self._left.clear()
        self.machine.kill(self.identity)

    def move(self, machine: Machine) -> None:
        """Connect to another machine from now on; the backend on the one before is left there."""
        if machine is not self.machine:
            self.kill()
            self.machine = machine

    # --- messages

    def _start(self, charge: TrueCharge) -> Message:
        payload = {"connectorId": charge.connector_id, "idTag": charge.id_tag, "meterStart": charge.begin_wh,
                   "timestamp": stamp(charge.started_s)}  # fmt: skip

        def confirmed(confirmation: Payload) -> None:
            charge.ids.add(confirmation["transactionId"])
            charge.is_forgotten = False
            self._ids[charge.number] = confirmation["transactionId"]

        return Message("StartTransaction", lambda: payload, confirmed, charge)

    def _stop(self, charge: TrueCharge, with_begin: bool) -> Payload:
        assert charge.stopped_s is not None
        stop: Payload = {
            "transactionId": self._ids[charge.number],
            "meterStop": charge.end_wh,
            "timestamp": stamp(charge.stopped_s),
            "reason": charge.reason,
        }
        if with_begin:
            begin = {"value": str(charge.begin_wh), "context": "Transaction.Begin"}
            stop["transactionData"] = [{"timestamp": stamp(charge.started_s), "sampledValue": [begin]}]
        return stop


def _closed(backend: InPlace) -> None:
    """Have a backend find out that its charge point has gone."""
    backend.do_deferred(True)
    backend.close()


def _spelt(stop: Payload, spelling: int) -> Payload:
    """Give a stop as another firmware would write it: the same stop."""
    transaction_id, meter_stop = int(float(stop["transactionId"])), int(float(stop["meterStop"]))
    at = str(stop["timestamp"])[:19]
    spellings: tuple[Payload, ...] = (
        {},
        {"transactionId": f" {transaction_id}", "timestamp": f"{at}.000Z"},
        {"transactionId": f"{transaction_id}.0", "meterStop": f"{meter_stop}.0"},
        {"transactionId": transaction_id, "meterStop": float(meter_stop), "timestamp": f"{at}+00:00"},
    )
    return {**stop, **spellings[spelling % len(spellings)]}


def stamp(seconds: int) -> str:
    """Write a time as charge points do."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
