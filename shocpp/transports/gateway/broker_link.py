"""
One connection to a broker, for one charge point: from the attempt to make it until it ends, and not again.

The loop is never waited for: what blocks while a connection is made is done in a thread. What the messages are about is
not known here.

Source: MQTT 5 §3.1.2.5 (will), §3.8 (SUBSCRIBE)
"""

from __future__ import annotations

import os
from typing import Protocol

from shocpp.transports.mqtt import paho_client
from shocpp.transports.mqtt.on_loop import OnLoop
from shocpp.transports.mqtt.paho_client import AT_LEAST_ONCE, AT_MOST_ONCE

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio

    from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
    from paho.mqtt.enums import MQTTProtocolVersion
    from paho.mqtt.properties import Properties
    from paho.mqtt.reasoncodes import ReasonCode

    from shocpp.transports.background.workers import Workers
    from shocpp.transports.mqtt.broker_address import BrokerAddress
    from shocpp.transports.mqtt.session import Session

_PATIENCE_S = 10.0  # with a broker that has accepted a connection and says nothing
_LOOK_S = paho_client.KEEPALIVE_S / 2
_FAREWELL_S = 2.0


class LinkOwner(Protocol):
    """What a link tells."""

    def link_up(self) -> None:
        """Take note that the broker takes messages now."""

    def link_down(self, why: str) -> None:
        """Take note that the link has ended without our doing."""

    def came(self, message: MQTTMessage) -> None:
        """Take a message."""

    def taken(self, number: int) -> None:
        """Take note that the broker has a message of ours."""


class BrokerLink:
    """
    A link.

    Args:
        loop: The loop.
        workers: Run what blocks.
        address: Where the broker is.
        version: Of MQTT.
        session: What is wanted of the broker.
        owner: Is told what happens.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        workers: Workers,
        address: BrokerAddress,
        version: MQTTProtocolVersion,
        session: Session,
        owner: LinkOwner,
    ) -> None:
        self._loop = loop
        self._address = address
        self._session = session
        self._owner = owner
        self._is_up = self._has_ended = False
        self._timer: asyncio.TimerHandle | None = None
        self._client = self._make(version)
        self._on_loop = OnLoop(loop, self._client)
        workers.submit(self._connect, self._opened)

    def publish(self, topic: str, message: str | bytes, retain: bool = False) -> int:
        """Have a message published, at least once; give its number."""
        number = self._client.publish(topic, message, AT_LEAST_ONCE, retain).mid
        self._on_loop.write_waiting()
        return number

    def acknowledge(self, message: MQTTMessage) -> None:
        """Tell the broker that a message is dealt with."""
        self._client.ack(message.mid, message.qos)

    def close(self, last: tuple[str, str] | None) -> None:
        """
        End the link; nothing is told any more.

        Args:
            last: Topic and message that the broker keeps in the place of the will; None if it shall keep what it has.
        """
        if self._has_ended:
            return
        is_up = self._is_up
        self._end()
        if not is_up:
            self._hang_up()
            return
        # to close while something is unread would reset the connection, and the broker might not read our farewell
        rest = os.dup(self._on_loop.descriptor)
        if last is not None:
            self._client.publish(*last, AT_MOST_ONCE, retain=True)  # what is at least once may have to wait
        self._client.disconnect()
        self._on_loop.write_waiting()
        self._loop.call_later(_FAREWELL_S, self._part, rest)

    # --- connecting

    def _make(self, version: MQTTProtocolVersion) -> Client:
        client = paho_client.make(self._address, self._session, version)
        client.on_connect = self._connected
        client.on_disconnect = self._disconnected
        client.on_subscribe = self._subscribed
        client.on_message = lambda _, __, message: self._came(message)
        client.on_publish = lambda _, __, mid, *___: self._taken(mid)
        return client

    def _connect(self) -> None:
        if not self._has_ended:
            paho_client.connect(self._client, self._address, self._session)

    def _opened(self, _: object, error: BaseException | None) -> None:
        """Serve the connection on the loop from now on."""
        if self._has_ended:
            self._hang_up()
        elif error is not None or not self._on_loop.attach():
            self._lost(f"cannot reach {self._address}: {getattr(error, 'strerror', None) or error}")
        elif not self._has_ended:
            self._timer = self._loop.call_later(_PATIENCE_S, self._lost, f"{self._address} says nothing")

    # --- what the clock calls

    def _look(self) -> None:
        """See that the connection lives."""
        self._timer = self._loop.call_later(_LOOK_S, self._look)
        self._client.loop_misc()
        self._on_loop.write_waiting()

    # --- what paho calls

    def _connected(self, client: Client, _: object, __: ConnectFlags, reason: ReasonCode, ___: object) -> None:
        if self._has_ended:
            return
        if reason.is_failure:
            self._lost(f"{self._address} does not let us in: {reason}")
            return
        self._is_up = True
        # a broker does one thing after another: whoever answers what is published next, we hear it
        filters, kept = self._session.filters, self._session.kept
        client.subscribe([(each, AT_LEAST_ONCE) for each in filters] + [(each, AT_MOST_ONCE) for each in kept])
        self._cancel()
        self._timer = self._loop.call_later(_LOOK_S, self._look)
        self._owner.link_up()

    def _subscribed(self, _: Client, __: object, ___: int, reasons: list[ReasonCode], ____: Properties | None) -> None:
        if any(reason.is_failure for reason in reasons):
            self._lost(f"{self._address} does not let us subscribe to {', '.join(self._session.filters)}")

    def _disconnected(
        self, _: Client, __: object, ___: DisconnectFlags, reason: ReasonCode, ____: Properties | None
    ) -> None:
        self._lost(f"disconnected from {self._address}: {reason}")

    def _came(self, message: MQTTMessage) -> None:
        if not self._has_ended:
            self._owner.came(message)

    def _taken(self, number: int) -> None:
        if not self._has_ended:
            self._owner.taken(number)

    # --- the end

    def _lost(self, why: str) -> None:
        if not self._has_ended:
            self._end()
            self._hang_up()
            self._owner.link_down(why)

    def _end(self) -> None:
        self._has_ended, self._is_up = True, False
        self._cancel()

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _part(self, rest: int) -> None:
        """Close what was left open for the farewell."""
        self._hang_up()
        os.close(rest)

    def _hang_up(self) -> None:
        """Close what is still open."""
        connected = self._client.socket()
        self._on_loop.detach()
        if connected is not None:
            connected.close()
