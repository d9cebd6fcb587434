"""
What happened, out of what the journal has: charges, refused cards, faults, connections that begin, end, or are refused.

Pure: entries of the journal in, events out. Each event is told once, when it is confirmed. That a charge point is
silent is in no entry: it is told when the next one comes, or when the owner says what time it is.
"""

from __future__ import annotations

import json

from shocpp.history.exchanges import Exchanges
from shocpp.history.silence import Silence
from shocpp.ocpp.frames import Call, CallResult
from shocpp.ocpp.reading import integer, text
from shocpp.spool.journal.journal_entry import EVENT, IN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from shocpp.history.exchanges import JournalMessage
    from shocpp.ocpp.frames import Payload
    from shocpp.spool.journal.journal_entry import JournalEntry

    Happened = tuple[str, dict[str, object]]

STARTED, STOPPED, REFUSED_CARD, FAULTED, FORBIDDEN = "started", "stopped", "refused-card", "faulted", "forbidden"
CONNECTED, DISCONNECTED, SILENT, QUIRK = "connected", "disconnected", "silent", "quirk"
_ACCEPTED = "Accepted"
_MOST_FAULTED = 10_000  # connectors whose fault is remembered, so that it is told once
_MOST_QUIRKS, _MOST_QUIRKY = 200, 10_000  # quirks of a charge point, and charge points, that are remembered
# what of an event in the journal is told, by the last of its tags
_FIELDS: dict[str, tuple[str, ...]] = {
    CONNECTED: (),
    DISCONNECTED: (),
    QUIRK: ("kind", "text"),
    FORBIDDEN: ("address", "username", "status", "error", "left_out"),
}


class Events:
    """
    Finds events while entries go by; all of a journal must pass, in order.

    Args:
        silent_after_s: Seconds after which a charge point of which nothing comes is silent; 0 for never.
    """

    def __init__(self, silent_after_s: float = 0) -> None:
        self._exchanges = Exchanges()
        self._silence = Silence(silent_after_s)
        self._faulted: set[tuple[str, int]] = set()
        self._quirks: dict[str, set[str]] = {}

    def take(self, entry: JournalEntry) -> Iterator[dict[str, object]]:
        """
        Take the next entry of the journal.

        Yields:
            Events: ``time``, ``event``, ``charge_point``, and what is known of each; what is not known is left out.
        """
        yield from self.at(entry.time)
        if entry.direction == IN:
            self._silence.hear(entry.charge_point, entry.time)
        for name, known in self._of(entry):
            yield _event(entry.time, name, entry.charge_point, known)

    def at(self, now: datetime) -> Iterator[dict[str, object]]:
        """
        Say what time it is.

        Yields:
            Events: of each charge point that has become silent, with the time at which it has.
        """
        for charge_point, at, heard in self._silence.at(now):
            yield _event(at, SILENT, charge_point, {"last_heard": _stamp(heard)})

    def expect(self, charge_points: Iterable[str], now: datetime) -> None:
        """Take charge points as heard at this time: they are connected, and nothing has come of them yet."""
        for charge_point in charge_points:
            self._silence.hear(charge_point, now)

    def _of(self, entry: JournalEntry) -> Iterator[Happened]:
        if entry.direction == EVENT:
            yield from self._told(entry)
            return
        message = self._exchanges.take(entry)
        if message is None:
            return
        if isinstance(message.frame, Call):
            if message.action == "StatusNotification" and entry.direction == IN:
                yield from self._status(entry.charge_point, message.call.payload)
            elif message.action == "BootNotification" and entry.direction == IN:
                self._quirks.pop(entry.charge_point, None)
        elif isinstance(message.frame, CallResult):
            yield from _confirmed(message, message.call.payload, message.frame.payload)

    def _told(self, entry: JournalEntry) -> Iterator[Happened]:
        """Tell what stands in the journal as an event already, by the last of its tags."""
        said = json.loads(entry.line)
        tags, data = said.get("tags"), said.get("data")
        if not isinstance(tags, list) or not tags or not isinstance(data, dict):
            return
        name = str(tags[-1])
        if name not in _FIELDS:
            return
        if name == CONNECTED:
            self._silence.hear(entry.charge_point, entry.time)
        if name != QUIRK or self._is_new(entry.charge_point, str(data.get("kind"))):
            yield name, {field: data.get(field) for field in _FIELDS[name]}

    def _is_new(self, charge_point: str, kind: str) -> bool:
        """Tell whether a charge point shows a quirk for the first time since it has booted."""
        known = self._quirks.setdefault(charge_point, set())
        if kind in known or len(known) >= _MOST_QUIRKS:
            return False
        known.add(kind)
        if len(self._quirks) > _MOST_QUIRKY:
            del self._quirks[next(iter(self._quirks))]
        return True

    def _status(self, charge_point: str, said: Payload) -> Iterator[Happened]:
        """Tell a fault when it comes; not once more while it lasts."""
        connector_id = integer(said.get("connectorId"))
        where = (charge_point, connector_id or 0)
        if text(said.get("status")) != "Faulted":
            self._faulted.discard(where)
        elif where not in self._faulted and len(self._faulted) < _MOST_FAULTED:
            self._faulted.add(where)
            fields = {"error_code": "errorCode", "info": "info", "vendor_error_code": "vendorErrorCode"}
            yield FAULTED, {"connector_id": connector_id, **{name: text(said.get(of)) for name, of in fields.items()}}


def _confirmed(message: JournalMessage, request: Payload, answer: Payload) -> Iterator[Happened]:
    """Tell what an answer makes true."""
    info = answer.get("idTagInfo")
    status = text(info.get("status")) if isinstance(info, dict) else None
    card: dict[str, object] = {"id_tag": text(request.get("idTag"))}
    if message.action == "StartTransaction" and status == _ACCEPTED:
        yield (
            STARTED,
            {
                "connector_id": integer(request.get("connectorId")),
                **card,
                "transaction_id": integer(answer.get("transactionId")),
                "meter_start": integer(request.get("meterStart")),
            },
        )
    elif message.action in ("Authorize", "StartTransaction") and status not in (None, _ACCEPTED):
        yield REFUSED_CARD, {"connector_id": integer(request.get("connectorId")), **card, "status": status}
    elif message.action == "StopTransaction":
        yield (
            STOPPED,
            {
                **card,
                "transaction_id": integer(request.get("transactionId")),
                "meter_stop": integer(request.get("meterStop")),
                "reason": text(request.get("reason")),
            },
        )


def _event(at: datetime, name: str, charge_point: str, known: dict[str, object]) -> dict[str, object]:
    """Make an event; what is not known is left out."""
    said = {field: value for field, value in known.items() if value is not None}
    return {"time": _stamp(at), "event": name, "charge_point": charge_point, **said}


def _stamp(at: datetime) -> str:
    """Write a time as the journal has it."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
