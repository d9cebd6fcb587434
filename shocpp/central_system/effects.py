"""
What ``central_system`` wants done: values in the order in which they shall happen; ``backend`` performs them.

The last of a list is always the answer, ``Reply`` or ``Refuse``.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.ledger.record import Record
    from shocpp.ocpp.frames import Payload


class Reply:
    """Confirm with a payload."""

    __slots__ = ("payload",)

    def __init__(self, payload: Payload) -> None:
        self.payload = payload


class Refuse:
    """Answer with a CALLERROR."""

    __slots__ = ("code", "description")

    def __init__(self, code: str, description: str) -> None:
        self.code = code
        self.description = description


class Book:
    """Write a record; nothing after it happens unless it is on disk."""

    __slots__ = ("record",)

    def __init__(self, record: Record) -> None:
        self.record = record


class See:
    """Note something in status.json: ``status[section][key] = value``, without key ``status[section] = value``."""

    __slots__ = ("key", "section", "value")

    def __init__(self, section: str, key: str, value: object) -> None:
        self.section = section
        self.key = key
        self.value = value


class SeeMeter:
    """Note the payload of a MeterValues; what it says is read when the sighting is written."""

    __slots__ = ("payload",)

    def __init__(self, payload: Payload) -> None:
        self.payload = payload


class Open:
    """Keep what was seen of a transaction's start."""

    __slots__ = ("seen", "transaction_id")

    def __init__(self, transaction_id: int, seen: dict[str, object]) -> None:
        self.transaction_id = transaction_id
        self.seen = seen


class Close:
    """Forget an open transaction: it is booked."""

    __slots__ = ("transaction_id",)

    def __init__(self, transaction_id: int) -> None:
        self.transaction_id = transaction_id


class Notice:
    """Tell the operator: a quirk (``kind`` is counted, logged once a connection) or, without a kind, a warning."""

    __slots__ = ("kind", "text")

    def __init__(self, kind: str, text: str) -> None:
        self.kind = kind
        self.text = text


Effect = Reply | Refuse | Book | See | SeeMeter | Open | Close | Notice
