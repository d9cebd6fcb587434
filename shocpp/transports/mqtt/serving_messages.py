"""
What is done with each message of a charge point: it is served by its backend, and the answer goes where it is wanted.

While a record is booked for one charge point, what else comes from it queues, and all others are served. Knows topics,
messages and backends; when a message is served, and that it is acknowledged, is the worker's.
"""

from __future__ import annotations

import json
import os
import time
from collections import deque
from functools import partial

from shocpp.backend import own_faults
from shocpp.backend.quick_decode import quick_reading
from shocpp.errors import ShocppError
from shocpp.ledger.record import Record
from shocpp.ocpp import emqx, frames, upstream
from shocpp.ocpp.topics import ANSWER, QUESTION
from shocpp.spool.conf.configuration import must_be_listed, watched_charge_points, watched_tags
from shocpp.texts import clean
from shocpp.transports.few_lines import FewLines
from shocpp.transports.mqtt import gateway_faults
from shocpp.transports.mqtt.backends import Backends
from shocpp.transports.mqtt.broker import NO_SUBSCRIBERS
from shocpp.transports.mqtt.leases import Leases
from shocpp.transports.mqtt.open_messages import OpenMessages
from shocpp.transports.mqtt.replies import reply_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from paho.mqtt.client import MQTTMessage

    from shocpp.backend.lines import Lines
    from shocpp.backend.steps import Step
    from shocpp.ledger.start import Seen
    from shocpp.log import Log
    from shocpp.ocpp.upstream import Upstream
    from shocpp.settings import Settings
    from shocpp.stores.bookkeeper import Done
    from shocpp.transports.background.booking_client import Bookkeeper
    from shocpp.transports.mqtt.broker import Broker
    from shocpp.transports.mqtt.gateway_faults import GatewayFault
    from shocpp.transports.mqtt.task import Task

    Work = Generator[Step, Done | None, None]  # yields each step that the bookkeeper takes, and wants its outcome

_TURN_S = 30.0  # for a command of this machine: how long it waits is not known here


class ServingMessages:
    """
    Serves the charge points of one worker.

    Args:
        settings: The settings in force.
        task: Which charge points are served, and on which topics.
        most: How many of them may be served at a time.
        broker: Publishes.
        bookkeeper: Books records.
        log: The log.
    """

    def __init__(
        self, settings: Settings, task: Task, most: int, broker: Broker, bookkeeper: Bookkeeper, log: Log
    ) -> None:
        self._layout = task.layout
        self._partition = task.partition
        self._broker = broker
        self._log = log
        self._odd = FewLines(log.line, "messages that get no answer")
        self._bookkeeper = bookkeeper
        self._busy: dict[str, deque[Callable[[], object]]] = {}  # what waits for a record of a charge point's
        self._reading = quick_reading()
        process = os.urandom(8).hex()
        self._open = OpenMessages(process, self._keep, self._learn)
        self._leases = Leases(process, self._keep, self._granted, time.time)
        is_list_required = must_be_listed(settings.charge_points_file, settings.charge_points_required)
        self._backends = Backends(
            settings,
            watched_tags(settings.tags_file, log.line),
            watched_charge_points(settings.charge_points_file, log.line, is_list_required),
            most,
            log,
            time.monotonic,
            self._reading,
            self._busy,
            self._open.tell,
        )
        self._asked: dict[int, str] = {}  # by the number of a command's message: whom it is for

    @property
    def is_busy(self) -> bool:
        """Tell whether any message waits for a record to be booked."""
        return bool(self._busy)

    def serve(self, message: MQTTMessage, done: Callable[[], None]) -> None:
        """
        Serve a message.

        Args:
            message: The message.
            done: Is called once its records are durable, and its answers are handed to the broker.
        """
        found = None if self._hear_others(message.topic, bytes(message.payload)) else self._read(message)
        if found is None:
            done()
        else:
            work = self._answers(found, message)
            self._in_turn(found.identity, lambda: self._advance(found.identity, work, done))

    def _read(self, message: MQTTMessage) -> Upstream | None:
        """Read a message of a charge point; None for one that is another worker's, or nobody's."""
        if self._is_anothers(message.topic):
            return None
        found = upstream.read(self._layout, message.topic, bytes(message.payload), self._reading.decode)
        if found is None:
            self._odd.line("WARNING", f"{clean(message.topic, 100)} is no topic of the layout")
            return None
        return found if self._partition.takes(found.identity) else None

    def _in_turn(self, identity: str, do: Callable[[], object]) -> None:
        """Do something about a charge point now, or after what waits for a record of its own."""
        if identity in self._busy:
            self._busy[identity].append(do)
        else:
            do()

    def _answers(self, found: Upstream, message: MQTTMessage) -> Work:
        """Answer a message; yields each step that the bookkeeper takes, and wants its outcome."""
        lines = self._backend_of(found)
        if lines is None:
            return
        answer = lines.answer(found.line)
        if isinstance(answer, list):
            for line in answer:
                self._reply(found, line, message)
            return
        for steps in lines.receive_message(found.line) if answer is None else [answer]:
            for line in (yield from steps):
                self._reply(found, line, message)
        if found.answered_id is not None:
            self._leases.release(found.identity)

    def _advance(self, identity: str, work: Work, done: Callable[[], None], outcome: Done | None = None) -> bool:
        """Go on with a message up to its next step or its end; tell whether that is its end."""
        try:
            step = work.throw(outcome) if isinstance(outcome, ShocppError) else work.send(outcome)
        except StopIteration:
            done()
            return True
        except Exception as error:  # what fails here would fail again
            own_faults.report(self._log.line, f"a message of {clean(identity, 80)}", error)
            done()
            return True
        self._busy.setdefault(identity, deque())
        self._bookkeeper.take(step, partial(self._booked, identity, work, done, step))
        return False

    def _booked(self, identity: str, work: Work, done: Callable[[], None], step: Step, outcome: Done) -> None:
        """Go on after a record was booked, or could not be."""
        if isinstance(step, Record) and isinstance(outcome, tuple) and outcome[1] and "started" not in step.fields:
            what = f"{clean(identity, 80)} transaction {step.fields.get('transaction_id')}"
            self._log.line("WARNING", f"{what}: its start is not known here, its record has neither begin nor card")
        if self._advance(identity, work, done, outcome):
            waiting = self._busy.pop(identity)
            while waiting and identity not in self._busy:
                waiting.popleft()()
            if waiting:
                self._busy[identity].extend(waiting)

    def tell_open(self) -> None:
        """Have the broker keep the charges that are open: it has lost what it kept."""
        for identity, transaction_id, seen in self._backends.open_charges():
            self._open.tell(identity, transaction_id, seen)

    def fetch_commands(self) -> None:
        """Send the commands that are in any mailbox."""
        for identity in self._backends:
            self.fetch_command(identity)

    def fetch_command(self, identity: str) -> None:
        """Have the command that is in a charge point's mailbox sent, if there is one, when it is our turn."""
        if os.access(self._backends.mailbox(identity), os.F_OK):
            self._leases.want(identity, _TURN_S)

    def _granted(self, identity: str) -> None:
        """Send the command that is in a charge point's mailbox: it is our turn."""
        self._in_turn(identity, partial(self._send_command, identity))

    def _send_command(self, identity: str) -> None:
        lines = self._backends.get(identity)
        line = lines.request() if lines is not None else None
        if line is None:
            self._leases.release(identity)
            return
        frame = frames.parse(json.loads(line))
        assert isinstance(frame, frames.Call)  # noqa: S101 - a request is one
        topic = self._layout.down.fill(identity, QUESTION, frame.action, frames.CALL, str(frame.unique_id))
        number = self._broker.publish(topic, emqx.encode_frame(frame))
        if number is not None:
            self._asked[number] = identity

    def published(self, number: int, reason: int) -> None:
        """Take note that the broker has a message; where nobody was there to take a command, nobody is connected."""
        identity = self._asked.pop(number, None)
        if identity is not None and reason == NO_SUBSCRIBERS:
            gone = "is not connected: nobody subscribes to what is for it"
            self._in_turn(identity, partial(self._backends.close, identity, gone))
            self._leases.release(identity)

    def do_deferred(self) -> float | None:
        """Do what may be late; see ``Backends.do_deferred``."""
        return self._backends.do_deferred(is_idle=False)

    def look(self) -> None:
        """Look after the charge points, once a second."""
        self._backends.look()
        self._leases.look()
        self._odd.look()

    def close(self) -> None:
        """Tidy up: the worker ends."""
        self._backends.close_all()

    def _is_anothers(self, topic: str) -> bool:
        """Tell whether a message is for another worker: most are, where there are many, and are not even read."""
        identities = self._layout.identities(topic) if self._partition.of > 1 else set()
        return bool(identities) and not any(map(self._partition.takes, identities))

    def _backend_of(self, found: Upstream) -> Lines | None:
        """Give what serves a message; None for another process's answer, and for a charge point that is not listed."""
        if found.answered_id is not None:
            lines = self._backends.get(found.identity)
            if lines is None or not lines.peer.awaits(found.answered_id):
                return None  # somebody else has asked
        lines = self._backends.hear(found.identity)
        if lines is None:
            self._odd.line("WARNING", f"{clean(found.identity, 80)} is not listed: it gets no answer")
        return lines

    def _hear_others(self, topic: str, message: bytes) -> bool:
        """Take what other processes say at the broker; False for a message of a charge point."""
        fault = gateway_faults.read(topic, message)
        if fault is not None:
            self._in_turn(fault.identity, partial(self._end_command, fault))
        return fault is not None or self._open.hear(topic, message) or self._leases.hear(topic, message)

    def _end_command(self, fault: GatewayFault) -> None:
        """End a command of ours for which a gateway says that there will be no answer."""
        lines = self._backends.get(fault.identity)
        if lines is not None and lines.peer.awaits(fault.unique_id):
            code = frames.TRY_AGAIN if fault.is_passing else frames.NOT_SENT
            told = frames.CallError(fault.unique_id, code, fault.reason)
            for steps in lines.receive_message(told.encode().encode()):
                list(steps)  # an answer has none
            self._leases.release(fault.identity)

    def _keep(self, topic: str, message: str) -> None:
        self._broker.publish(topic, message, retain=True)

    def _learn(self, identity: str, transaction_id: int, seen: Seen | None) -> None:
        if self._partition.takes(identity):
            self._in_turn(identity, partial(self._backends.learn, identity, transaction_id, seen))

    def _reply(self, found: Upstream, line: str, message: MQTTMessage) -> None:
        """Publish an answer to a charge point, and where else its message wants it."""
        frame = frames.parse(json.loads(line))
        text = emqx.encode_frame(frame)
        kind = frames.CALL_RESULT if isinstance(frame, frames.CallResult) else frames.CALL_ERROR
        topic = self._layout.down.fill(found.identity, ANSWER, found.action, kind, str(frame.unique_id))
        self._broker.publish(topic, text)
        also = reply_of(message, self._layout)
        if also is not None and also.topic != topic:
            self._broker.publish(also.topic, text, also.properties)
