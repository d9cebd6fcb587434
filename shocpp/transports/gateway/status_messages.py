"""
What a gateway says of a charge point beside its messages: whether it is there.

A charge point may connect to another gateway while its old connection still seems to be there. Each connection has an
id, and hears what the broker keeps as the charge point's status: so the older one learns that there is a newer one.
"""

from __future__ import annotations

import json

from shocpp.compact_json import encode
from shocpp.times import utc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

STATUS = "ocpp/status/"
OURS, EARLIER, GONE, NEWER = "ours", "earlier", "gone", "newer"
_ONLINE, _OFFLINE = "online", "offline"


class Standing:
    """
    Whether a connection is its charge point's newest.

    Args:
        connection_id: The connection's.

    Attributes:
        is_known: The broker has given back what we said: what comes later from another one was said later.
    """

    def __init__(self, connection_id: str) -> None:
        self._connection_id = connection_id
        self.is_known = False

    def online(self, since: datetime) -> str:
        """
        Say that it is connected, and since when; not from where, which is nobody's business.

        >>> from datetime import UTC, datetime
        >>> Standing("a1").online(datetime(2026, 3, 15, tzinfo=UTC))
        '{"status":"online","since":"2026-03-15T00:00:00Z","connection":"a1"}'
        """
        return encode({"status": _ONLINE, "since": utc(since), "connection": self._connection_id})

    def offline(self, since: datetime | None = None) -> str:
        """Say that it is gone, and since when; nobody knows that if the broker says it of a gateway that died."""
        known = {} if since is None else {"since": utc(since)}
        return encode({"status": _OFFLINE, **known, "connection": self._connection_id})

    def hear(self, message: bytes) -> str:
        """
        Take what the broker says of the charge point.

        Returns:
            ``OURS``; ``EARLIER`` than anything of ours; that another connection is ``GONE``, or that there is a
            ``NEWER`` one.
        """
        try:
            said = json.loads(message)
        except (ValueError, RecursionError):
            return EARLIER
        connection_id = said.get("connection") if isinstance(said, dict) else None
        if connection_id == self._connection_id:
            self.is_known = True
            return OURS
        if connection_id is None or not self.is_known:
            return EARLIER
        return GONE if said.get("status") == _OFFLINE else NEWER
