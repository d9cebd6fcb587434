"""
A worker: serves the charge points that a gateway connects to a broker.

One loop waits for the broker, for hints and for signals together, and does one thing at a time. A message is
acknowledged when its record is durable and its answer is on the way: whatever happens before, the broker delivers it
again, and what it says is answered again and booked once.
"""

from __future__ import annotations

import json
import os
import select
import signal
import time
from datetime import UTC, datetime

from shocpp.backend import own_faults
from shocpp.backend.quick_decode import quick_decode
from shocpp.backend.steps import book_in_place
from shocpp.errors import UnavailableError
from shocpp.ocpp import emqx, frames, upstream
from shocpp.ocpp.topics import ANSWER, QUESTION
from shocpp.spool import durable
from shocpp.spool.accounting import Accounting
from shocpp.spool.configuration import watched_charge_points, watched_tags
from shocpp.spool.hints import Hints
from shocpp.texts import clean
from shocpp.transports.few_lines import FewLines
from shocpp.transports.mqtt.backends import Backends
from shocpp.transports.mqtt.broker import NO_SUBSCRIBERS, Broker, Session
from shocpp.transports.mqtt.presence import Presence
from shocpp.transports.mqtt.replies import reply_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from paho.mqtt.client import MQTTMessage

    from shocpp.log import Log
    from shocpp.ocpp.topics import Layout
    from shocpp.ocpp.upstream import Upstream
    from shocpp.settings import Settings
    from shocpp.transports.mqtt.broker_address import BrokerAddress

_LOOK_S = 1.0
_LEAVE = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Worker:
    """
    Serves messages until a signal says that it is time to leave.

    Args:
        settings: The settings in force.
        address: Where the broker is.
        layout: The topics of the gateway.
        client_id: The name of the session at the broker.
        most: How many charge points may be served at a time.
        log: The log.
    """

    def __init__(
        self, settings: Settings, address: BrokerAddress, layout: Layout, client_id: str, most: int, log: Log
    ) -> None:
        self._settings = settings
        self._layout = layout
        self._log = log
        self._odd = FewLines(log.line, "messages that get no answer")
        self._presence = Presence(client_id, datetime.now(UTC))
        session = Session(client_id, [*layout.filters, self._presence.topic], True, settings.message_limit)
        self._broker = Broker(address, session, self._take, log.line, self._published)
        self._accounting = Accounting(settings.accounting_dir, lambda text: log.line("WARNING", text))
        self._decode = quick_decode()
        # a list that vanishes lets nobody in, not everybody
        is_list_required = settings.charge_points_required or os.path.exists(settings.charge_points_file)
        self._backends = Backends(
            settings,
            watched_tags(settings.tags_file, log.line),
            watched_charge_points(settings.charge_points_file, log.line, is_list_required),
            most,
            log,
            time.monotonic,
            self._decode,
        )
        self._asked: dict[int, str] = {}  # by the number of a command's message: whom it is for
        self._looked = 0.0

    def run(self, ready: Callable[[], object]) -> None:
        """
        Serve until SIGTERM, SIGINT or SIGHUP.

        Args:
            ready: Is called once messages are served.

        Raises:
            ShocppError: The broker is not there or does not let us in, or another worker has taken the session over.
        """
        woken, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        for number in (*_LEAVE, signal.SIGUSR1):
            signal.signal(number, _do_nothing)
        previous = signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        durable.make_folder(self._settings.run_dir)
        hints = Hints(self._settings.run_dir)
        try:
            self._broker.connect()
            self._broker.publish(self._presence.topic, self._presence.message, retain=True)
            ready()
            self._serve(woken, hints)
        finally:
            self._backends.close_all()
            self._broker.close()
            hints.close()
            self._log.flush()
            signal.set_wakeup_fd(previous)
            os.close(woken)
            os.close(wake)

    def _serve(self, woken: int, hints: Hints) -> None:
        again: float | None = 0.0
        while not self._presence.is_taken_over:
            readable = self._wait(woken, hints, again)
            if woken in readable and not self._wake_up(os.read(woken, 512)):
                return
            if hints.descriptor in readable:
                for identity in hints.take():
                    self._fetch_command(identity)
            has_messages = self._broker.socket in readable
            if has_messages:
                self._broker.read()
            self._broker.write()
            again = self._backends.do_deferred(is_idle=not has_messages)
            self._look()
            self._log.flush()
        raise UnavailableError("another worker has connected under the same name and has the session now")

    def _wait(self, woken: int, hints: Hints, again: float | None) -> list[int | socket.socket]:
        """Give what can be read; nothing after a time."""
        connected = self._broker.socket
        reading: list[int | socket.socket] = [woken, hints.descriptor, *([connected] if connected else [])]
        writing = [connected] if connected and self._broker.wants_to_write else []
        wait = min(_LOOK_S, again) if again is not None else _LOOK_S
        readable, _, _ = select.select(reading, writing, [], wait)
        return readable

    def _wake_up(self, numbers: bytes) -> bool:
        """Act on signals; False if one of them says that it is time to leave."""
        if signal.SIGUSR1 in numbers:
            for identity in self._backends:
                self._fetch_command(identity)
        return not any(number in numbers for number in _LEAVE)

    def _look(self) -> None:
        """Look after the connection and the charge points, once a second."""
        now = time.monotonic()
        if now - self._looked >= _LOOK_S:
            self._looked = now
            self._broker.look()
            self._backends.look()
            self._odd.look()

    # --- messages

    def _take(self, message: MQTTMessage) -> None:
        """Serve a message; it is acknowledged whatever becomes of it, for what fails here would fail again."""
        if message.topic == self._presence.topic:
            self._presence.hear(bytes(message.payload))
        else:
            own_faults.attempt(self._log.line, f"a message on {clean(message.topic, 100)}", self._answer, message)
        self._broker.acknowledge(message)

    def _answer(self, message: MQTTMessage) -> None:
        found = upstream.read(self._layout, message.topic, bytes(message.payload), self._decode)
        if found is None:
            self._odd.line("WARNING", f"{clean(message.topic, 100)} is no topic of the layout")
            return
        lines = self._backends.hear(found.identity)
        if lines is None:
            self._odd.line("WARNING", f"{clean(found.identity, 80)} is not listed: it gets no answer")
            return
        answer = lines.answer(found.line)
        if answer is not None:
            self._reply(found, answer, message)
            return
        for steps in lines.receive_message(found.line):
            for line in book_in_place(steps, self._accounting):
                self._reply(found, line, message)

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

    # --- commands

    def _fetch_command(self, identity: str) -> None:
        """Send the command that is in a charge point's mailbox, if there is one."""
        lines = self._backends.get(identity)
        line = lines.request() if lines is not None else None
        if line is None:
            return
        frame = frames.parse(json.loads(line))
        assert isinstance(frame, frames.Call)  # noqa: S101 - a request is one
        topic = self._layout.down.fill(identity, QUESTION, frame.action, frames.CALL, str(frame.unique_id))
        self._asked[self._broker.publish(topic, emqx.encode_frame(frame))] = identity

    def _published(self, number: int, reason: int) -> None:
        """Take note that the broker has a message; where nobody was there to take a command, nobody is connected."""
        identity = self._asked.pop(number, None)
        if identity is not None and reason == NO_SUBSCRIBERS:
            self._backends.close(identity, "is not connected: nobody subscribes to what is for it")


def _do_nothing(number: int, frame: object) -> None:
    """Let the wake-up descriptor tell of the signal."""
