"""
What is said between one charge point and the broker: frames up as messages, messages down as frames.

Nothing is answered here but what cannot be passed on. While the broker is away the charge point hears nothing, and
after a while its connection is closed: then it queues what it has to say, as OCPP wants it, and comes back.

Source: OCPP 1.6 §4.8 (messages about transactions are kept and sent again)
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import partial

from shocpp.ocpp import downstream, emqx, frames
from shocpp.ocpp.frames import Call, CallResult, FrameError, Garbage
from shocpp.ocpp.rpc import Answer, FrameReading, Peer
from shocpp.texts import clean
from shocpp.transports.connections.waiting_tasks import WaitingTasks
from shocpp.transports.gateway import status_messages
from shocpp.transports.gateway.call_queue import LIMIT_S, CallQueue
from shocpp.transports.gateway.status_messages import GONE, NEWER, OURS, Standing
from shocpp.transports.mqtt import gateway_faults
from shocpp.transports.mqtt.publications import Publications
from shocpp.transports.wires.wire import GOING_AWAY, POLICY_VIOLATION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from paho.mqtt.client import MQTTMessage
    from paho.mqtt.properties import Properties

    from shocpp.ocpp.rpc import Event
    from shocpp.transports.connections.noting import Note
    from shocpp.transports.connections.served_connection import ServedConnection
    from shocpp.transports.connections.services import Services
    from shocpp.transports.gateway.broker_link import BrokerLink
    from shocpp.transports.gateway.exchanges_share import ExchangesShare
    from shocpp.transports.wires.wire import Message

_AWAY = "the central system is away"
AWAY_S = 10.0  # without a broker, until the connection is closed
_AGAIN_S = 1.0
_CHECK_S = 1.0  # for a broker to say what it keeps
_LAST_S = 2.0  # for what a connection said before it was closed
_MOST_WAITING = 32  # messages that the broker has not taken; beyond, no more is read
_MOST_WAITING_BYTES = 1 << 18


class Exchange:
    """
    A ``MessageHandler``.

    Args:
        connection: The charge point's.
        services: What connections share.
        share: What exchanges share.
    """

    is_known = False  # nothing here goes by it
    unfinished = 0  # each message is whole

    def __init__(self, connection: ServedConnection, services: Services, share: ExchangesShare) -> None:
        self._connection = connection
        self._services = services
        self._share = share
        self._identity = ""
        self._say: Callable[[str, str], None] = lambda *_: None
        self._peer = Peer(reading=FrameReading(share.decode))
        self._calls = CallQueue(self._peer, services.now, services.later, self._send, self._refuse)
        self._early = WaitingTasks(services.held)
        self._waiting = Publications()
        self._weighed = 0  # bytes of it, as last told to all
        self._link: BrokerLink | None = None
        self._is_up = self._has_ended = self._is_released = self._is_superseded = False
        self._times_away = 0
        self._connection_id = os.urandom(8).hex()
        self._standing = Standing(self._connection_id)

    # --- what the connection calls

    @property
    def is_started(self) -> bool:
        """Tell whether the charge point is served, or was until a moment ago."""
        return bool(self._identity)

    def serve(self) -> None:
        """Pass on what the charge point says from now on, first what has come already, and what is for it."""
        self._identity = self._connection.identity
        self._say = self._share.log.about(self._identity)
        self._say("INFO", "connected")
        self._missing()
        self._open()
        for message in self._early.take_all():
            self.add(message)  # type: ignore[arg-type]
        if not self._is_full:
            self._connection.continue_reading()

    def add(self, message: Message) -> None:
        """Pass on what is in a message, a frame at a time."""
        if not self.is_started:
            self._early.add(message)
            if self._early.are_too_many:
                self._connection.pause_reading()
            return
        events = [each for piece in self._peer.receive_message(message) for each in piece]  # type: ignore[arg-type]
        for event in events:
            self._pass_on(event, message if len(events) == 1 else b"")

    def note(self, note: Note, size: int) -> None:
        """Do nothing: the journal is kept where the backend is."""

    def fetch_command(self) -> None:
        """Do nothing: commands come over the broker."""

    def close(self, code: int, reason: str) -> None:
        """Close the WebSocket: nobody can tell whether anything is still to come."""
        self._connection.send_close(code, reason)

    def end(self) -> None:
        """Let the broker have what was said before the connection was lost, then say that the charge point is gone."""
        self._has_ended = True
        self._early.take_all()
        self._calls.close()
        if not self.is_started or self._is_released:
            return
        if self._waiting and self._is_up:
            self._services.later(_LAST_S, self._release)
        else:
            self._release()

    # --- up

    def _pass_on(self, event: Event, message: Message) -> None:
        if isinstance(event, Garbage):
            self._publish(self._topic(frames.CALL, "", ""), bytes(message) or event.text.encode())
        elif isinstance(event, Call):
            self._publish(self._topic(frames.CALL, event.action, str(event.unique_id)), emqx.encode_frame(event))
        else:
            frame = event.frame
            if isinstance(event, Answer):
                frame.unique_id = event.call.unique_id  # whoever asked knows it as it was
            kind = frames.CALL_RESULT if isinstance(frame, CallResult) else frames.CALL_ERROR
            self._publish(self._topic(kind, "", str(frame.unique_id)), emqx.encode_frame(frame))
            self._calls.go_on()

    def _topic(self, kind: int, action: str, unique_id: str) -> str:
        return self._share.layout.up(self._identity, kind, action, unique_id)

    def _publish(self, topic: str, message: str | bytes) -> None:
        """Have a message published, now or when the broker is back."""
        if not message:
            return
        number = self._waiting.add(topic, message)
        self._weigh()
        if self._is_up and number is not None:
            self._waiting.send(number, self._send_up)
        if self._is_full:
            self._connection.pause_reading()

    def _send_up(self, topic: str, message: str | bytes, _: Properties | None, is_kept: bool) -> int:
        assert self._link is not None  # noqa: S101 - it is up
        return self._link.publish(topic, message, is_kept)

    @property
    def _is_full(self) -> bool:
        is_long = len(self._waiting) >= _MOST_WAITING or self._waiting.size >= _MOST_WAITING_BYTES
        return is_long or (bool(self._waiting) and self._services.held.is_full)

    def _weigh(self) -> None:
        """Count what waits among the bytes that are held for all."""
        self._services.held.add_waiting(self._waiting.size - self._weighed)
        self._weighed = self._waiting.size

    # --- down

    def _send(self, line: str) -> None:
        self._connection.send([line])

    def _refuse(self, call: Call, reason: str) -> None:
        """Say that a call gets no answer."""
        self._tell_fault(reason, call.unique_id, is_passing=True)

    def _tell_fault(self, reason: str, unique_id: frames.UniqueId | None, is_passing: bool = False) -> None:
        self._say("WARNING", f"a message for it, id={clean(unique_id)}: {clean(reason)}")
        self._publish(gateway_faults.topic_of(self._identity), gateway_faults.say(reason, unique_id, is_passing))

    def _take(self, message: MQTTMessage) -> None:
        """Pass on what is for the charge point, if it is a frame."""
        try:
            frame = downstream.read(bytes(message.payload), self._share.decode)
            if isinstance(frame, Call):
                expiry_s = getattr(message.properties, "MessageExpiryInterval", None)
                self._calls.add(frame, LIMIT_S if expiry_s is None else expiry_s)
            else:
                self._send(frame.encode())
        except FrameError as error:
            self._tell_fault(str(error), error.unique_id)
        except RecursionError:
            self._tell_fault("it nests too deeply", None)

    # --- what the link calls

    def came(self, message: MQTTMessage) -> None:
        """Take a message for the charge point, or about it; it is dealt with, whatever becomes of it."""
        assert self._link is not None  # noqa: S101 - it is from there
        if message.topic == self._status:
            self._hear(self._standing.hear(bytes(message.payload)), bool(message.retain))
        elif not self._has_ended:
            self._take(message)
        self._link.acknowledge(message)

    def taken(self, number: int) -> None:
        """Forget a message that the broker has; read on where too many waited."""
        was_full = self._is_full
        if self._waiting.taken(number) is None:
            return  # what is said of its status does not wait
        self._weigh()
        if was_full and not self._is_full:
            self._connection.continue_reading()
        if self._has_ended and not self._waiting:
            self._release()

    def link_up(self) -> None:
        """Go on at once if this is the first link; else when it is clear that the charge point is still here."""
        if self._standing.is_known:
            self._services.later(_CHECK_S, partial(self._go_on, self._link))
        else:
            self._go_on(self._link)

    def link_down(self, why: str) -> None:
        """Try again, for a while."""
        if self._is_up:
            self._missing()
        self._is_up, self._link = False, None
        if self._has_ended:
            self._release()
        else:
            self._share.missed(why)
            self._services.later(_AGAIN_S, self._open)

    def _hear(self, standing: str, is_kept: bool) -> None:
        """Go on, or give way to a newer connection; what an older one leaves behind is not true any more."""
        if standing == OURS:
            self._go_on(self._link)
        elif standing == NEWER or (standing == GONE and is_kept):
            self._is_superseded = True
            self._say("INFO", "connects again, to another gateway: the newest connection wins")
            self._connection.send_close(POLICY_VIOLATION, "connected again")
        elif standing == GONE and self._is_up:
            self._tell_online()

    def _go_on(self, link: BrokerLink | None) -> None:
        """Say that the charge point is there; publish what has waited."""
        if link is None or link is not self._link or self._is_up or self._is_superseded or self._has_ended:
            return
        self._is_up = True
        self._share.reached()
        self._tell_online()
        self._waiting.send_all(self._send_up)

    def _tell_online(self) -> None:
        assert self._link is not None  # noqa: S101 - it is up
        self._link.publish(self._status, self._standing.online(datetime.now(UTC)), retain=True)

    # --- the broker

    @property
    def _status(self) -> str:
        return status_messages.STATUS + self._identity

    def _open(self) -> None:
        if not self._has_ended and self._link is None:
            will = (self._status, self._standing.offline())
            self._link = self._share.link(self._identity, self._connection_id, will, self)

    def _missing(self) -> None:
        """Begin to count the time without the broker."""
        self._times_away += 1
        self._services.later(AWAY_S, partial(self._give_up, self._times_away))

    def _give_up(self, times_away: int) -> None:
        """Close the connection if the broker has not been there since."""
        if not self._is_up and not self._has_ended and self._times_away == times_away:
            self._say("WARNING", f"the broker is away for {AWAY_S:g} s: its connection is closed")
            self._connection.send_close(GOING_AWAY, _AWAY)

    def _release(self) -> None:
        """Let the connection go: what could be said is said."""
        if self._is_released:
            return
        self._is_released = True
        self._services.held.add_waiting(-self._weighed)
        if self._link is not None:
            last = (self._status, self._standing.offline(datetime.now(UTC)))
            self._link.close(None if self._is_superseded else last)
        self._say("INFO", "disconnected")
        self._connection.released()
