"""
The state of a charge point: what its parts share, and no behaviour but queueing a request and hanging up.

Knows none of the parts that change it: they stand above and are given it.
"""

from __future__ import annotations

from shocpp.charge_point.core.authorization import IdTags
from shocpp.charge_point.core.configuration_keys import ConfigurationKeys
from shocpp.charge_point.core.connector import Connector
from shocpp.charge_point.core.metering import Meter
from shocpp.charge_point.core.outbox import Outbox
from shocpp.charge_point.core.profiles import Profiles
from shocpp.charge_point.core.statuses import ACCEPTED
from shocpp.charge_point.core.timers import Timers
from shocpp.charge_point.quirks.quirks import Quirks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from random import Random

    from shocpp.charge_point.core.outbox import QueuedCall
    from shocpp.charge_point.core.outputs import HangUp, Output


class Tally:
    """What happened so far, in numbers: for tables and tests."""

    def __init__(self) -> None:
        self.sent = 0
        self.received = 0
        self.refused = 0
        self.unanswered = 0
        self.discarded = 0
        self.strays = 0
        self.garbage = 0


class State:
    """
    What is the case at a charge point.

    Args:
        identity: Its name on the wire; the serial number is made of it.
        rng: Where all chance comes from.
        connectors: How many there are.
        quirks: What it gets wrong; None for nothing.

    Attributes:
        main: Connector 0: the charge point itself.
        connectors: The others by number.
        all_connectors: Connector 0 and the others by number, in order.
        registration: The status of the last BootNotification.conf; empty since the last boot.
        is_on: It has power and has come up.
        is_connected: There is a connection to the central system.
        outputs: What is to be done by the driver, in order; the charge point hands it over and empties it.
    """

    def __init__(self, identity: str, rng: Random, connectors: int, quirks: Quirks | None) -> None:
        self.identity = identity
        self.rng = rng
        self.quirks = quirks or Quirks((), rng)
        self.configuration = ConfigurationKeys(connectors)
        self.timers = Timers()
        self.outbox = Outbox()
        self.tags = IdTags()
        self.profiles = Profiles()
        self.tally = Tally()
        self.main = Connector(0, Meter(0))
        self.connectors = {
            number: Connector(number, Meter(rng.randrange(100_000, 9_000_000))) for number in range(1, connectors + 1)
        }
        self.all_connectors = {0: self.main, **self.connectors}
        self.firmware_version = "1.0.0"
        self.registration = ""
        self.is_on = True
        self.is_connected = False
        self.outputs: list[Output] = []

    @property
    def is_registered(self) -> bool:
        """Tell whether the central system has accepted us since the last boot."""
        return self.registration == ACCEPTED

    @property
    def is_idle(self) -> bool:
        """Tell whether nothing waits to be sent or answered, and the central system has accepted us."""
        return self.is_registered and not self.outbox

    def queue(self, call: QueuedCall, is_urgent: bool = False) -> None:
        """
        Have a request sent when its turn comes.

        Without a connection only what is about transactions is kept. An urgent one was asked for and may be sent
        before the central system has accepted us (OCPP 1.6 §4.2).
        """
        if self.is_connected or call.transaction is not None:
            self.outbox.add(call, is_urgent)

    def hang_up(self, output: HangUp) -> None:
        """Have the connection dropped; nothing more is sent on it."""
        self.is_connected = False
        self.outputs.append(output)
