"""
One connection to a broker, from the attempt to make it until it has gone, and not again.

Knows how CONNECT and SUBSCRIBE are answered, and in which order what comes is acknowledged; that there is another
connection afterwards is not known here.

Source: MQTT 5 §3.1 (CONNECT), §3.2 (CONNACK), §3.8 (SUBSCRIBE)
"""

from __future__ import annotations

import math
import select
from typing import Protocol

from paho.mqtt.enums import MQTTProtocolVersion

from shocpp.transports.mqtt import paho_client
from shocpp.transports.mqtt.acknowledgements import Acknowledgements
from shocpp.transports.mqtt.on_loop import OnLoop
from shocpp.transports.mqtt.paho_client import AT_LEAST_ONCE, AT_MOST_ONCE

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    import socket
    from collections.abc import Iterable

    from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
    from paho.mqtt.properties import Properties
    from paho.mqtt.reasoncodes import ReasonCode

    from shocpp.transports.mqtt.broker_address import BrokerAddress
    from shocpp.transports.mqtt.session import Session

_SHARED = "SharedSubscriptionAvailable"


class BrokerConnectionOwner(Protocol):
    """What a connection tells, always in the thread that serves it."""

    def connected(self, is_session_old: bool) -> None:
        """Take note that the broker takes messages now, and whether it had the session already."""

    def refused(self, why: str) -> None:
        """Take note that the broker does not do what we want."""

    def disconnected(self, why: str, is_failure: bool) -> None:
        """Take note that a connection that was there has gone."""

    def came(self, message: MQTTMessage) -> None:
        """Take a message."""

    def taken(self, identifier: int, reason: int) -> None:
        """Take note that the broker has a message of ours, and the reason that it gave."""


class BrokerConnection:
    """
    A connection that is not made yet.

    Args:
        address: Where the broker is.
        session: What is wanted of it.
        version: Of MQTT.
        owner: Is told what happens.

    Attributes:
        version: Of MQTT.
        is_up: The broker has accepted it, and it has not gone.
        is_subscribed: So it has what the session subscribes to.
        refusal: Why the broker does not accept it; None as long as it does not say so.
        fault: What else the broker does not let us do; empty for nothing.
        has_shared_subscriptions: The broker says that it has them; with MQTT 3.1.1 it cannot.
    """

    def __init__(
        self, address: BrokerAddress, session: Session, version: MQTTProtocolVersion, owner: BrokerConnectionOwner
    ) -> None:
        self._address = address
        self._session = session
        self._owner = owner
        self.version = version
        self.is_up = self.is_subscribed = self.has_shared_subscriptions = False
        self.refusal: ReasonCode | None = None
        self.fault = ""
        self._client = client = paho_client.make(address, session, version)
        client.on_connect = self._connected
        client.on_disconnect = self._disconnected
        client.on_subscribe = self._subscribed
        client.on_message = lambda _, __, message: self._came(message)
        client.on_publish = lambda _, __, identifier, reason, ___: owner.taken(identifier, reason.value)
        self._acknowledgements = Acknowledgements(client.ack)
        self._on_loop: OnLoop | None = None
        self._is_dropped = False

    @property
    def socket(self) -> socket.socket | None:
        """Give what leads to the broker; None while there is no connection."""
        return None if self._is_dropped else self._client.socket()  # type: ignore[return-value]  # over TCP it is one

    @property
    def has_properties(self) -> bool:
        """Tell whether messages say things besides, as MQTT 5 has it."""
        return self.version == MQTTProtocolVersion.MQTTv5

    def open(self) -> None:
        """
        Reach the broker and ask for the session; the answer comes later. This blocks, and may be done by any thread.

        Raises:
            OSError: Nobody is there.
        """
        paho_client.connect(self._client, self._address, self._session)

    def serve_once(self, seconds: float, others: Iterable[int] = ()) -> set[int]:
        """
        Wait for the broker, and for others, once; take what has come from it, and write what waits to be written.

        Args:
            seconds: How long to wait at most.
            others: Descriptors of others.

        Returns:
            Those of the others that can be read.
        """
        waiting = select.poll()  # select(2) knows no descriptor above 1023, and each charge point has one
        for each in others:
            waiting.register(each, select.POLLIN)
        connected = self.socket
        if connected is not None:
            waiting.register(connected, select.POLLIN | (select.POLLOUT if self.is_writing else 0))
        ready = dict(waiting.poll(math.ceil(max(0.0, seconds) * 1000)))
        events = ready.pop(connected.fileno(), 0) if connected is not None else 0
        if events & ~select.POLLOUT:
            self._read()
        if self.is_writing:
            self._client.loop_write()
        return set(ready)

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have a loop serve the connection from now on, in the place of ``serve_once``."""
        self._on_loop = OnLoop(loop, self._client)
        self._on_loop.attach()

    @property
    def is_writing(self) -> bool:
        """Tell whether something waits to be written."""
        return self.socket is not None and self._client.want_write()

    def look(self) -> None:
        """See that the connection lives; call this once a second."""
        if self.socket is not None:
            self._client.loop_misc()
            self._write_waiting()

    def publish(self, topic: str, message: str | bytes, properties: Properties | None, retain: bool) -> int:
        """Publish a message, at least once; give its identifier on this connection."""
        identifier = self._client.publish(topic, message, AT_LEAST_ONCE, retain, properties).mid
        self._write_waiting()
        return identifier

    def acknowledge(self, message: MQTTMessage) -> None:
        """Tell the broker, when it is its turn, that a message is dealt with: it does not come again."""
        self._acknowledgements.add(message)
        self._write_waiting()

    def say_farewell(self) -> None:
        """Have the broker told that we go; what leads to it is closed once that is written."""
        self._client.disconnect()

    def drop(self) -> None:
        """Close what is still open of a connection over which the broker never said anything."""
        connected, self._is_dropped = self.socket, True
        if self._on_loop is not None:
            self._on_loop.detach()
            self._on_loop = None
        if connected is not None:
            connected.close()

    def _write_waiting(self) -> None:
        """Have what waits written when that is possible; ``serve_once`` does that by itself."""
        if self._on_loop is not None:
            self._on_loop.attach()

    def _read(self) -> None:
        self._client.loop_read()
        while (connected := self.socket) is not None and getattr(connected, "pending", int)():
            self._client.loop_read()  # TLS has read on, and nothing would say so again

    # --- what paho calls

    def _connected(
        self, client: Client, _: object, flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        if reason.is_failure:
            self.refusal = reason
            self._owner.refused(f"does not let us in: {reason}")
            return
        self.is_up = True
        self.has_shared_subscriptions = self.has_properties and getattr(properties, _SHARED, 1) != 0
        if self._session.is_draining:
            client.unsubscribe(self._session.filters)
        # what is kept is delivered though messages wait that are not acknowledged: of those a broker sends only so many
        kept = [(each, AT_MOST_ONCE) for each in self._session.kept]
        client.subscribe([(each, AT_LEAST_ONCE) for each in self._session.wanted] + kept)
        self._owner.connected(flags.session_present)

    def _subscribed(self, _: Client, __: object, ___: int, reasons: list[ReasonCode], ____: Properties | None) -> None:
        wanted = [*self._session.wanted, *self._session.kept]
        refused = [name for name, reason in zip(wanted, reasons, strict=False) if reason.is_failure]
        if refused:
            self.fault = f"does not let us subscribe to {', '.join(refused)}"
            self._owner.refused(self.fault)
        else:
            self.is_subscribed = True

    def _came(self, message: MQTTMessage) -> None:
        self._acknowledgements.expect(message)
        self._owner.came(message)

    def _disconnected(
        self, _: Client, __: object, ___: DisconnectFlags, reason: ReasonCode, ____: Properties | None
    ) -> None:
        was_up, self.is_up = self.is_up, False
        if was_up:
            self._owner.disconnected(str(reason), reason.is_failure)
