"""
A worker: serves the charge points that a gateway connects to a broker.

One loop waits for the broker, for hints, for signals and for the bookkeeper, a process that waits for the disk. What a
message means is ``serving_messages``' business; here it is known when it may be served, and that it is acknowledged
afterwards: whatever happens before, the broker delivers it again, and what it says is answered again and booked once.
"""

from __future__ import annotations

import asyncio
import signal
import time
from datetime import UTC, datetime
from functools import partial

from shocpp.backend import own_faults
from shocpp.errors import UnavailableError
from shocpp.spool.files import durable
from shocpp.spool.history import has_history
from shocpp.spool.run.hints import Hints
from shocpp.stores.accounting_at import accounting_at
from shocpp.texts import clean
from shocpp.transports.background.booking_client import Bookkeeper
from shocpp.transports.mqtt import gateway_faults, leases, open_messages, shared_unit
from shocpp.transports.mqtt.broker import Broker
from shocpp.transports.mqtt.presence import Presence
from shocpp.transports.mqtt.serving_messages import ServingMessages
from shocpp.transports.mqtt.session import Session
from shocpp.transports.mqtt.shared_unit import SharedUnit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from paho.mqtt.client import MQTTMessage

    from shocpp.log import Log
    from shocpp.settings import Settings
    from shocpp.transports.mqtt.broker_address import BrokerAddress
    from shocpp.transports.mqtt.task import Task

_LOOK_S = 1.0
_DEFER_S = 0.1
_DRAINED_S = 2.0  # without a message: a broker delivers what waits as fast as it is acknowledged
_LONGEST_END_S, _PAUSE_S = 1.6, 0.01
_PATIENCE_S = 10.0  # with a broker that does not give back what was published
_LEAVE = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Worker:
    """
    Serves messages until a signal says that it is time to leave.

    Args:
        settings: The settings in force.
        address: Where the broker is.
        task: What shall be done.
        most: How many charge points may be served at a time.
        log: The log.
    """

    def __init__(self, settings: Settings, address: BrokerAddress, task: Task, most: int, log: Log) -> None:
        self._settings = settings
        self._task = task
        self._most = most
        self._log = log
        self._presence = Presence(task.client_id, datetime.now(UTC))
        # a worker that is told the unit begins while a store is away
        is_told = task.unit or not has_history(accounting_at(settings.accounting), settings.run_dir)
        self._unit = SharedUnit(task.unit, not is_told)
        kept = [self._presence.topic, shared_unit.TOPIC, open_messages.FILTER, leases.FILTER, gateway_faults.FILTER]
        session = Session(
            task.client_id, task.filters, kept, task.is_kept, settings.message_limit, is_draining=task.is_draining
        )
        self._address = address
        self._broker = Broker(address, session, self._take, log.line, self._published, self._renewed)
        self._heard = 0.0
        self._waiting: list[MQTTMessage] = []  # until all is known that the broker keeps
        self._kept: list[MQTTMessage] = []
        self._serving: ServingMessages | None = None
        self._timer: asyncio.TimerHandle | None = None

    def run(self, ready: Callable[[], object]) -> None:
        """
        Serve until SIGTERM, SIGINT or SIGHUP.

        Args:
            ready: Is called once messages are served.

        Raises:
            ShocppError: The broker is not there or does not let us in, or another worker has taken the session over.
        """
        asyncio.run(self._run(ready))

    async def _run(self, ready: Callable[[], object]) -> None:
        loop = self._loop = asyncio.get_running_loop()
        self._end: asyncio.Future[None] = loop.create_future()
        for number in _LEAVE:
            loop.add_signal_handler(number, self._leave)
        durable.make_folder(self._settings.run_dir)
        hints = Hints(self._settings.run_dir)
        bookkeeper = Bookkeeper(loop, self._settings.accounting, self._log.line)
        await bookkeeper.start()
        try:
            serving = self._begin(bookkeeper)
            loop.add_signal_handler(signal.SIGUSR1, serving.fetch_commands)
            loop.add_reader(hints.descriptor, self._take_hints, serving, hints)
            self._broker.watch(loop)
            self._heard = loop.time()
            ready()
            self._look(serving)
            await self._end
            await self._finish(serving)
            if self._task.is_draining:
                self._forget_session()
        finally:
            await bookkeeper.close()
            if self._serving is not None:
                self._serving.close()
            self._broker.close()
            loop.remove_reader(hints.descriptor)
            hints.close()
            self._log.flush()

    def _begin(self, bookkeeper: Bookkeeper) -> ServingMessages:
        """Connect, and hear what the broker keeps before the first message is served: it may be about that."""
        self._broker.connect()
        if self._task.group and not self._broker.has_shared_subscriptions:
            raise UnavailableError(f"this broker has no shared subscriptions for --share {self._task.group}")
        self._announce()
        deadline = time.monotonic() + _PATIENCE_S
        while not self._presence.is_heard:
            if time.monotonic() >= deadline:
                raise UnavailableError(f"the broker does not give back what is published at {self._presence.topic}")
            self._broker.serve_once(_PAUSE_S)
            self._broker.look()  # it may go now as well as at any other time
        self._settings.transaction_unit = unit = self._unit.decide()
        self._broker.publish(shared_unit.TOPIC, unit, retain=True)
        self._serving = serving = ServingMessages(
            self._settings, self._task, self._most, self._broker, bookkeeper, self._log
        )
        for message in (*self._kept, *self._waiting):
            self._serve_message(serving, message)
        return serving

    def _leave(self) -> None:
        if not self._end.done():
            self._end.set_result(None)

    async def _finish(self, serving: ServingMessages) -> None:
        """Give what is being booked some time; what takes longer is delivered again to the next worker."""
        deadline = self._loop.time() + _LONGEST_END_S
        while serving.is_busy and self._loop.time() < deadline:
            await asyncio.sleep(_PAUSE_S)

    def _forget_session(self) -> None:
        """Have the broker forget the session: it would go on collecting messages for days."""
        self._broker.publish(self._presence.topic, "", retain=True)
        self._broker.close()
        fresh = Session(self._task.client_id, [self._presence.topic], [], False, self._settings.message_limit)
        last = Broker(self._address, fresh, lambda _: None, self._log.line)
        last.connect()
        last.close()

    def _take_hints(self, serving: ServingMessages, hints: Hints) -> None:
        for identity in hints.take():
            serving.fetch_command(identity)

    def _look(self, serving: ServingMessages) -> None:
        """Look after the connection and the charge points, once a second."""
        self._loop.call_later(_LOOK_S, self._look, serving)
        self._broker.look()
        serving.look()
        self._log.flush()
        if self._task.is_draining and not serving.is_busy and self._loop.time() - self._heard >= _DRAINED_S:
            self._leave()

    def _plan(self, wait_s: float) -> None:
        """Have what may be late done after some seconds, or earlier if that is planned already."""
        at = self._loop.time() + wait_s
        if self._timer is None or at < self._timer.when():
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(at, self._defer)

    def _defer(self) -> None:
        """Do what may be late, and is due; write the log out."""
        self._timer = None
        again = self._serving.do_deferred() if self._serving is not None else None
        if again is not None:
            self._plan(max(again, _DEFER_S))
        self._log.flush()

    def _announce(self) -> None:
        """Say who has the session."""
        self._broker.publish(self._presence.topic, self._presence.message, retain=self._task.is_kept)

    # --- what the broker calls

    def _take(self, message: MQTTMessage) -> None:
        """Take what has come: what the broker keeps for workers, or what a charge point says."""
        topic, data = message.topic, bytes(message.payload)
        if topic == self._presence.topic:
            self._presence.hear(data)
            if self._presence.is_lost:
                self._announce()
            if self._presence.is_taken_over and not self._end.done():
                said = "another worker has connected under the same name and has the session now"
                self._end.set_exception(UnavailableError(said))
        elif topic == shared_unit.TOPIC:
            self._unit.hear(data)
        elif self._serving is None:
            is_kept = topic.startswith((open_messages.PREFIX, leases.PREFIX))
            (self._kept if is_kept else self._waiting).append(message)
        else:
            self._serve_message(self._serving, message)

    def _serve_message(self, serving: ServingMessages, message: MQTTMessage) -> None:
        """Serve a message; it is acknowledged whatever becomes of it, for what fails here would fail again."""
        self._plan(_DEFER_S)
        self._heard = self._loop.time()
        done = partial(self._broker.acknowledge, message)
        try:
            serving.serve(message, done)
        except Exception as error:
            own_faults.report(self._log.line, f"a message on {clean(message.topic, 100)}", error)
            done()

    def _renewed(self) -> None:
        """Have the broker keep anew what it has lost, if that is so: it was started again, with nothing."""
        if self._serving is not None:
            self._announce()
            self._broker.publish(shared_unit.TOPIC, self._settings.transaction_unit, retain=True)
            self._serving.tell_open()

    def _published(self, number: int, reason: int) -> None:
        if self._serving is not None:
            self._serving.published(number, reason)
