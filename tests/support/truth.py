"""
A ledger that knows the truth: what was drawn, by whom, when and where, held against what accounting bills.

Knows records as readers see them, and nothing of how they came about.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shocpp.ledger.accounts import UNASSIGNED
from shocpp.ledger.charge import Charge
from shocpp.spool import record_reader
from shocpp.times import utc


class TrueCharge:
    """
    What a charge really was.

    Args:
        number: Tells it from all others; its stop bears it as ``reason``, so that its records can be found.
        charge_point: Where it was.
        connector_id: At which connector.
        id_tag: Whose card began it.
        account: Who has to pay; ``unassigned`` where the card is nobody's.
        begin_wh: The meter's reading at the begin.
        started_s: When that was by the charge point's clock, in seconds since the epoch.

    Attributes:
        end_wh: The meter's reading now, at last at the end.
        stopped_s: When it ended by the charge point's clock; None while it runs.
        is_confirmed: Whether the charge point was told that its stop is booked.
        is_forgotten: Its id was lost at the charge point, so that nobody may be billed.
    """

    def __init__(
        self,
        number: int,
        charge_point: str,
        connector_id: int,
        id_tag: str,
        account: str,
        begin_wh: int,
        started_s: int,
    ) -> None:
        self.number = number
        self.charge_point = charge_point
        self.connector_id = connector_id
        self.id_tag = id_tag
        self.account = account
        self.begin_wh = begin_wh
        self.started_s = started_s
        self.end_wh = begin_wh
        self.stopped_s: int | None = None
        self.is_confirmed = False
        self.is_forgotten = False

    @property
    def reason(self) -> str:
        """The reason that its stop gives."""
        return f"{self.charge_point} charge {self.number}"

    @property
    def drawn_wh(self) -> int:
        """What was drawn until now."""
        return self.end_wh - self.begin_wh

    def faults_in(self, charge: Charge) -> list[str]:
        """Say what is wrong in what is billed for it; what a record does not claim cannot be wrong."""
        if self.is_forgotten and charge.account == UNASSIGNED:
            return []
        claimed = {
            "begin_wh": charge.begin_wh,
            "consumed_wh": charge.consumed_wh,
            "connector_id": charge.connector_id,
            "id_tag": charge.fields.get("id_tag"),
            "started": charge.fields.get("started"),
        }
        true = {
            "begin_wh": self.begin_wh,
            "consumed_wh": self.drawn_wh,
            "connector_id": self.connector_id,
            "id_tag": self.id_tag,
            "started": utc(datetime.fromtimestamp(self.started_s, UTC)),
        }
        must = {
            "charge_point": (charge.charge_point, self.charge_point),
            "account": (charge.account, self.account),
            "end_wh": (charge.end_wh, self.end_wh),
            "consumed_kwh": (charge.consumed_kwh, self.end_wh // 1000 - self.begin_wh // 1000),
            "anomaly": (charge.anomaly, ""),
        }
        differing = {name: (claimed[name], true[name]) for name in true if claimed[name] not in (None, true[name])}
        differing |= {name: pair for name, pair in must.items() if pair[0] != pair[1]}
        return [f"{self}: {name} is {is_!r}, truly {truly!r}" for name, (is_, truly) in differing.items()]

    def __repr__(self) -> str:
        where = f"{self.charge_point}/{self.connector_id}"
        return f"charge {self.number} ({where} {self.account} {self.begin_wh} to {self.end_wh} Wh)"


def compare(accounting: Path, charges: list[TrueCharge]) -> None:
    """
    Hold what an accounting folder bills against the truth.

    A charge of 0 Wh ends at the reading at which the one before it did, and may be taken for a repetition of that.

    Raises:
        AssertionError: Wh on a wrong account, a charge billed twice or lost, a wrong figure; says which.
    """
    faults: list[str] = []
    by_reason = {charge.reason: charge for charge in charges}
    count = Counter[str]()
    for billed in read_billed(accounting):
        reason = str(billed.fields.get("reason"))
        true = by_reason.get(reason)
        if true is None or true.stopped_s is None:
            faults.append(f"billed though it did not end: {billed.fields}")
            continue
        count[reason] += 1
        faults += true.faults_in(billed)
    for charge in charges:
        if charge.is_confirmed and charge.drawn_wh and not count[charge.reason]:
            faults.append(f"lost: {charge}")
        if count[charge.reason] > 1:
            faults.append(f"billed {count[charge.reason]} times: {charge}")
    assert not faults, "\n".join(faults)


def read_billed(accounting: Path) -> list[Charge]:
    """Read the charges that are billed: all that are not shown as repeated; nothing may be unreadable."""
    unread: list[tuple[str, str]] = []
    charges = list(record_reader.read(str(accounting), lambda path, why: unread.append((path, why))))
    assert not unread
    return [charge for charge in charges if not is_repeated(charge)]


def is_repeated(charge: Any) -> bool:
    """Tell whether a reader takes a record for a repetition of another one."""
    return bool(getattr(charge, "repeats", ""))
