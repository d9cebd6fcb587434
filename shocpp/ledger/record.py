"""
The accounting record of one finished charge: what it says and what it is called.

Pure bookkeeping: readings, times and names come in, the fields of the file come out (docs/files.md).
Knows no protocol and no disk.
"""

from __future__ import annotations

from shocpp.ledger import stop_identity
from shocpp.ledger import transaction_id as ids
from shocpp.ledger.accounts import UNASSIGNED
from shocpp.ledger.plausible_times import is_plausible
from shocpp.ledger.reckoning import Reckoning
from shocpp.times import datetime, on_the_wall, parse, utc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from shocpp.ledger.accounts import Accounts
    from shocpp.ledger.start import Start

# why a charge is unassigned: several that were open fit; its account may not charge at its charge point
AMBIGUOUS, FOREIGN_ACCOUNT = "ambiguous", "foreign-account"


class Stop:
    """
    The end of a charge as reported.

    Args:
        identity: The charge point's; empty for the anonymous one.
        transaction_id: The charge's id, None where it cannot be told.
        meter_stop_wh: The meter's reading in Wh.
        stopped: The time as sent.
        as_sent: Transaction id and meter stop as sent, as texts.
        parsed: The same as numbers, before any factor; None where they cannot be read.
        id_tag: The card that ended it, if one did.
        reason: Why it ended, if that was said.
        start: What is known of its begin.
        unassigned_because: Why it is nobody's, where there is something to say.
        signed: The signed meter values that came with it, as they were sent.
        signed_left_out: How many of them are not here, since they were too many.

    Attributes:
        claimed: The time as sent, in UTC; None where it cannot be read.
        second: The same in seconds since the epoch.
    """

    __slots__ = (
        "as_sent",
        "claimed",
        "id_tag",
        "identity",
        "meter_stop_wh",
        "parsed",
        "reason",
        "second",
        "signed",
        "signed_left_out",
        "start",
        "stopped",
        "transaction_id",
        "unassigned_because",
    )

    def __init__(
        self,
        identity: str,
        transaction_id: int | None,
        meter_stop_wh: int,
        stopped: str | None,
        as_sent: tuple[object, object],
        id_tag: str | None = None,
        reason: str | None = None,
        start: Start | None = None,
        parsed: tuple[int | None, int | None] = (None, None),
        unassigned_because: str | None = None,
        signed: Sequence[Mapping[str, object]] = (),
        signed_left_out: int = 0,
    ) -> None:
        self.identity = identity
        self.transaction_id = transaction_id
        self.meter_stop_wh = meter_stop_wh
        self.stopped = stopped
        self.claimed = parse(stopped)
        self.second = int(self.claimed.timestamp()) if self.claimed else None
        self.as_sent = as_sent
        self.parsed = parsed
        self.id_tag = id_tag
        self.reason = reason
        self.start = start
        self.unassigned_because = unassigned_because
        self.signed = signed
        self.signed_left_out = signed_left_out

    def digest_source(self) -> str:
        """Give the text whose digest tells this stop from any other: the same stop sent again has the same one."""
        return stop_identity.source(self.identity, self.as_sent, self.parsed, self.stopped, self.second)

    def legacy_digest_source(self) -> str:
        """Give the text whose digest older versions gave this stop."""
        return stop_identity.legacy_source(self.identity, self.as_sent, self.stopped)


class Record:
    """
    A finished charge, ready to be written.

    Attributes:
        fields: The file's content, in order.
        unixtime: When the charge ended, seconds since the epoch.
        month: Year and month in which it is booked.
        digest_source: What its file's digest is made of.
        legacy_digest_source: What it was made of by older versions.
        is_clock_suspect: The charge point's clock cannot be believed, so that our time stands for its.
        exceeds_id: More was drawn than the transaction id can hold, so that the begin that was seen says how much.
    """

    __slots__ = (
        "_stamp",
        "digest_source",
        "exceeds_id",
        "fields",
        "is_clock_suspect",
        "legacy_digest_source",
        "month",
        "unixtime",
    )
    __hash__ = None  # type: ignore[assignment]  # its fields are a dictionary

    def __init__(
        self,
        stop: Stop,
        accounts: Accounts,
        unit: str,
        received: datetime,
        zone: tzinfo | None = None,
        most_kwh: int | None = None,
    ) -> None:
        """
        Reckon a charge.

        Args:
            stop: The end of the charge as reported.
            accounts: The accounts in force.
            unit: What transaction ids carry, ``"kwh"`` or ``"wh"``.
            received: Our time, aware.
            zone: The zone of local times; None for the system's.
            most_kwh: What is drawn in one charge at most: more is an anomaly. None for no limit.
        """
        claimed, began = stop.claimed, parse(stop.start.started) if stop.start else None
        believed = claimed if is_plausible(claimed, received) else None
        ended, booked = believed or received, _local(received, zone)
        self.unixtime = int(ended.timestamp())
        self.month = (booked.year, booked.month)
        self.is_clock_suspect = believed is None
        self._stamp = max(0, stop.second or 0)
        self.digest_source = stop.digest_source()
        self.legacy_digest_source = stop.legacy_digest_source()

        index, part = _decoded(stop.transaction_id)
        seen_wh = stop.start.meter_start_wh if stop.start else None
        reckoned = Reckoning(stop.meter_stop_wh, seen_wh, part, unit, _seconds(began, claimed))
        self.exceeds_id = reckoned.exceeds_id
        if most_kwh is not None:
            reckoned.limit(most_kwh)
        fields: dict[str, object] = {
            "localtime": on_the_wall(_local(ended, zone)),
            "unixtime": str(self.unixtime),
            "account": UNASSIGNED if stop.unassigned_because else accounts.name_of(index),
            **_figures(stop, index, reckoned),
            **_times(stop, began, believed, received),
            "anomaly": reckoned.anomaly,
            **_remarks(stop),
        }
        self.fields = {name: value for name, value in fields.items() if value is not None}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Record):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__slots__)

    def __repr__(self) -> str:
        return f"Record({self.fields!r})"

    def name(self, digest: str) -> str:
        """
        Give the file's name; ``digest`` is 12 hex digits made of ``digest_source``.

        It depends on the stop alone, so that whoever gets the same stop, whenever and by whatever clock, gives it
        the same name: the time in it is the claimed one even where that cannot be believed, 0 where it cannot be read.
        """
        return f"{self._stamp}-{digest}.json"


def _local(time: datetime, zone: tzinfo | None) -> datetime:
    """Give a time as the clocks on the wall show it; without a zone those of the system."""
    return time.astimezone(zone) if zone else datetime.fromtimestamp(time.timestamp())


def _seconds(began: datetime | None, ended: datetime | None) -> int | None:
    """Give the time between two claims, None where one is missing or they contradict each other."""
    return int((ended - began).total_seconds()) if began and ended and began <= ended else None


def _decoded(transaction_id: int | None) -> tuple[int, int | None]:
    """Give an id's account index and what it carries of the meter; nobody's and nothing where it cannot be ours."""
    decoded = None if transaction_id is None else ids.decode(transaction_id)
    return decoded or (ids.UNASSIGNED, None)


def _figures(stop: Stop, index: int, reckoned: Reckoning) -> dict[str, object]:
    """Give what was drawn, where, by whom and why it ended: in kWh as every record has it, then to the Wh."""
    start = stop.start
    return {
        "begin_kwh": str(reckoned.begin_kwh),
        "end_kwh": str(reckoned.end_kwh),
        "consumed_kwh": str(reckoned.consumed_kwh),
        "charge_point": stop.identity or None,
        "connector_id": start.connector_id if start else None,
        "transaction_id": stop.transaction_id,
        "account_index": index,
        "id_tag": (start.id_tag if start else None) or stop.id_tag,
        "reason": stop.reason,
        "begin_wh": reckoned.begin_wh,
        "end_wh": stop.meter_stop_wh,
        "consumed_wh": reckoned.consumed_wh,
    }


def _times(stop: Stop, began: datetime | None, ended: datetime | None, received: datetime) -> dict[str, object]:
    """Give started, stopped, duration and our own time; a claim that cannot be believed is kept as sent."""
    if not is_plausible(began, received) or (began and ended and began > ended):
        began = None
    return {
        "started": utc(began) if began else None,
        "stopped": utc(ended) if ended else stop.stopped,
        "duration_s": _seconds(began, ended),
        "received": utc(received),
        "clock_suspect": None if ended else True,
    }


def _remarks(stop: Stop) -> dict[str, object]:
    """Give why it is nobody's, what proves where it was, and the signed values that came with it."""
    return {
        "unassigned_because": stop.unassigned_because,
        **(stop.start.evidence if stop.start else {}),
        "signed": stop.signed or None,
        "signed_left_out": stop.signed_left_out or None,
    }
