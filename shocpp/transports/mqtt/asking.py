"""
A command's way to a charge point over a broker: one call, one answer, from any machine that reaches the broker.

Takes its turn (``leases``), publishes the call where the charge point's gateway subscribes, and waits for the answer
with the same unique id among all that the charge point answers, or for the gateway to say that there will be none.
"""

from __future__ import annotations

import json
import os
import time

from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from shocpp.errors import BusyError, DataError, TryAgainError, UnavailableError, UsageError
from shocpp.ocpp import emqx, frames, upstream
from shocpp.ocpp.topics import QUESTION, Layout, fits_in_topic
from shocpp.texts import plain
from shocpp.transports.mqtt import gateway_faults, leases
from shocpp.transports.mqtt.broker import NO_SUBSCRIBERS, Broker
from shocpp.transports.mqtt.broker_address import BrokerAddress
from shocpp.transports.mqtt.leases import Leases
from shocpp.transports.mqtt.session import Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from paho.mqtt.client import MQTTMessage

    from shocpp.errors import ShocppError
    from shocpp.settings import Settings
    from shocpp.transports.mqtt.gateway_faults import GatewayFault

_LOOK_S = 0.5
_MORE_S = 2.0  # that a turn may take beyond the time for the answer


def ask(settings: Settings, url: str, identity: str, unique_id: str, frame: str, timeout_s: float) -> list[object]:
    """
    Send a request frame to a charge point and give the answer's.

    Args:
        settings: The settings in force: topics, and what is shown to the broker.
        url: The broker's.
        identity: The charge point's.
        unique_id: The frame's; fresh, so that only its own answer is taken for the answer.
        frame: The complete request as JSON.
        timeout_s: How long to wait for other commands, and then again for the answer.

    Raises:
        UsageError, ConfigError, MissingError: The address, the layout or a file makes no sense.
        UnavailableError: The broker is not there, or nobody subscribes to what is for the charge point.
        NotPermittedError: The broker does not let us.
        BusyError: Other commands had their turn all the time.
        TryAgainError: No answer came in time, or the gateway says that none will.
        DataError: The gateway says what is wrong with the call.
    """
    if not fits_in_topic(identity):
        raise UsageError(f"{identity[:40]!r} has no topic at a broker; name a charge point with --charge-point")
    asker = _Asker(settings, BrokerAddress(url, settings), Layout(settings.mqtt_layout), identity, timeout_s)
    return asker.ask(unique_id, frame)


class _Asker:
    """One command on its way."""

    def __init__(
        self, settings: Settings, address: BrokerAddress, layout: Layout, identity: str, timeout_s: float
    ) -> None:
        self._layout = layout
        self._identity = identity
        self._timeout_s = timeout_s
        process = os.urandom(8).hex()
        filters = [each.filter_of(identity) for each in layout.replies]
        kept = [leases.topic_of(identity), gateway_faults.topic_of(identity)]
        session = Session(f"shocpp-command-{process}", filters, kept, False, settings.message_limit)
        self._log: list[str] = []
        self._broker = Broker(address, session, self._take, lambda _, text: self._log.append(text), self._published)
        self._leases = Leases(process, self._keep, self._granted, time.time)
        self._is_granted = False
        self._number: int | None = None
        self._is_there = True
        self._unique_id = ""
        self._answer: list[object] | None = None
        self._fault: GatewayFault | None = None

    def ask(self, unique_id: str, frame: str) -> list[object]:
        """Send the frame when it is our turn; give the answer."""
        self._unique_id = unique_id
        self._broker.connect()
        try:
            self._leases.want(self._identity, self._timeout_s + _MORE_S)
            if not self._wait(lambda: self._is_granted):
                raise BusyError(f"{self._identity} is busy with another command since {self._timeout_s:g} s; try again")
            self._send(frame)
            self._wait(lambda: self._answer is not None or self._fault is not None or not self._is_there)
            if self._answer is not None:
                return self._answer
            raise self._why_not()
        finally:
            self._leases.release(self._identity)
            self._broker.close()

    def _why_not(self) -> ShocppError:
        """Give why there is no answer."""
        if self._fault is not None:
            kind = TryAgainError if self._fault.is_passing else DataError
            return kind(f"the gateway of {self._identity} refuses the call: {plain(self._fault.reason, 300)}")
        if not self._is_there:
            return UnavailableError(f"{self._identity} is not connected: nobody subscribes to what is for it")
        return TryAgainError(f"{self._identity} has not answered within {self._timeout_s:g} s")

    def _send(self, frame: str) -> None:
        call = frames.parse(json.loads(frame))
        assert isinstance(call, frames.Call)  # noqa: S101 - a command is one
        topic = self._layout.down.fill(self._identity, QUESTION, call.action, frames.CALL, self._unique_id)
        wanted = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        wanted.MessageExpiryInterval = max(1, int(self._timeout_s))  # nobody wants it later
        self._number = self._broker.publish(topic, emqx.encode_frame(call), wanted)

    def _wait(self, is_done: Callable[[], bool]) -> bool:
        """Serve the connection until something is so; False if it is not in time."""
        deadline = time.monotonic() + self._timeout_s
        while not is_done():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            if self._broker.socket is None:
                raise UnavailableError(f"the broker has gone: {self._log[-1] if self._log else 'nobody says why'}")
            self._broker.serve_once(min(left, _LOOK_S))
            self._leases.look()
        return True

    # --- what the broker and the leases call

    def _take(self, message: MQTTMessage) -> None:
        data = bytes(message.payload)
        if not self._leases.hear(message.topic, data):
            found = upstream.read(self._layout, message.topic, data)
            if found is not None and str(found.answered_id) == self._unique_id:
                self._answer = json.loads(found.line)
            fault = gateway_faults.read(message.topic, data)
            if fault is not None and fault.unique_id == self._unique_id:
                self._fault = fault
        self._broker.acknowledge(message)

    def _published(self, number: int, reason: int) -> None:
        if number == self._number and reason == NO_SUBSCRIBERS:
            self._is_there = False

    def _keep(self, topic: str, message: str) -> None:
        self._broker.publish(topic, message, retain=True)

    def _granted(self, _: str) -> None:
        self._is_granted = True
