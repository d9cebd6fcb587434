"""
An attempt to connect again, in a thread of its own.

To look up a name, to reach a broker that does not answer, and to agree on TLS all block; meanwhile there is other work.
"""

from __future__ import annotations

import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.transports.mqtt.broker_connection import BrokerConnection


class Attempt:
    """
    An attempt that begins now.

    Args:
        connection: One that is not made yet; nobody else touches it before the attempt is over.
        wake: Is called, in that thread, once it is over.

    Attributes:
        connection: The same.
        is_over: Its outcome is known.
        why_not: Why the connection is not made; empty if nothing was wrong.
    """

    def __init__(self, connection: BrokerConnection, wake: Callable[[], object]) -> None:
        self.connection = connection
        self.is_over = False
        self.why_not = ""
        self._wake = wake
        threading.Thread(target=self._open, name="broker", daemon=True).start()  # a leaver leaves it behind

    def _open(self) -> None:
        try:
            self.connection.open()
        except OSError as error:
            self.why_not = error.strerror or str(error)
        finally:
            self.is_over = True
            self._wake()
