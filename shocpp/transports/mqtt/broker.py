"""
One session at a broker: connected, and again when that is lost; messages in and out, each acknowledged.

Everything is done when its owner says so, or the loop that it has it watched by, in one thread: this never waits but
for the first connection to be made. What the messages are about is not known here. MQTT 5 is spoken, and 3.1.1 with a
broker that has no 5.

Source: MQTT 5 §3.1 (CONNECT, session expiry), §4.1 (sessions), §4.4 (delivery again); MQTT 3.1.1 §3.1
"""

from __future__ import annotations

import time
from contextlib import suppress

from shocpp.errors import NotPermittedError, UnavailableError
from shocpp.transports.held_limit import held_limit
from shocpp.transports.mqtt.attempt import Attempt
from shocpp.transports.mqtt.broker_connection import BrokerConnection
from shocpp.transports.mqtt.paho_client import VERSIONS
from shocpp.transports.mqtt.publications import Publications

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    import socket
    from collections.abc import Callable, Iterable

    from paho.mqtt.client import MQTTMessage
    from paho.mqtt.properties import Properties

    from shocpp.transports.mqtt.broker_address import BrokerAddress
    from shocpp.transports.mqtt.session import Session

NO_SUBSCRIBERS = 16  # the reason with which a broker says that nobody was there for a message

_PATIENCE_S = 10.0  # with a broker that has accepted a connection and says nothing
_AGAIN_S = 1.0
_FAREWELL_S = 1.0
_UNSUPPORTED_VERSION = 0x84
_NOT_PERMITTED = (0x86, 0x87, 0x8A)  # bad user name or password, not authorized, banned


class Broker:
    """
    A session, and the connection to its broker that there is: the ``BrokerConnectionOwner``.

    Args:
        address: Where it is.
        session: What is wanted of it.
        take: Is given each message; it is acknowledged when ``acknowledge`` says so, else comes again.
        say: Takes a level and a line for the log.
        published: Is told of each message of ours that the broker has taken: its number and the reason it gave.
        renewed: Is called when the broker had nothing of the session any more, and perhaps of nothing else.
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
        self._publications = Publications(held_limit(session.message_limit))
        self._connection = BrokerConnection(address, session, VERSIONS[0], self)
        self._attempt: Attempt | None = None
        self._tried = 0.0
        self._why_away = ""  # what was said last of a broker that cannot be reached
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def socket(self) -> socket.socket | None:
        """Give what leads to the broker; None while there is no connection."""
        return self._connection.socket

    @property
    def has_shared_subscriptions(self) -> bool:
        """Tell whether the broker says that it has them; with MQTT 3.1.1 it cannot."""
        return self._connection.has_shared_subscriptions

    @property
    def has_properties(self) -> bool:
        """Tell whether MQTT 5 is spoken."""
        return self._connection.has_properties

    def connect(self) -> None:
        """
        Connect for the first time, and subscribe.

        Raises:
            UnavailableError: Nobody is there, or it does not speak to us.
            NotPermittedError: It does not let us in, or not subscribe.
        """
        for version in VERSIONS:
            self._connection = connection = BrokerConnection(self._address, self._session, version, self)
            try:
                connection.open()
            except OSError as error:
                raise UnavailableError(f"cannot reach {self._address}: {error.strerror or error}") from None
            self._await(connection)
            if connection.is_subscribed:
                return
            if connection.refusal is not None and connection.refusal.value != _UNSUPPORTED_VERSION:
                break
        raise self._why_not(connection)

    def serve_once(self, seconds: float, others: Iterable[int] = ()) -> set[int]:
        """Wait for the broker, and for others, once, as ``BrokerConnection.serve_once`` does."""
        return self._connection.serve_once(seconds, others)

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have a loop serve the connection from now on, in the place of ``serve_once``."""
        self._loop = loop
        self._connection.watch(loop)

    def look(self) -> None:
        """See that the connection lives, and have it made again when it has gone; call this once a second."""
        self._connection.look()
        self._end_attempt()
        patience_s = _AGAIN_S if self.socket is None else _PATIENCE_S
        is_due = time.monotonic() - self._tried >= patience_s
        if is_due and self._attempt is None and not self._connection.is_up:
            self._try_again()

    def publish(
        self, topic: str, message: str, properties: Properties | None = None, retain: bool = False
    ) -> int | None:
        """
        Have a message published, at least once; while there is no connection it waits, as far as there is room.

        A message that is dropped is told in the log. What it answers is not acknowledged while there is no connection,
        and is delivered again.

        Args:
            topic: Where.
            message: What.
            properties: What MQTT 5 says besides; 3.1.1 says it not.
            retain: The broker keeps it for those who subscribe later.

        Returns:
            The message's number; None if it is dropped, since too much waits. What the broker keeps never is.
        """
        number = self._publications.add(topic, message, properties if self.has_properties else None, retain)
        if number is None:
            if self._publications.dropped == 1:
                self._say("ERROR", f"too much waits for {self._address}: answers are dropped")
        elif self._connection.is_up:
            self._publications.send(number, self._connection.publish)
        return number

    def acknowledge(self, message: MQTTMessage) -> None:
        """Tell the broker, once all is dealt with that came before it, that a message is: it does not come again."""
        self._connection.acknowledge(message)

    def close(self) -> None:
        """Say farewell, once what was published has left; what the session is kept for stays at the broker."""
        deadline = time.monotonic() + _FAREWELL_S
        self._connection.say_farewell()
        while self.socket is not None and self._connection.is_writing and time.monotonic() < deadline:
            self.serve_once(deadline - time.monotonic())

    # --- connecting

    def _await(self, connection: BrokerConnection) -> None:
        """Wait until we are subscribed or it is clear that we shall not be."""
        deadline = time.monotonic() + _PATIENCE_S
        while not connection.is_subscribed and not connection.fault and connection.refusal is None:
            left = deadline - time.monotonic()
            if connection.socket is None or left <= 0:
                return
            connection.serve_once(left)

    def _why_not(self, connection: BrokerConnection) -> UnavailableError | NotPermittedError:
        if connection.fault:
            return NotPermittedError(f"{self._address} {connection.fault}")
        if connection.refusal is None:
            return UnavailableError(f"{self._address} closes the connection or says nothing: is it a broker of MQTT?")
        said = f"{self._address} does not let us in: {connection.refusal}"
        return NotPermittedError(said) if connection.refusal.value in _NOT_PERMITTED else UnavailableError(said)

    def _try_again(self) -> None:
        """Begin to connect, in the place of a connection that has gone or of one over which nothing came."""
        self._tried = time.monotonic()
        self._connection.drop()
        connection = BrokerConnection(self._address, self._session, self._connection.version, self)
        self._attempt = Attempt(connection, self._wake)

    def _wake(self) -> None:
        """Have the loop, if there is one, see that an attempt is over; called by the attempt's thread."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended: nobody wants to know
                self._loop.call_soon_threadsafe(self._end_attempt)

    def _end_attempt(self) -> None:
        """Go on with the connection that an attempt has made, once it is over; where there is none, say why."""
        attempt = self._attempt
        if attempt is None or not attempt.is_over:
            return
        self._attempt = None
        self._connection = attempt.connection
        if self.socket is None:
            self._tell_why_away(attempt.why_not or "it closes the connection")
        elif self._loop is not None:
            self._connection.watch(self._loop)

    def _tell_why_away(self, why: str) -> None:
        """Say why the broker cannot be reached, unless that was said before and is still so."""
        if why != self._why_away:
            self._why_away = why
            self._say("WARNING", f"cannot reach {self._address}: {why}; it is tried again until it is there")

    # --- what the connection calls

    def connected(self, is_session_old: bool) -> None:
        """Publish what waits; have what the broker has lost told anew."""
        self._why_away = ""
        self._say("INFO", f"connected to {self._address}, {'old' if is_session_old else 'new'} session")
        self._tell_dropped()
        self._publications.send_all(self._connection.publish)
        if not is_session_old:
            self._renewed()

    def refused(self, why: str) -> None:
        """Say what the broker does not do."""
        self._say("ERROR", f"{self._address} {why}")

    def disconnected(self, why: str, is_failure: bool) -> None:
        """Say that the connection has gone."""
        self._say("WARNING" if is_failure else "INFO", f"disconnected from {self._address}: {why}")

    def came(self, message: MQTTMessage) -> None:
        """Hand a message on."""
        self._take(message)

    def taken(self, identifier: int, reason: int) -> None:
        """Forget a message of ours that the broker has."""
        number = self._publications.taken(identifier)
        assert number is not None  # noqa: S101 - nothing is published but by ``publish``
        self._published(number, reason)

    def _tell_dropped(self) -> None:
        """Say how many messages were dropped since the last time."""
        dropped, self._publications.dropped = self._publications.dropped, 0
        if dropped:
            self._say("ERROR", f"{dropped} messages for {self._address} were dropped: too much waited")
