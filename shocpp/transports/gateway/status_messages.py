"""What a gateway says of a charge point beside its messages: whether it is there, and what was wrong with one."""

from __future__ import annotations

from shocpp.compact_json import encode
from shocpp.times import utc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from shocpp.ocpp.frames import UniqueId

STATUS, ERROR = "ocpp/status/", "ocpp/error/"


def online(since: datetime) -> str:
    """
    Say that it is connected, and since when; not from where, which is nobody's business.

    >>> from datetime import UTC, datetime
    >>> online(datetime(2026, 3, 15, tzinfo=UTC))
    '{"status":"online","since":"2026-03-15T00:00:00Z"}'
    """
    return encode({"status": "online", "since": utc(since)})


def offline(since: datetime | None = None) -> str:
    """Say that it is not connected, and since when; nobody knows that if the broker says it of a gateway that died."""
    return encode({"status": "offline", **({} if since is None else {"since": utc(since)})})


def fault(reason: str, unique_id: UniqueId | None) -> str:
    """
    Say what was wrong with a message for it.

    >>> fault("a CALL without an action", "19")
    '{"UniqueId":"19","Error":"a CALL without an action"}'
    """
    return encode({"UniqueId": unique_id, "Error": reason})
