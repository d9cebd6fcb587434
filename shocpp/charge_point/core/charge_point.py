"""
The charge point as a whole: its connection, what it sends and when, what it makes of what comes in.

Time is seconds since the epoch and only moves when a caller says so. Every public method that lets something
happen gives the effects of it, in order. What a charge is, is ``charging``'s; what commands mean, ``commands``'.
"""

from __future__ import annotations

from datetime import UTC, datetime

from shocpp.charge_point.core.authorization import IdTags
from shocpp.charge_point.core.charging import Charging
from shocpp.charge_point.core.commands_core import HANDLERS
from shocpp.charge_point.core.configuration import Configuration
from shocpp.charge_point.core.connector import Connector
from shocpp.charge_point.core.life import Life
from shocpp.charge_point.core.maintenance import Maintenance
from shocpp.charge_point.core.metering import Meter
from shocpp.charge_point.core.outbox import Message, Outbox
from shocpp.charge_point.core.outputs import Effect, HangUp, Send
from shocpp.charge_point.core.profiles import Profiles
from shocpp.charge_point.core.supply import Supply
from shocpp.charge_point.core.timers import Timers
from shocpp.charge_point.quirks.habits import Quirks
from shocpp.ocpp import frames
from shocpp.ocpp.assembler import Garbage
from shocpp.ocpp.frames import Call, CallError, CallResult
from shocpp.ocpp.rpc import Answer, Peer, Stray
from shocpp.ocpp.v16 import payloads
from shocpp.ocpp.v16.operations import OPERATIONS
from shocpp.times import utc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from random import Random


class Tally:
    """What happened so far, in numbers: for tables and tests."""

    def __init__(self) -> None:
        self.sent = 0
        self.received = 0
        self.refused = 0
        self.unanswered = 0
        self.discarded = 0
        self.strays = 0
        self.garbage = 0


class ChargePoint:
    """
    A simulated charge point.

    Args:
        identity: Its name on the wire; the serial number is made of it.
        rng: Where all chance comes from.
        now_s: The time at which it is switched on.
        connectors: How many there are.
        quirks: What it gets wrong; None for nothing.
        power_w: What one connector can deliver.

    Attributes:
        main: Connector 0: the charge point itself.
        connectors: The others by number.
        places: All of them in order.
    """

    def __init__(
        self,
        identity: str,
        rng: Random,
        now_s: float,
        connectors: int = 1,
        quirks: Quirks | None = None,
        power_w: float = 11_040,
    ) -> None:
        self.identity = identity
        self.rng = rng
        self.quirks = quirks or Quirks((), rng)
        self.configuration = Configuration(connectors)
        self.timers = Timers()
        self.outbox = Outbox()
        self.tags = IdTags()
        self.profiles = Profiles()
        self.tally = Tally()
        self.main = Connector(0, Meter(0))
        self.connectors = {
            number: Connector(number, Meter(rng.randrange(100_000, 9_000_000))) for number in range(1, connectors + 1)
        }
        self.places = (self.main, *self.connectors.values())
        self.supply = Supply(self, power_w)
        self.charging = Charging(self)
        self.maintenance = Maintenance(self)
        self.life = Life(self)
        self.is_connected = False
        self._peer = Peer()
        self._sent: Message | None = None
        self._at_once: dict[str, Message] = {}
        self._effects: list[Effect] = []
        self._now_s = now_s

    # --- what a driver calls

    def connected(self, now_s: float) -> list[Effect]:
        """Take note of a connection: boot, or go on where the last one ended."""
        self._pass(now_s)
        if not self.life.is_on:
            self.life.switch_on(now_s)
        self.is_connected = True
        if self.life.is_registered:
            self.life.heartbeat_later(now_s)
            self.quirks.returned(self)
        else:
            self.life.boot(now_s)
        return self._settle(now_s)

    def disconnected(self, now_s: float) -> list[Effect]:
        """Take note of the connection's end: what is about charges waits for the next one."""
        self._pass(now_s)
        self.is_connected = False
        self._peer = Peer()
        if self._sent is not None:
            self.outbox.give_back(self._sent)
            self._sent = None
        for message in reversed(self._at_once.values()):
            self.outbox.give_back(message)
        self._at_once.clear()
        for connector in self.places:
            connector.told = None  # what it was told last may have been lost on the way
        self.outbox.forget_passing()
        self.timers.cancel("heartbeat")
        return self._settle(now_s)

    def receive(self, data: bytes, now_s: float) -> list[Effect]:
        """Take a message from the central system."""
        self._pass(now_s)
        for event in self._peer.receive(data):
            self.tally.received += 1
            if isinstance(event, Call):
                self._answer(event, now_s)
            elif isinstance(event, Answer):
                message, self._sent = self._sent, None
                self._take(message, event.frame, now_s)
            elif isinstance(event, Stray):
                self._take(self._at_once.pop(str(event.frame.unique_id), None), event.frame, now_s)
            else:
                self._garbage(event)
        return self._settle(now_s)

    def abandon(self, now_s: float) -> list[Effect]:
        """Stop waiting for an answer that does not come."""
        self._pass(now_s)
        self._peer.abandon()
        message, self._sent = self._sent, None
        if message is not None:
            self.tally.unanswered += 1
            self._failed(message, now_s)
        return self._settle(now_s)

    def advance(self, now_s: float) -> list[Effect]:
        """Let time pass, and do what was due in it, each at its own time."""
        due = self.timers.take(now_s)
        while due is not None:
            at_s, deed = due
            self._pass(at_s)
            deed(max(at_s, self._now_s))
            due = self.timers.take(now_s)
            if due is not None or now_s > self._now_s:
                self.supply.settle(self._now_s)
                due = due or self.timers.take(now_s)
        self._pass(now_s)
        return self._settle(now_s)

    def due(self) -> float | None:
        """Give the time at which ``advance`` wants to be called; None if nothing is due ever."""
        times = [self.timers.due()]
        if self.is_connected and self.life.is_on and self._sent is None and self.life.is_registered:
            times.append(self.outbox.due())
        return min((time_s for time_s in times if time_s is not None), default=None)

    @property
    def waits_for(self) -> Call | None:
        """The CALL that waits for its answer, if there is one."""
        return self._peer.waiting_for

    @property
    def is_idle(self) -> bool:
        """Tell whether all is said: nothing waits to be sent or answered."""
        return self._sent is None and not self._at_once and not self.outbox and self.life.is_registered

    @property
    def now_s(self) -> float:
        """The time up to which everything has happened."""
        return self._now_s

    # --- what the other parts of a charge point use

    def say(self, message: Message, is_urgent: bool = False) -> None:
        """
        Have a message sent when its turn comes.

        Without a connection only what is about transactions is kept. An urgent one was asked for and may be sent
        before the central system has accepted us (OCPP 1.6 §4.2).
        """
        if self.is_connected or message.transaction is not None:
            self.outbox.add(message, is_urgent)

    def stamp(self, now_s: float) -> str:
        """Give a time as it is written on the wire."""
        return utc(datetime.fromtimestamp(now_s, UTC))

    def hang_up(self, effect: HangUp) -> None:
        """Have the connection dropped; nothing more is sent on it."""
        self.is_connected = False
        self._effects.append(effect)

    # --- inside

    def _pass(self, now_s: float) -> None:
        if now_s > self._now_s:
            self.supply.run(now_s - self._now_s)
            self._now_s = now_s

    def _settle(self, now_s: float) -> list[Effect]:
        """Bring statuses up to date, send what can be sent, hand over the effects."""
        self.supply.settle(self._now_s)
        self._send(now_s)
        effects, self._effects = self._effects, []
        return effects

    def _send(self, now_s: float) -> None:
        while self.is_connected and self.life.is_on and self._sent is None:
            message = self.outbox.next(now_s, self.life.is_registered)
            if message is None:
                return
            payload = self.quirks.payload(message)
            call = Call(self.quirks.unique_id(), message.action, payload)
            if self.quirks.has("calls-at-once") and message.may_overtake:
                self._at_once[str(call.unique_id)] = message
                self._put(call.encode())
            else:
                self._sent = message
                self._put(self._peer.call(call))
            if self.life.is_registered:
                self.life.heartbeat_later(now_s)

    def _put(self, line: str) -> None:
        self.tally.sent += 1
        self._effects += [Send(data) for data in self.quirks.wire(line)]

    def _take(self, message: Message | None, frame: CallResult | CallError, now_s: float) -> None:
        """Make something of an answer."""
        if message is None:
            self.tally.strays += 1
        elif isinstance(frame, CallError):
            self.tally.refused += 1
            self._failed(message, now_s)
        else:
            if message.confirmed is not None:
                message.confirmed(frame.payload, now_s)
            self.quirks.confirmed(self, message)

    def _failed(self, message: Message, now_s: float) -> None:
        """
        Try a transaction's message again later, and give it up in the end.

        Source: OCPP 1.6 §3.7.1, §9.1.26 and §9.1.27 (TransactionMessageAttempts and -RetryInterval)
        """
        if message.action == "BootNotification":
            self.life.boot_again(now_s)
        if message.transaction is None:
            return
        message.attempts += 1
        if message.attempts >= self.configuration.integer("TransactionMessageAttempts"):
            self.tally.discarded += 1
            return
        interval_s = self.configuration.integer("TransactionMessageRetryInterval")
        message.not_before_s = now_s + interval_s * message.attempts
        self.outbox.give_back(message)

    def _answer(self, call: Call, now_s: float) -> None:
        if self.quirks.has("mute"):
            return
        frame = self._serve(call, now_s)
        self._put(self.quirks.answer(frame))

    def _serve(self, call: Call, now_s: float) -> CallResult | CallError:
        handler = HANDLERS.get(call.action)
        if handler is None:
            code = frames.NOT_SUPPORTED if call.action in OPERATIONS else frames.NOT_IMPLEMENTED
            return CallError(call.unique_id, code, f"{call.action[:50]} is not for a charge point")
        if not payloads.fits(call.action, "request", call.payload):
            fault = payloads.explain(call.action, "request", call.payload)
            if fault is not None:
                return CallError(call.unique_id, fault.error_code, fault.message)
        return CallResult(call.unique_id, handler(self, call.payload, now_s))

    def _garbage(self, garbage: Garbage) -> None:
        self.tally.garbage += 1
        if garbage.unique_id is not None:
            self._put(CallError(garbage.unique_id, frames.FORMATION_VIOLATION, garbage.reason).encode())
