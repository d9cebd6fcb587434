"""
The accounting record of one finished charge: what it says and what it is called.

Pure bookkeeping: readings, times and names come in, the fields of the file come out (docs/files.md).
Knows no protocol and no disk.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from shocpp.ledger import transaction_id as ids
from shocpp.times import parse, utc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import tzinfo

    from shocpp.ledger.accounts import Accounts
    from shocpp.ledger.start import Start

BACKWARDS, IMPLAUSIBLE, UNKNOWN_START = "backwards", "implausible", "unknown-start"

_MOST_W = 4_000_000  # the strongest chargers that are built; more than this for an hour is a broken meter
_SHORTEST_S = 3600
_EARLIEST, _AHEAD = datetime(2015, 1, 1, tzinfo=UTC), timedelta(days=1)


class Stop:
    """
    The end of a charge as reported.

    Args:
        identity: The charge point's; empty for the anonymous one.
        transaction_id: The charge's id, None where it cannot be told.
        meter_stop_wh: The meter's reading in Wh.
        stopped: The time as sent.
        as_sent: Transaction id and meter stop as sent: with identity and time they make the digest.
        id_tag: The card that ended it, if one did.
        reason: Why it ended, if that was said.
        start: What is known of its begin.
    """

    __slots__ = ("as_sent", "id_tag", "identity", "meter_stop_wh", "reason", "start", "stopped", "transaction_id")

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
    ) -> None:
        self.identity = identity
        self.transaction_id = transaction_id
        self.meter_stop_wh = meter_stop_wh
        self.stopped = stopped
        self.as_sent = as_sent
        self.id_tag = id_tag
        self.reason = reason
        self.start = start

    def digest_source(self) -> str:
        """Give the text whose digest tells this stop from any other: the same stop sent again has the same one."""
        return "\n".join(map(str, (self.identity, *self.as_sent, self.stopped)))


class Record:
    """
    A finished charge, ready to be written.

    Attributes:
        fields: The file's content, in order.
        unixtime: When the charge ended, seconds since the epoch.
        month: Year and month in which it is booked.
        digest_source: What its file's digest is made of.
        is_clock_suspect: The charge point's clock cannot be believed, so that our time stands for its.
    """

    __slots__ = ("_stamp", "digest_source", "fields", "is_clock_suspect", "month", "unixtime")
    __hash__ = None  # type: ignore[assignment]  # its fields are a dictionary

    def __init__(
        self, stop: Stop, accounts: Accounts, unit: str, received: datetime, zone: tzinfo | None = None
    ) -> None:
        """
        Reckon a charge.

        Args:
            stop: The end of the charge as reported.
            accounts: The accounts in force.
            unit: What transaction ids carry, ``"kwh"`` or ``"wh"``.
            received: Our time, aware.
            zone: The zone of local times; None for the system's.
        """
        claimed, began = parse(stop.stopped), parse(stop.start.started) if stop.start else None
        believed = claimed if is_plausible(claimed, received) else None
        ended = believed or received
        booked = _local(received, zone)
        self.unixtime = int(ended.timestamp())
        self.month = (booked.year, booked.month)
        self.is_clock_suspect = believed is None
        self._stamp = max(0, int(claimed.timestamp())) if claimed else 0
        self.digest_source = stop.digest_source()

        decoded = None if stop.transaction_id is None else ids.decode(stop.transaction_id)
        index, part = decoded or (ids.UNASSIGNED, None)
        reckoned = _Reckoning(stop, part, unit, _seconds(began, claimed))
        fields: dict[str, object] = {
            "localtime": _local(ended, zone).isoformat(" ", "seconds")[:19],
            "unixtime": str(self.unixtime),
            "account": accounts.name_of(index),
            "begin_kwh": str(reckoned.begin_kwh),
            "end_kwh": str(reckoned.end_kwh),
            "consumed_kwh": str(reckoned.consumed_kwh),
            "charge_point": stop.identity or None,
            "connector_id": stop.start.connector_id if stop.start else None,
            "transaction_id": stop.transaction_id,
            "account_index": index,
            "id_tag": (stop.start.id_tag if stop.start else None) or stop.id_tag,
            "reason": stop.reason,
            "begin_wh": reckoned.begin_wh,
            "end_wh": stop.meter_stop_wh,
            "consumed_wh": reckoned.consumed_wh,
            **_times(stop, began, believed, received),
            "anomaly": reckoned.anomaly,
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


def is_plausible(claimed: datetime | None, now: datetime) -> bool:
    """Tell whether a charge point's clock can be believed: not before 2015, not more than a day ahead of ours."""
    return claimed is not None and claimed >= _EARLIEST and claimed <= now + _AHEAD


def _local(time: datetime, zone: tzinfo | None) -> datetime:
    """Give a time as the clocks on the wall show it; without a zone those of the system."""
    return time.astimezone(zone) if zone else datetime.fromtimestamp(time.timestamp())


def _seconds(began: datetime | None, ended: datetime | None) -> int | None:
    """Give the time between two claims, None where one is missing or they contradict each other."""
    return int((ended - began).total_seconds()) if began and ended and began <= ended else None


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


class _Reckoning:
    """Readings and consumption of a stop; an anomaly keeps the readings and bills 0."""

    __slots__ = ("anomaly", "begin_kwh", "begin_wh", "consumed_kwh", "consumed_wh", "end_kwh")

    def __init__(self, stop: Stop, part: int | None, unit: str, duration_s: int | None) -> None:
        end_wh = stop.meter_stop_wh
        consumed = _drawn(stop, part, unit)
        self.begin_wh = _begin_wh(stop, part, unit, consumed)
        self.end_kwh = end_wh // 1000
        self.anomaly: str | None = None
        if part is None:
            self.anomaly = UNKNOWN_START
        elif consumed is None or (consumed == 0 and self.begin_wh is not None and self.begin_wh > end_wh):
            self.anomaly = BACKWARDS
        if consumed is None or self.anomaly:
            self.begin_kwh = self._read_begin_kwh(part, unit)
            consumed_kwh, consumed_wh = 0, 0 if part is not None else None
        else:
            consumed_kwh, consumed_wh = self._consume(consumed, end_wh, unit)
            if _is_impossible(consumed_kwh, duration_s):
                self.anomaly, consumed_kwh, consumed_wh = IMPLAUSIBLE, 0, 0
        self.consumed_kwh = consumed_kwh
        self.consumed_wh = consumed_wh

    def _read_begin_kwh(self, part: int | None, unit: str) -> int:
        if part is None:
            return self.end_kwh
        if self.begin_wh is not None:
            return self.begin_wh // 1000
        return part if unit == "kwh" else part // 1000

    def _consume(self, consumed: int, end_wh: int, unit: str) -> tuple[int, int | None]:
        """Give consumption in kWh and, where it is known, in Wh; a meter that rolled over began near its end."""
        if unit == "wh":
            assert self.begin_wh is not None  # noqa: S101 - the id carries it
            self.begin_kwh = self.begin_wh // 1000
            return self.end_kwh - self.begin_kwh, consumed
        self.begin_kwh = self.end_kwh - consumed if consumed <= self.end_kwh else (self.end_kwh - consumed) % ids.PARTS
        return consumed, None if self.begin_wh is None else (end_wh - self.begin_wh) % (ids.PARTS * 1000)


def _drawn(stop: Stop, part: int | None, unit: str) -> int | None:
    """Give what was drawn, in the id's unit; None where there is no id, or a meter that ran backwards."""
    if part is None or stop.meter_stop_wh < 0:
        return None
    consumed = ids.drawn(part, stop.meter_stop_wh, unit)
    if unit == "wh" and consumed is not None:
        # Wh modulo 10 MWh: a new meter that begins at 0 looks like one that rolled over, which none does so early
        seen_wh = _seen_wh(stop, part, unit)
        if consumed > stop.meter_stop_wh or (seen_wh is not None and seen_wh > stop.meter_stop_wh):
            return None
    return consumed


def _begin_wh(stop: Stop, part: int | None, unit: str, consumed: int | None) -> int | None:
    """Give the exact reading at the begin: what the id says in Wh, else what was seen if the id agrees with it."""
    if unit == "wh" and consumed is not None:
        return stop.meter_stop_wh - consumed
    return _seen_wh(stop, part, unit)


def _seen_wh(stop: Stop, part: int | None, unit: str) -> int | None:
    """Give the reading that was seen at the begin, if the id agrees with it."""
    seen = stop.start.meter_start_wh if stop.start else None
    return seen if seen is not None and part is not None and ids.agrees(part, seen, unit) else None


def _is_impossible(consumed_kwh: int, duration_s: int | None) -> bool:
    """Tell whether no charger could have delivered that much in the time that the charge took, if it is known."""
    return duration_s is not None and consumed_kwh * 1000 * 3600 > _MOST_W * max(duration_s, _SHORTEST_S)
