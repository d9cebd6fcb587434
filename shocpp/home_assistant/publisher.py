"""
Charge points in Home Assistant: what is seen of them is published for it, and what is pressed there is done.

A process of its own, as that of hooks is: it reads what was written below run/, and sends commands as shocpp-command
does, whatever serves the charge points. What the messages hold is ``status.home_assistant``'s.
"""

from __future__ import annotations

import os
import signal
import threading
from datetime import UTC, datetime
from functools import partial

from shocpp import __version__
from shocpp.calls import ask, start_stop
from shocpp.errors import ShocppError
from shocpp.overview.seen_now import SeenNow
from shocpp.spool.conf.configuration import read_tags
from shocpp.status import home_assistant as messages
from shocpp.texts import clean
from shocpp.transports.mqtt.broker import Broker
from shocpp.transports.mqtt.broker_address import BrokerAddress
from shocpp.transports.mqtt.session import Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from paho.mqtt.client import MQTTMessage

    from shocpp.log import Log
    from shocpp.settings import Settings
    from shocpp.status.rows import Row

_LOOK_S = 1.0
_MOST_COMMANDS = 16  # at a time; each waits for a charge point


class HomeAssistant:
    """
    Publishes until SIGTERM or SIGINT.

    Args:
        settings: The settings in force.
        address: Where the broker is.
        whose: Whose charge the start button begins, a card or an account; None for the only account's.
        log: The log.
    """

    def __init__(self, settings: Settings, address: BrokerAddress, whose: str | None, log: Log) -> None:
        self._settings = settings
        self._whose = whose
        self._log = log
        self._seen = SeenNow(settings, lambda sentence: log.line("WARNING", clean(sentence, 300)))
        self._published: dict[str, str] = {}  # by topic
        self._identities: dict[str, str] = {}  # by object id
        self._commands = threading.BoundedSemaphore(_MOST_COMMANDS)
        will = (messages.STATUS, messages.OFFLINE)
        name = f"shocpp-home-assistant-{os.urandom(8).hex()}"
        session = Session(name, [messages.COMMANDS], [], False, settings.message_limit, will)
        self._broker = Broker(address, session, self._take, log.line, renewed=self._published.clear)

    def run(self, ready: Callable[[], object]) -> None:
        """
        Publish what is seen, and do what is wanted.

        Args:
            ready: Is called once everything is published for the first time.

        Raises:
            ShocppError: The broker is not there, or does not let us in.
        """
        woken, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        self._broker.connect()
        self._publish_all()
        ready()
        while woken not in self._broker.serve_once(_LOOK_S, (woken,)):
            self._broker.look()
            self._publish_all()
            self._log.flush()
        self._broker.publish(messages.STATUS, messages.OFFLINE, retain=True)
        self._broker.close()

    def _publish_all(self) -> None:
        """Publish what is new of all charge points that have a name."""
        self._publish(messages.STATUS, messages.ONLINE)
        for row in self._seen.read():
            if row["charge_point"]:
                self._publish_row(row)

    def _publish_row(self, row: Row) -> None:
        identity = row["charge_point"]
        self._identities[messages.object_id(identity)] = identity
        self._publish(messages.discovery_topic(identity), messages.discovery(row, __version__))
        self._publish(messages.state_topic(identity), messages.state(row))

    def _publish(self, topic: str, message: str) -> None:
        if self._published.get(topic) != message:
            self._published[topic] = message
            self._broker.publish(topic, message, retain=True)

    # --- what is wanted

    def _take(self, message: MQTTMessage) -> None:
        """Do what a button or a switch says, beside everything else; what the broker kept of it is too late."""
        name, what, number = messages.wanted(message.topic)
        identity = self._identities.get(name)
        if identity is not None and number.isdecimal() and not message.retain:
            do = partial(self._do, identity, what, int(number), bytes(message.payload).decode(errors="replace"))
            if self._commands.acquire(blocking=False):
                threading.Thread(target=do, daemon=True).start()
            else:
                self._log.line("WARNING", f"{clean(identity, 80)} {clean(what, 20)}: too many commands at a time")
        self._broker.acknowledge(message)

    def _do(self, identity: str, what: str, connector_id: int, payload: str) -> None:
        try:
            ask.require_accepted(self._ask(identity, what, connector_id, payload))
        except ShocppError as error:
            self._log.line("WARNING", f"{clean(identity, 80)} {clean(what, 20)}: {clean(error)}")
        finally:
            self._commands.release()

    def _ask(self, identity: str, what: str, connector_id: int, payload: str) -> ask.Confirmation:
        """Send the command that is meant."""
        if what == messages.START:
            accounts = read_tags(self._settings.tags_file)
            call, wanted = start_stop.start(accounts, self._whose, connector_id, datetime.now(UTC))
        elif what == messages.STOP:
            call, wanted = start_stop.stop()
        else:
            kind = "Inoperative" if payload == messages.OFF else "Operative"
            call, wanted = "ChangeAvailability", {"connectorId": connector_id, "type": kind}
        where = connector_id if what == messages.STOP else None
        return ask.ask(self._settings.run_dir, identity, call, wanted, connector_id=where)


def serve(settings: Settings, url: str, whose: str | None, introduce: Callable[[str], None]) -> None:
    """
    Publish charge points for Home Assistant until SIGTERM or SIGINT.

    Args:
        settings: The settings in force.
        url: The broker's.
        whose: See ``HomeAssistant``.
        introduce: Is given a sentence that says what is done, once it is.

    Raises:
        ShocppError: The address or a file makes no sense, or the broker is not there for us.
    """
    from shocpp.log import Log

    address = BrokerAddress(url, settings)
    log = Log(settings.log_file, least=settings.log_level)
    said = f"publishing the charge points of {settings.run_dir} for Home Assistant at {address}"
    HomeAssistant(settings, address, whose, log).run(lambda: introduce(said))
