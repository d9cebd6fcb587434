"""
Lines of JSON as documents: what each of them is, and an id that is the same whenever the line comes.

Knows the lines of shocpp-records, -journal, -journal --events and -datum by what is in them; not where they go.
"""

from __future__ import annotations

import json
from hashlib import sha256

from shocpp.errors import DataError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Protocol

    Fields = dict[str, Any]
    Row = tuple[str, Fields]

    class Sink(Protocol):
        """
        Takes documents.

        Attributes:
            where: How people know it.
        """

        where: str

        def reach(self) -> None:
            """
            See that it is there, where there is nothing to be stored.

            Raises:
                ShocppError: It is not reached, as for ``put``.
            """

        def put(self, collection: str, rows: Sequence[Row]) -> None:
            """
            Store what is not there yet; it is lasting when this returns.

            Args:
                collection: Where to; a word of letters.
                rows: The id and the fields of each, which have it as ``_id``, too.

            Raises:
                TryAgainError: It is not reached, or busy: the same may be put again later.
                DataError: It does not take this, and never will.
                ShocppError: It does not work as it is set up.
            """


RECORD, SETTLEMENT, JOURNAL, EVENT, DATUM = "record", "settlement", "journal", "event", "datum"
# what a line of each kind has, and no other; the first that fits counts
_KINDS = (
    (EVENT, ("time", "event", "charge_point")),
    (JOURNAL, ("time", "charge_point", "direction", "frame")),
    (JOURNAL, ("time", "charge_point", "tags", "data")),
    (RECORD, ("unixtime", "account", "consumed_kwh")),
    (DATUM, ("created", "sourceId")),
    (SETTLEMENT, ("month", "settlement")),
)
_CALL = 2
# where ocpp-js has what a charge point says; all other actions are notifications
_STATION, _TRANSACTION, _METER_VALUES, _NOTIFICATION = "station", "transaction", "meterValues", "notification"
_OF_ACTION = {
    "BootNotification": _STATION,
    "Heartbeat": _STATION,
    "MeterValues": _METER_VALUES,
    "StartTransaction": _TRANSACTION,
    "StopTransaction": _TRANSACTION,
}
_OF_KIND = {RECORD: _TRANSACTION, EVENT: _NOTIFICATION, DATUM: _METER_VALUES}


class Document:
    """
    A line as a document.

    Attributes:
        collection: Where it belongs.
        row: Its id and its fields, with the id as ``_id``.
    """

    __slots__ = ("collection", "row")

    def __init__(self, collection: str, row: Row) -> None:
        self.collection = collection
        self.row = row


def document_of(line: bytes) -> Document:
    """
    Read a line.

    Its id is the one that stands in it, as in records; else it is made of all that it says, so that a line that comes
    again has the same.

    Raises:
        DataError: It is none of ours.

    >>> document_of(b'{"time":"2026-05-01T12:00:00.000Z","charge_point":"C","direction":"in","frame":[]}').collection
    'journal'
    """
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        raise DataError("not JSON") from None
    kind = next(
        (kind for kind, names in _KINDS if isinstance(fields, dict) and all(name in fields for name in names)), ""
    )
    if not kind:
        raise DataError("neither a record, nor a line of the journal, an event, a datum or a settlement")
    said = fields.pop("_id", None)
    key = said if isinstance(said, str) and said else _digest(fields)
    return Document(kind, (key, {"_id": key, **fields}))


def as_in_ocpp_js(document: Document) -> Document | None:
    """
    Give a document as ocpp-js has it: what a charge point said is its payload, with time, charge point and action.

    Returns:
        None for what ocpp-js does not have: answers, what was said to charge points, and settlements.
    """
    key, fields = document.row
    if document.collection == SETTLEMENT:
        return None
    if document.collection != JOURNAL:
        return Document(_OF_KIND[document.collection], document.row)
    frame = fields.get("frame")
    if fields.get("direction") != "in" or not isinstance(frame, list) or len(frame) < 4 or frame[0] != _CALL:
        return None
    action, payload = str(frame[2]), frame[3]
    head = {"_id": key, "time": fields["time"], "charge_point": fields["charge_point"], "action": action}
    said: Mapping[str, Any] = payload if isinstance(payload, dict) else {"payload": payload}
    return Document(_OF_ACTION.get(action, _NOTIFICATION), (key, {**said, **head}))


def _digest(fields: Fields) -> str:
    canonical = json.dumps(fields, separators=(",", ":"), sort_keys=True)
    return sha256(canonical.encode()).hexdigest()[:24]
