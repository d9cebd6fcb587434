"""
Charge points that charge, in one process with the machines that serve them, and with a clock of the test's own.

A charge point sends its messages in order, and one that is not confirmed again, over whatever connection it gets. What
is true is written down beside (``truth``). Knows no record.
"""

from __future__ import annotations

from collections.abc import Callable

from shocpp.ledger.accounts import UNASSIGNED
from shocpp.spool.run.open_charges import read_transactions
from tests.support.in_place import InPlace
from tests.support.killed import Killed
from tests.support.machines import Machine, Payload
from tests.support.truth import TrueCharge
from tests.support.unconfirmed import Message, spelt, stamp

CARDS = {"1111": "family-y", "1112": "family-y", "2222": "company-x", "9999": UNASSIGNED}
ACCOUNTS = tuple(sorted(set(CARDS.values())))
BEGAN_S = 1_793_000_000
MOST_WH = 800_000  # of a charge
MOST_METER_WH = 900_000_000  # a meter that is changed above it would look as if it had rolled over
RETRIED_S = 20 * 3600  # a stop is sent with another time at most so long after the first: a day on is another charge


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
        is_of_several: Several machines may serve it.
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
        self.is_forgetful = self.is_of_several = False
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

    def change_meter(self, connector_id: int, most_begin_wh: int = MOST_METER_WH) -> None:
        """
        Put in a new meter, which begins at 0, also while a charge runs.

        Not while one of a refused card does: its id would look as one that is not ours.

        Args:
            connector_id: The connector.
            most_begin_wh: The reading from which on the id of a charge that runs looks as one that the new meter began.
        """
        charge = self.running.get(connector_id)
        is_untold = charge is not None and (charge.account == UNASSIGNED or charge.begin_wh >= most_begin_wh)
        if is_untold or self.meters_wh[connector_id] > MOST_METER_WH:
            return
        self.meters_wh[connector_id] = 0
        if charge is not None:
            charge.end_wh = 0

    def end(self, connector_id: int, spelling: int = 0, with_begin: bool = False) -> None:
        """End the charge that runs at a connector, in a spelling, with or without its begin in transactionData."""
        charge = self.running.pop(connector_id, None)
        if charge is None:
            return
        charge.really_stopped_s = self._clock()
        charge.is_alone = self._is_alone(charge)
        charge.stopped_s = int(charge.really_stopped_s) + self.ahead_s

        def payload() -> Payload:
            return spelt(self._stop(charge, with_begin), spelling)

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

        It keeps its first time all the same where it would not be known for the same stop with another one:

        - it is old (``RETRIED_S``), or its id is lost, or may be another charge's by now;
        - its first time is before the begin, since the clock was set back: that says nothing of when it was;
        - the time now is before the begin, and several machines may book the stop.
        """
        if not self.stops:
            return
        said, charge = self.stops[nth % len(self.stops)]
        assert charge.stopped_s is not None
        stopped_s = int(self._clock()) + self.ahead_s
        ages_s = self._clock() - charge.really_stopped_s, abs(stopped_s - charge.stopped_s)
        ends_s = (charge.stopped_s, stopped_s) if self.is_of_several else (charge.stopped_s,)
        is_another = charge.is_forgotten or min(ends_s) < charge.started_s or self._is_shared(charge)
        stop = said
        if is_stamped and max(ages_s) <= RETRIED_S and not is_another:
            stop = {**said, "timestamp": stamp(stopped_s)}
            charge.is_retried = True

        def payload() -> Payload:
            return spelt(stop if self._clock() - charge.really_stopped_s <= RETRIED_S else said, spelling)

        self.waiting.append(Message("StopTransaction", payload, lambda _: None, charge))

    def _is_shared(self, charge: TrueCharge) -> bool:
        """
        Tell whether a charge's id may also be that of another one which is not over: its stop would be that one's.

        For a machine that saw its start one is not over if its stop went to another machine. At the same connector one
        that began at or above this one's last reading cannot be meant, unless ids are forgotten: then the stop ends it.
        """
        return any(
            (each.has_id_of(charge) or not each.ids) and not (each.is_confirmed and each.is_of_one_machine)
            for each in self.charges
            if self.is_forgetful or each.connector_id != charge.connector_id or each.begin_wh < charge.end_wh
        )

    def check_ids(self) -> None:
        """
        Check that no two charges that run were given one id.

        Raises:
            AssertionError: Two have.
        """
        ids = [each for charge in self.running.values() for each in charge.ids]
        assert len(ids) == len(set(ids)), f"two that run at {self.identity} have one id: {ids}"

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
