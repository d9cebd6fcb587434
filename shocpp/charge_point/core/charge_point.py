"""
The charge point as a whole: its connection, what it sends and when, what it makes of what comes in.

Time is seconds since the epoch and only moves when a caller says so. Every public method that lets something
happen gives the outputs of it, in order. What a charge is, ``charging`` knows; what commands mean, ``commands_core``
and its neighbours.
"""

from __future__ import annotations

from shocpp.charge_point.core.commands_core import HANDLERS
from shocpp.charge_point.core.outputs import Send
from shocpp.charge_point.core.parts import Parts
from shocpp.charge_point.core.repetitions import Repetitions
from shocpp.charge_point.core.state import State
from shocpp.ocpp import frames
from shocpp.ocpp.codes import CODES
from shocpp.ocpp.frames import Call, CallError, CallResult
from shocpp.ocpp.rpc import Answer, Peer, Stray
from shocpp.ocpp.v16 import payloads
from shocpp.ocpp.v16.operations import OPERATIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from random import Random

    from shocpp.charge_point.core.outbox import QueuedCall
    from shocpp.charge_point.core.outputs import Output
    from shocpp.charge_point.quirks.quirks import Quirks
    from shocpp.ocpp.frames import Garbage, Payload


class SimulatedChargePoint:
    """
    A charge point in software.

    Args:
        identity: Its name on the wire.
        rng: Where all chance comes from.
        now_s: The time at which it is switched on.
        connectors: How many there are.
        quirks: What it gets wrong; None for nothing.
        power_w: What one connector can deliver.

    Attributes:
        state: What is the case.
        charging: Its part for cards, cables and charges; ``supply`` that for power and readings, ``life`` for boots.
        connectors: Its connectors by number, without connector 0.
        now_s: The time up to which everything has happened.
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
        self.state = state = State(identity, rng, connectors, quirks)
        self._parts = parts = Parts(state, power_w)
        self.charging, self.supply, self.life = parts.charging, parts.supply, parts.life
        self.connectors = state.connectors
        self.now_s = now_s
        self._repetitions = Repetitions(state)
        self._peer = Peer()

    def connected(self, now_s: float) -> list[Output]:
        """Take note of a connection: boot, or go on where the last one ended."""
        self._pass(now_s)
        if not self.state.is_on:
            self.life.switch_on(now_s)
        self.state.is_connected = True
        if self.state.is_registered:
            self.life.heartbeat_later(now_s)
            self._repetitions.reconnected()
        else:
            self.life.boot(now_s)
        return self._finish(now_s)

    def disconnected(self, now_s: float) -> list[Output]:
        """Take note of the connection's end: what is about charges waits for the next one."""
        self._pass(now_s)
        self.state.is_connected = False
        self._peer = Peer()
        self.state.outbox.disconnected()
        for connector in self.state.all_connectors.values():
            connector.told = None  # what it was told last may have been lost on the way
        self.state.timers.cancel("heartbeat")
        return self._finish(now_s)

    def receive(self, data: bytes, now_s: float) -> list[Output]:
        """Take a message from the central system."""
        self._pass(now_s)
        outbox = self.state.outbox
        for event in self._peer.receive(data):
            self.state.tally.received += 1
            if isinstance(event, Call):
                self._answer(event, now_s)
            elif isinstance(event, Answer):
                self._take_answer(outbox.take_awaited(), event.frame, now_s)
            elif isinstance(event, Stray):
                self._take_answer(outbox.overtaking.pop(str(event.frame.unique_id), None), event.frame, now_s)
            else:
                self._take_garbage(event)
        return self._finish(now_s)

    def abandon(self, now_s: float) -> list[Output]:
        """Stop waiting for an answer that does not come."""
        self._pass(now_s)
        self._peer.abandon()
        call = self.state.outbox.take_awaited()
        if call is not None:
            self.state.tally.unanswered += 1
            self._failed(call, now_s)
        return self._finish(now_s)

    def advance(self, now_s: float) -> list[Output]:
        """Let time pass, and do what was due in it, each at its own time."""
        timers = self.state.timers
        due = timers.take(now_s)
        while due is not None:
            at_s, callback = due
            self._pass(at_s)
            callback(max(at_s, self.now_s))
            due = timers.take(now_s)
            if due is not None or now_s > self.now_s:
                self.supply.update(self.now_s)
                due = due or timers.take(now_s)
        self._pass(now_s)
        return self._finish(now_s)

    def due(self) -> float | None:
        """Give the time at which ``advance`` wants to be called; None if nothing is due ever."""
        state = self.state
        times = [state.timers.due()]
        if state.is_connected and state.is_on and state.outbox.awaited is None and state.is_registered:
            times.append(state.outbox.due())
        return min((time_s for time_s in times if time_s is not None), default=None)

    @property
    def waits_for(self) -> Call | None:
        """The CALL that waits for its answer, if there is one."""
        return self._peer.waiting_for

    def _pass(self, now_s: float) -> None:
        """Let energy flow until a time."""
        if now_s > self.now_s:
            self.supply.run(now_s - self.now_s)
            self.now_s = now_s

    def _finish(self, now_s: float) -> list[Output]:
        """Bring statuses up to date, send what can be sent, hand over the outputs."""
        self.supply.update(self.now_s)
        self._send_queued(now_s)
        outputs, self.state.outputs = self.state.outputs, []
        return outputs

    def _send_queued(self, now_s: float) -> None:
        state = self.state
        while state.is_connected and state.is_on and state.outbox.awaited is None:
            queued = state.outbox.next(now_s, state.is_registered)
            if queued is None:
                return
            payload = self._payload(queued)
            call = Call(state.quirks.unique_id(), queued.action, payload)
            if state.quirks.has("calls-at-once") and queued.may_overtake:
                state.outbox.overtaking[str(call.unique_id)] = queued
                self._send(call.encode())
            else:
                state.outbox.awaited = queued
                self._send(self._peer.call(call))
            if state.is_registered:
                self.life.heartbeat_later(now_s)

    def _payload(self, queued: QueuedCall) -> Payload:
        """Give a request's payload as it is sent; what quirks made of it is the same if it is sent again."""
        payload = queued.filled_in()
        if not self.state.quirks.names:
            return payload
        if queued.shaped is None:
            transaction = queued.transaction
            start_wh = 0 if transaction is None else transaction.meter_start_wh
            queued.shaped = self.state.quirks.shape(queued.action, payload, start_wh)
        return queued.shaped

    def _send(self, line: str) -> None:
        self.state.tally.sent += 1
        self.state.outputs += [Send(data) for data in self.state.quirks.wire(line)]

    def _take_answer(self, call: QueuedCall | None, frame: CallResult | CallError, now_s: float) -> None:
        """Do what follows from the answer to a request; None for one that nobody waits for."""
        if call is None:
            self.state.tally.strays += 1
        elif isinstance(frame, CallError):
            self.state.tally.refused += 1
            self._failed(call, now_s)
        else:
            if call.confirmed is not None:
                call.confirmed(frame.payload, now_s)
            self._repetitions.confirmed(call)

    def _failed(self, call: QueuedCall, now_s: float) -> None:
        """
        Try a transaction's request again later, and give it up in the end.

        Source: OCPP 1.6 §3.7.1, §9.1.26 and §9.1.27 (TransactionMessageAttempts and -RetryInterval)
        """
        if call.action == "BootNotification":
            self.life.boot_again(now_s)
        if call.transaction is None:
            return
        call.attempts += 1
        if call.attempts >= self.state.configuration.integer("TransactionMessageAttempts"):
            self.state.tally.discarded += 1
            return
        interval_s = self.state.configuration.integer("TransactionMessageRetryInterval")
        call.not_before_s = now_s + interval_s * call.attempts
        self.state.outbox.give_back(call)

    def _answer(self, call: Call, now_s: float) -> None:
        if not self.state.quirks.has("mute"):
            self._send(self.state.quirks.answer(self._serve(call, now_s)))

    def _serve(self, call: Call, now_s: float) -> CallResult | CallError:
        handler = HANDLERS.get(call.action)
        if handler is None:
            code = frames.NOT_SUPPORTED if call.action in OPERATIONS else frames.NOT_IMPLEMENTED
            return CallError(call.unique_id, code, f"{call.action[:50]} is not for a charge point")
        if not payloads.fits(call.action, "request", call.payload):
            fault = payloads.explain(call.action, "request", call.payload)
            if fault is not None:
                return CallError(call.unique_id, CODES[fault.refusal], fault.message)
        return CallResult(call.unique_id, handler(self._parts, call.payload, now_s))

    def _take_garbage(self, garbage: Garbage) -> None:
        self.state.tally.garbage += 1
        if garbage.unique_id is not None:
            self._send(CallError(garbage.unique_id, frames.FORMATION_VIOLATION, garbage.reason).encode())
