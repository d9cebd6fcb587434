"""
A ledger that knows the truth: what was drawn, by whom, when and where, held against what accounting bills.

Knows records as readers see them, and nothing of how they came about.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from shocpp.ledger.accounts import UNASSIGNED
from shocpp.ledger.charge import Charge
from shocpp.ledger.reckoning import IMPLAUSIBLE
from shocpp.ledger.transaction_id import PARTS
from shocpp.spool.accounting import record_reader
from shocpp.spool.accounting.accounting_folder import AccountingFolder
from shocpp.times import utc

_MINUTE_S, _DAY_S = 60, 86_400


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
        really_stopped_s: When it ended by our clock.
        is_retried: Its stop was repeated with another time.
        is_confirmed: Whether the charge point was told that its stop is booked.
        is_forgotten: Its id was lost at the charge point, so that nobody may be billed unless it was alone.
        is_alone: When it ended no other one ran at its charge point, was left open since its stop had no id, or had the
            same.
        is_abandoned: Its stop never comes.
        ids: What its starts were given.
        served_by: Which state its messages met: that of a machine, until that is lost.
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
        self.really_stopped_s = 0.0
        self.is_retried = False
        self.is_confirmed = False
        self.is_forgotten = False
        self.is_alone = False
        self.is_abandoned = False
        self.ids: set[int] = set()
        self.served_by: set[tuple[str, int]] = set()

    @property
    def reason(self) -> str:
        """The reason that its stop gives."""
        return f"{self.charge_point} charge {self.number}"

    @property
    def drawn_wh(self) -> int:
        """What was drawn until now, as far as the meter tells: nothing where it was changed for a new one."""
        return max(0, self.end_wh - self.begin_wh)

    @property
    def drawn_kwh(self) -> int:
        """The same in kWh, as the difference of its readings in whole kWh."""
        return max(0, self.end_wh // 1000 - self.begin_wh // 1000)

    @property
    def started(self) -> str:
        """When it began by the charge point's clock, as records have it."""
        return utc(datetime.fromtimestamp(self.started_s, UTC))

    @property
    def is_of_one_machine(self) -> bool:
        """Whether all of its messages met one machine, whatever that lost of what it saw."""
        return len({name for name, _ in self.served_by}) <= 1

    def faults_in(self, charge: Charge, twins: list[TrueCharge]) -> list[str]:
        """
        Say what is wrong in what is billed for it; what a record does not claim cannot be wrong.

        Args:
            charge: What is billed.
            twins: Charges whose start nobody could tell from its own.
        """
        claimed: dict[str, object] = {
            "begin_wh": charge.begin_wh,
            "consumed_wh": charge.consumed_wh,
            "connector_id": charge.connector_id,
            "id_tag": charge.id_tag or None,
            "started": utc(charge.started) if charge.started else None,
        }
        possible = (self, *twins)
        true: dict[str, list[object]] = {
            name: [getattr(each, name) for each in possible] for name in claimed if name != "consumed_wh"
        }
        true["consumed_wh"] = [
            max(0, self.end_wh - each.begin_wh) for each in possible if charge.begin_wh in (None, each.begin_wh)
        ]
        must: dict[str, tuple[object, object]] = {
            "charge_point": (charge.charge_point, self.charge_point),
            "end_wh": (charge.end_wh, self.end_wh),
            "consumed_kwh": (charge.consumed_kwh, self.drawn_kwh),
            "anomaly": (charge.anomaly, self._anomaly(charge)),
        }
        wrong: dict[str, tuple[object, object]] = {}
        wrong |= {name: (is_, true[name]) for name, is_ in claimed.items() if is_ is not None and is_ not in true[name]}
        wrong |= {name: pair for name, pair in must.items() if pair[0] != pair[1]}
        return [f"{self}: {name} is {is_!r}, truly {truly!r}" for name, (is_, truly) in wrong.items()]

    def _anomaly(self, charge: Charge) -> str:
        """Give what must be said of its readings: that its meter was changed, which within a kWh only Wh can tell."""
        is_within_kwh = charge.begin_wh != self.begin_wh and self.end_wh // 1000 == self.begin_wh // 1000
        if self.end_wh >= self.begin_wh or (is_within_kwh and not charge.anomaly):
            return ""
        return "backwards"

    def has_id_of(self, other: TrueCharge) -> bool:
        """Tell whether it had an id that another charge of the same charge point had, too."""
        return self is not other and self.charge_point == other.charge_point and bool(self.ids & other.ids)

    def is_like(self, other: TrueCharge) -> bool:
        """Tell whether both are one charge, or have one id and the same readings: their stops cannot be told apart."""
        readings = (self.begin_wh, self.end_wh) == (other.begin_wh, other.end_wh)
        return self is other or (readings and self.has_id_of(other))

    def is_twin_of(self, other: TrueCharge) -> bool:
        """
        Tell whether its start cannot be told from that of another charge with the same id.

        A machine that saw both starts can tell them apart: by what it saw, and after that by its records. These cannot
        be told apart:

        - starts of which different machines saw messages;
        - starts between which a machine lost what it had seen, if this charge's stop never came, or came with a clock
          that was set back by more than a day, or the two are of different connectors;
        - starts within a minute of each other, if one of the two stops was repeated with another time: it may say at
          which reading its charge began, and some charge points round that.
        """
        is_retried = self.is_retried or other.is_retried
        if is_retried and self.has_id_of(other) and abs(self.started_s - other.started_s) <= _MINUTE_S:
            return True
        states = self.served_by | other.served_by
        is_set_back = self.stopped_s is not None and self.stopped_s < self.started_s - _DAY_S
        is_past_telling = self.is_abandoned or is_set_back or self.connector_id != other.connector_id
        return self.has_id_of(other) and (
            len({name for name, _ in states}) > 1 or (len(states) > 1 and is_past_telling)
        )

    def is_nothing(self, charge: Charge, others: list[TrueCharge]) -> bool:
        """
        Tell whether what is billed is a report of this charge that bills no energy, and may do so. It may, if

        - the stop was repeated with another time, and its id was also that of a charge that began at this one's last
          reading: the repetition looks like a stop of that one, before it had drawn anything;
        - the stop came without an id when this was not the only charge that it could mean: it is nobody's;
        - the charge has the id of another one that had begun above this one's last reading, and nobody can tell the
          two starts apart: the meter seems to have run backwards;
        - nobody saw the start, and the meter stood at a multiple of what an id has room for: the id says the same of
          a meter that began at 0.
        """
        if charge.energy_wh or charge.consumed_kwh:
            return False
        if charge.anomaly == IMPLAUSIBLE and charge.begin_wh is None and self.begin_wh // 1000 % PARTS == 0:
            return True
        if self.is_forgotten and not self.is_alone and charge.account == UNASSIGNED:
            return True
        is_retry = self.is_retried and any(each.has_id_of(self) and each.begin_wh == self.end_wh for each in others)
        return is_retry or (
            bool(charge.anomaly) and any(each.is_twin_of(self) and each.begin_wh > self.end_wh for each in others)
        )

    def is_covered(self, others: list[TrueCharge]) -> bool:
        """
        Tell whether it may be missing in what is billed, since it looks like a repetition of another one. It may, if

        - both have one id and one last reading, and this one drew less than a kWh, or no clock that can be believed
          says that one of them began after the other had ended (each may have had a meter of its own);
        - both lost their ids, and their stops say the same.
        """
        is_less_than_a_kwh = self.end_wh // 1000 == self.begin_wh // 1000
        alike = [each for each in others if each.has_id_of(self) and each.end_wh == self.end_wh]
        return any(is_less_than_a_kwh or not self.is_apart_from(each) for each in alike) or (
            self.is_forgotten and any(each.is_forgotten and each._has_stop_of(self) for each in others)
        )

    def _has_stop_of(self, other: TrueCharge) -> bool:
        """Tell whether it ended where and when another one did, so that their ids alone tell the two stops apart."""
        mine, theirs = ((each.charge_point, each.end_wh, each.stopped_s) for each in (self, other))
        return self is not other and mine == theirs

    def is_apart_from(self, other: TrueCharge) -> bool:
        """
        Tell whether a clock that can be believed says that one began when the other had ended.

        Their ends say so where they are more than a day apart, unless retries lie between. Their begins do if one
        state saw both.
        """
        if self.stopped_s is None or other.stopped_s is None or self._has_wrong_clock or other._has_wrong_clock:
            return False
        if abs(self.stopped_s - other.stopped_s) > _DAY_S and not (self.is_retried or other.is_retried):
            return True
        is_seen = len(self.served_by | other.served_by) == 1
        return is_seen and max(self.started_s, other.started_s) >= min(self.stopped_s, other.stopped_s)

    @property
    def _has_wrong_clock(self) -> bool:
        """Whether its clock was set back, or so far ahead that its record does not say when it began."""
        assert self.stopped_s is not None
        return self.stopped_s < self.started_s or self.stopped_s > self.really_stopped_s + _DAY_S

    def __repr__(self) -> str:
        where = f"{self.charge_point}/{self.connector_id}"
        return f"charge {self.number} ({where} {self.account} {self.begin_wh} to {self.end_wh} Wh)"


def read_billed(accounting: Path) -> list[Charge]:
    """Read the charges that are billed: all that are not shown as repeated; nothing may be unreadable."""
    unread: list[tuple[str, str]] = []
    charges = list(record_reader.read(AccountingFolder(str(accounting)), lambda path, why: unread.append((path, why))))
    assert not unread
    return [charge for charge in charges if not charge.repeats]
