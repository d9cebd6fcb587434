"""
What happened, out of the frames that passed: charges, refused cards, faults, connections that were turned away.

Pure: entries of the journal in, events out. Each event is told once, when it is confirmed; what is not in the journal,
when a connection began or ended, is not told.
"""

from __future__ import annotations

import json

from shocpp.history.exchanges import Exchanges
from shocpp.ocpp.frames import Call, CallResult
from shocpp.ocpp.reading import integer, text
from shocpp.spool.journal_entry import EVENT, IN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from shocpp.history.exchanges import JournalMessage
    from shocpp.ocpp.frames import Payload
    from shocpp.spool.journal_entry import JournalEntry

    Happened = tuple[str, dict[str, object]]

STARTED, STOPPED, REFUSED_CARD, FAULTED, FORBIDDEN = "started", "stopped", "refused-card", "faulted", "forbidden"
_ACCEPTED = "Accepted"
_MOST_FAULTED = 10_000  # connectors whose fault is remembered, so that it is told once


class Events:
    """Finds events while entries go by; all of a journal must pass, in order."""

    def __init__(self) -> None:
        self._exchanges = Exchanges()
        self._faulted: set[tuple[str, int]] = set()

    def take(self, entry: JournalEntry) -> Iterator[dict[str, object]]:
        """
        Take the next entry of the journal.

        Yields:
            Events: ``time``, ``event``, ``charge_point``, and what is known of each; what is not known is left out.
        """
        for name, known in self._of(entry):
            said = {field: value for field, value in known.items() if value is not None}
            yield {"time": _time_of(entry), "event": name, "charge_point": entry.charge_point, **said}

    def _of(self, entry: JournalEntry) -> Iterator[Happened]:
        if entry.direction == EVENT:
            yield from _told(entry)
            return
        message = self._exchanges.take(entry)
        if message is None or message.call is None:
            return
        if isinstance(message.frame, Call):
            if message.action == "StatusNotification" and entry.direction == IN:
                yield from self._status(entry.charge_point, message.call.payload)
        elif isinstance(message.frame, CallResult):
            yield from _confirmed(message, message.call.payload, message.frame.payload)

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


def _told(entry: JournalEntry) -> Iterator[Happened]:
    """Tell what stands in the journal as an event already, by the last of its tags."""
    said = json.loads(entry.line)
    tags, data = said.get("tags"), said.get("data")
    if isinstance(tags, list) and tags and tags[-1] == FORBIDDEN and isinstance(data, dict):
        fields = ("address", "username", "status", "error", "left_out")
        yield FORBIDDEN, {field: data.get(field) for field in fields}


def _time_of(entry: JournalEntry) -> str:
    """Give an entry's time as the journal has it."""
    return f"{entry.time:%Y-%m-%dT%H:%M:%S}.{entry.time.microsecond // 1000:03d}Z"
