"""
The start of a charge as it was seen, and the words in which ``run/<identity>/transactions/<id>.json`` keeps it.

This is the only place that knows those words: who sees a start makes its sighting here, who finds one reads it here.
Pure; where the file lies is ``spool.run.sightings``'.
"""

from __future__ import annotations

from shocpp.ledger.evidence import read as read_evidence
from shocpp.times import parse, timedelta

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from shocpp.ledger.evidence import Evidence

    Seen = dict[str, Any]  # a start in the words of its file

# what is added, but never written, to a sighting of which there may be a record
MAY_BE_BOOKED = "may_be_booked"
_AS_ONE = timedelta(minutes=1)  # a start and the sample of its reading


class Start:
    """
    What is known of a charge's start besides its transaction id.

    Args:
        meter_start_wh: The meter's reading in Wh.
        started: The time as the charge point sent it.
        connector_id: The connector, if it is known.
        id_tag: The card, if it is known.
        account: The account's name, if it is known.
        received: When it was seen, by our clock.
        is_ambiguous: Another open transaction has the same id, so that this may be the start of that one.
        presumed_over: When it was seen that the charge seems to be over, by our clock; None while it runs.
        evidence: What was known of the charge point then.

    Attributes:
        may_be_booked: There may be a record of it: a stop without an id may be of it, and nothing else is believed.
    """

    __slots__ = (
        "account",
        "connector_id",
        "evidence",
        "id_tag",
        "is_ambiguous",
        "may_be_booked",
        "meter_start_wh",
        "presumed_over",
        "received",
        "started",
    )

    def __init__(
        self,
        meter_start_wh: int | None,
        started: str | None,
        connector_id: int | None = None,
        id_tag: str | None = None,
        account: str | None = None,
        received: str | None = None,
        is_ambiguous: bool = False,
        presumed_over: str | None = None,
        evidence: Evidence | None = None,
    ) -> None:
        self.meter_start_wh = meter_start_wh
        self.started = started
        self.connector_id = connector_id
        self.id_tag = id_tag
        self.account = account
        self.received = received
        self.is_ambiguous = is_ambiguous
        self.presumed_over = presumed_over
        self.evidence = evidence or {}
        self.may_be_booked = False

    @classmethod
    def from_sighting(cls, seen: Mapping[str, object]) -> Start:
        """
        Read a sighting; what is missing, or not of its type since somebody else wrote it, is not known.

        >>> Start.from_sighting({"begin_wh": 9_042_700, "connector_id": "?"}).connector_id is None
        True
        """
        start = cls(
            _whole(seen.get("begin_wh")),
            _text(seen.get("started")),
            _whole(seen.get("connector_id")),
            _text(seen.get("id_tag")),
            _text(seen.get("account")),
            _text(seen.get("received")),
            bool(seen.get("ambiguous")),
            _text(seen.get("presumed_over")),
            evidence=read_evidence(seen.get("evidence")),
        )
        start.may_be_booked = bool(seen.get(MAY_BE_BOOKED))
        return start

    def sighting(self, transaction_id: int) -> dict[str, object]:
        """Write it as a sighting."""
        seen: dict[str, object] = {
            "transaction_id": transaction_id,
            "connector_id": self.connector_id,
            "id_tag": self.id_tag,
            "account": self.account,
            "begin_wh": self.meter_start_wh,
            "started": self.started,
            "received": self.received,
        }
        if self.is_ambiguous:
            seen["ambiguous"] = True
        if self.presumed_over:
            seen["presumed_over"] = self.presumed_over
        if self.evidence:
            seen["evidence"] = self.evidence
        return seen

    def is_same(self, other: Start) -> bool:
        """Tell whether a charge point said the same of both: connector, card, reading and time."""
        return (
            self.connector_id == other.connector_id
            and self.id_tag == other.id_tag
            and self.meter_start_wh == other.meter_start_wh
            and self.started == other.started
        )

    def is_of_another(self, begin_wh: int, began: str | None, stopped: str | None) -> bool:
        """
        Tell whether a stop says of its charge's begin what cannot be the one that was seen: reading and time differ.

        One of the two may differ all the same, since some charge points round the reading of a stop's sample: not where
        the stop was before the start that was seen.

        Args:
            begin_wh: The reading at the begin.
            began: Its time as sent.
            stopped: The stop's time as sent.
        """
        if begin_wh == self.meter_start_wh:
            return False
        said, seen, ended = parse(began), parse(self.started), parse(stopped)
        return said is None or seen is None or abs(said - seen) > _AS_ONE or (ended is not None and ended < seen)

    def mark_if_ambiguous(self, open_with_same_id: Mapping[str, object] | None) -> None:
        """Mark it if a transaction with the same id is open at another connector: the id cannot tell the two apart."""
        if open_with_same_id and _whole(open_with_same_id.get("connector_id")) != self.connector_id:
            self.is_ambiguous = True


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
