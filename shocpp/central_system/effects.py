"""
What ``central_system`` wants done: values in the order in which they shall happen; ``backend`` performs them.

The last of a list is always the answer, ``Reply`` or ``Refuse``. What a refusal looks like on a wire, and which code
it bears there, is the wire's.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.ledger.record import Record
    from shocpp.ocpp.frames import Payload
    from shocpp.ocpp.unread import UnreadMeterValues


class _Value:
    """An effect: equal to any other of its class whose fields are equal."""

    __slots__: tuple[str, ...] = ()
    __hash__ = None  # type: ignore[assignment]  # payloads are dictionaries

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__slots__)

    def __repr__(self) -> str:
        said = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__slots__)
        return f"{self.__class__.__name__}({said})"


class Reply(_Value):
    """Confirm with a payload."""

    __slots__ = ("payload",)

    def __init__(self, payload: Payload) -> None:
        self.payload = payload


class Refuse(_Value):
    """
    Refuse the request.

    Args:
        kind: Why, one of ``ocpp.refusals``.
        description: Why, in words for the charge point's log.
    """

    __slots__ = ("description", "kind")

    def __init__(self, kind: str, description: str) -> None:
        self.kind = kind
        self.description = description


class Book(_Value):
    """Write a record; nothing after it happens unless it is on disk."""

    __slots__ = ("record",)

    def __init__(self, record: Record) -> None:
        self.record = record


class See(_Value):
    """Note something in status.json: ``status[section][key] = value``, without key ``status[section] = value``."""

    __slots__ = ("key", "section", "value")

    def __init__(self, section: str, key: str, value: object) -> None:
        self.section = section
        self.key = key
        self.value = value


class SeeUnlisted(_Value):
    """Note a card that is not listed, unless the charge point has shown too many of late."""

    __slots__ = ("id_tag", "value")

    def __init__(self, id_tag: str, value: object) -> None:
        self.id_tag = id_tag
        self.value = value


class SeeMeter(_Value):
    """Note the payload of a MeterValues; what it says is read when the sighting is written."""

    __slots__ = ("payload",)

    def __init__(self, payload: Payload | UnreadMeterValues) -> None:
        self.payload = payload


class Open(_Value):
    """Keep what was seen of a transaction's start."""

    __slots__ = ("seen", "transaction_id")

    def __init__(self, transaction_id: int, seen: dict[str, object]) -> None:
        self.transaction_id = transaction_id
        self.seen = seen


class Close(_Value):
    """Forget an open transaction: it is booked."""

    __slots__ = ("transaction_id",)

    def __init__(self, transaction_id: int) -> None:
        self.transaction_id = transaction_id


class End(_Value):
    """
    Put an open transaction aside that ended without a stop: another one began on its connector.

    Args:
        transaction_id: Its id.
        next_wh: The meter's reading at the start of the other one.
    """

    __slots__ = ("next_wh", "transaction_id")

    def __init__(self, transaction_id: int, next_wh: int) -> None:
        self.transaction_id = transaction_id
        self.next_wh = next_wh


class PresumeOver(_Value):
    """
    Note that open transactions seem to be over, though their stops may still come.

    Args:
        connector_id: Those on this connector; None for all.
        at: When that was seen, by our clock.
    """

    __slots__ = ("at", "connector_id")

    def __init__(self, connector_id: int | None, at: str) -> None:
        self.connector_id = connector_id
        self.at = at


class Notice(_Value):
    """Tell the operator: a quirk (``kind`` is counted, logged once a connection) or, without a kind, a warning."""

    __slots__ = ("kind", "text")

    def __init__(self, kind: str, text: str) -> None:
        self.kind = kind
        self.text = text


Effect = Reply | Refuse | Book | See | SeeUnlisted | SeeMeter | Open | Close | End | PresumeOver | Notice
