"""
What a worker shall do: a value that ``working`` makes of options and settings.

Knows which name a session has when nobody gave it one.
"""

from __future__ import annotations

import os

from shocpp.transports.mqtt.partition import Partition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.ocpp.topics import Layout

_NAME = "shocpp-worker"


class Task:
    """
    A worker's task.

    Args:
        layout: The topics of the gateway.
        client_id: The name of the session at the broker; empty for the usual one.
        partition: Which charge points are this worker's.
        group: With whom it shares a subscription, if it does: the broker hands each call to one of them.
        unit: What transaction ids carry; empty if nobody has set it.
        is_draining: Serve what waits in the session, have the broker forget it, and end.

    Attributes:
        filters: What to subscribe to.
        is_kept: The session outlives its connections. That of a group does not: what it has in hand shall go to others.
    """

    def __init__(
        self,
        layout: Layout,
        client_id: str = "",
        partition: Partition | None = None,
        group: str = "",
        unit: str = "",
        is_draining: bool = False,
    ) -> None:
        self.layout = layout
        self.partition = partition or Partition()
        self.group = group
        self.unit = unit
        self.is_draining = is_draining
        self.is_kept = not group
        self.filters = layout.shared_filters(group) if group else layout.filters
        self.client_id = client_id or self._usual_name()

    def _usual_name(self) -> str:
        """Give a name that is always the same where the session is kept, and one that nobody else has where not."""
        if self.group:
            return f"{_NAME}-{os.urandom(8).hex()}"
        return _NAME if self.partition.of == 1 else f"{_NAME}-{self.partition.number}-of-{self.partition.of}"
