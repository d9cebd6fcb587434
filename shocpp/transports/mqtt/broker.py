"""
One session at a broker: connected, and again when that is lost; messages in and out, each acknowledged.

Everything is done when its owner says so, or the loop that it has it watched by, in one thread: this never waits but
for a connection to be made. What the messages are about is not known here. MQTT 5 is spoken, and 3.1.1 with a broker
that has no 5.

Source: MQTT 5 §3.1 (CONNECT, session expiry), §4.1 (sessions), §4.4 (delivery again); MQTT 3.1.1 §3.1
"""

from __future__ import annotations

import math
import select
import time

from paho.mqtt.enums import MQTTProtocolVersion

from shocpp.errors import NotPermittedError, UnavailableError
from shocpp.transports.mqtt import client as made_client
from shocpp.transports.mqtt.client import AT_LEAST_ONCE, AT_MOST_ONCE, VERSIONS
from shocpp.transports.mqtt.on_loop import OnLoop

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    import socket
    from collections.abc import Callable, Iterable

    from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
    from paho.mqtt.properties import Properties
    from paho.mqtt.reasoncodes import ReasonCode

    from shocpp.transports.mqtt.broker_address import BrokerAddress
    from shocpp.transports.mqtt.session import Session

NO_SUBSCRIBERS = 16  # the reason with which a broker says that nobody was there for a message

_PATIENCE_S = 10.0  # with a broker that has accepted a connection and says nothing
_AGAIN_S = 1.0
_FAREWELL_S = 1.0
_UNSUPPORTED_VERSION = 0x84
_SHARED = "SharedSubscriptionAvailable"
_NOT_PERMITTED = (0x86, 0x87, 0x8A)  # bad user name or password, not authorized, banned


class Broker:
    """
    A connection to a broker.

    Args:
        address: Where it is.
        session: What is wanted of it.
        take: Is given each message; it is acknowledged when ``acknowledge`` says so, else comes again.
        say: Takes a level and a line for the log.
        published: Is told of each message of ours that the broker has taken: its number and the reason it gave.
        renewed: Is called when the broker had nothing of the session any more, and perhaps of nothing else.

    Attributes:
        has_shared_subscriptions: The broker says that it has them; with MQTT 3.1.1 it cannot.
    """

    def __init__(
        self,
        address: BrokerAddress,
        session: Session,
        take: Callable[[MQTTMessage], None],
        say: Callable[[str, str], None],
        published: Callable[[int, int], None] = lambda *_: None,
        renewed: Callable[[], None] = lambda: None,
    ) -> None:
        self._address = address
        self._session = session
        self._take = take
        self._say = say
        self._published = published
        self._renewed = renewed
        self._client = self._make(VERSIONS[0])
        self._is_connected = False
        self._is_subscribed = False
        self._refusal: ReasonCode | None = None
        self._fault = ""
        self._tried = 0.0
        self._on_loop: OnLoop | None = None
        self.has_shared_subscriptions = False

    @property
    def socket(self) -> socket.socket | None:
        """Give what leads to the broker; None while there is no connection."""
        return self._client.socket()  # type: ignore[return-value]  # over TCP it is one

    def connect(self) -> None:
        """
        Connect for the first time, and subscribe.

        Raises:
            UnavailableError: Nobody is there, or it does not speak to us.
            NotPermittedError: It does not let us in, or not subscribe.
        """
        for version in VERSIONS:
            self._client = self._make(version)
            try:
                self._begin()
            except OSError as error:
                raise UnavailableError(f"cannot reach {self._address}: {error.strerror or error}") from None
            self._await()
            if self._is_subscribed:
                return
            if self._refusal is not None and self._refusal.value != _UNSUPPORTED_VERSION:
                break
        raise self._why_not()

    def turn(self, seconds: float, others: Iterable[int] = ()) -> set[int]:
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
            waiting.register(connected, select.POLLIN | (select.POLLOUT if self._client.want_write() else 0))
        ready = dict(waiting.poll(math.ceil(max(0.0, seconds) * 1000)))
        events = ready.pop(connected.fileno(), 0) if connected is not None else 0
        if events & ~select.POLLOUT:
            self._read()
        if self._client.want_write():
            self._client.loop_write()
        return set(ready)

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have a loop serve the connection from now on, in the place of ``turn``."""
        self._on_loop = OnLoop(loop, self._client)
        self._on_loop.attach()

    def look(self) -> None:
        """See that the connection lives, and make it again when it has gone; call this once a second."""
        self._client.loop_misc()
        now = time.monotonic()
        patience_s = _AGAIN_S if self.socket is None else _PATIENCE_S
        if not self._is_connected and now - self._tried >= patience_s:
            self._try_again()
        self._settle()

    def publish(self, topic: str, message: str, properties: Properties | None = None, retain: bool = False) -> int:
        """
        Have a message published, at least once; while there is no connection it waits.

        Args:
            topic: Where.
            message: What.
            properties: What MQTT 5 says besides; 3.1.1 says it not.
            retain: The broker keeps it for those who subscribe later.

        Returns:
            The message's number.
        """
        said = properties if self.has_properties else None
        number = self._client.publish(topic, message, AT_LEAST_ONCE, retain, said).mid
        self._settle()
        return number

    @property
    def has_properties(self) -> bool:
        """Tell whether MQTT 5 is spoken."""
        return bool(self._client.protocol == MQTTProtocolVersion.MQTTv5)

    def acknowledge(self, message: MQTTMessage) -> None:
        """Tell the broker that a message is dealt with: it does not come again."""
        self._client.ack(message.mid, message.qos)
        self._settle()

    def close(self) -> None:
        """Say farewell, once what was published has left; what the session is kept for stays at the broker."""
        deadline = time.monotonic() + _FAREWELL_S
        self._client.disconnect()
        while self.socket is not None and self._client.want_write() and time.monotonic() < deadline:
            self.turn(deadline - time.monotonic())

    def _settle(self) -> None:
        """Have what waits written when that is possible; ``turn`` does that by itself."""
        if self._on_loop is not None:
            self._on_loop.attach()

    def _read(self) -> None:
        self._client.loop_read()
        while (connected := self.socket) is not None and getattr(connected, "pending", int)():
            self._client.loop_read()  # TLS has read on, and nothing would say so again

    # --- connecting

    def _make(self, version: MQTTProtocolVersion) -> Client:
        client = made_client.make(self._address, self._session, version)
        client.on_connect = self._connected
        client.on_disconnect = self._disconnected
        client.on_subscribe = self._subscribed
        client.on_message = lambda _, __, message: self._take(message)
        client.on_publish = lambda _, __, mid, reason, ___: self._published(mid, reason.value)
        return client

    def _begin(self) -> None:
        """Make a connection and ask for the session; the answer comes later."""
        self._refusal, self._fault, self._tried = None, "", time.monotonic()
        made_client.connect(self._client, self._address, self._session)

    def _await(self) -> None:
        """Wait until we are subscribed or it is clear that we shall not be."""
        deadline = self._tried + _PATIENCE_S
        while not self._is_subscribed and not self._fault and self._refusal is None:
            left = deadline - time.monotonic()
            if self.socket is None or left <= 0:
                return
            self.turn(left)

    def _why_not(self) -> UnavailableError | NotPermittedError:
        if self._fault:
            return NotPermittedError(f"{self._address}: {self._fault}")
        if self._refusal is None:
            return UnavailableError(f"{self._address} closes the connection or says nothing: is it a broker of MQTT?")
        said = f"{self._address} does not let us in: {self._refusal}"
        return NotPermittedError(said) if self._refusal.value in _NOT_PERMITTED else UnavailableError(said)

    def _try_again(self) -> None:
        self._tried = time.monotonic()
        self._is_connected = False
        try:
            self._client.reconnect()
        except OSError as error:
            self._say("WARNING", f"cannot reach {self._address}: {error.strerror or error}")

    # --- what paho calls

    def _connected(
        self, client: Client, _: object, flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        if reason.is_failure:
            self._refusal = reason
            self._say("WARNING", f"{self._address} does not let us in: {reason}")
            return
        self._is_connected = True
        self._say("INFO", f"connected to {self._address}, {'old' if flags.session_present else 'new'} session")
        self.has_shared_subscriptions = self.has_properties and getattr(properties, _SHARED, 1) != 0
        wanted = [] if self._session.is_draining else [(each, AT_LEAST_ONCE) for each in self._session.filters]
        if self._session.is_draining:
            client.unsubscribe(self._session.filters)
        # what is kept is delivered though messages wait that are not acknowledged: of those a broker sends only so many
        client.subscribe(wanted + [(each, AT_MOST_ONCE) for each in self._session.kept])
        if not flags.session_present:
            self._renewed()

    def _subscribed(self, _: Client, __: object, ___: int, reasons: list[ReasonCode], ____: Properties | None) -> None:
        wanted = [*([] if self._session.is_draining else self._session.filters), *self._session.kept]
        refused = [name for name, reason in zip(wanted, reasons, strict=False) if reason.is_failure]
        if refused:
            self._fault = f"does not let us subscribe to {', '.join(refused)}"
            self._say("ERROR", f"{self._address} {self._fault}")
        else:
            self._is_subscribed = True

    def _disconnected(
        self, _: Client, __: object, ___: DisconnectFlags, reason: ReasonCode, ____: Properties | None
    ) -> None:
        if self._is_connected:
            self._say("WARNING" if reason.is_failure else "INFO", f"disconnected from {self._address}: {reason}")
        self._is_connected = False
