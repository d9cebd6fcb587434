"""
Checks among records: what cannot be, or cannot be twice.

Looks at sessions alone; the journal is held against them elsewhere. Pure; how a finding is put into words is
``report``'s.
"""

from __future__ import annotations

from shocpp.ledger.unaccounted import Registers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shocpp.ledger.charge import Charge
    from shocpp.ledger.sums import Session

OVERLAP, POWER, BACKWARDS, DUPLICATE, ARITHMETIC, TIMES = (
    "overlap",
    "power",
    "backwards",
    "duplicate",
    "arithmetic",
    "times",
)
KINDS = (OVERLAP, POWER, BACKWARDS, DUPLICATE, ARITHMETIC, TIMES)

_PART_KWH, _PART_WH = 10_000_000, 10_000_000


class Finding:
    """
    Something that cannot be.

    Attributes:
        kind: Of ``KINDS``.
        session: The session at which it shows.
        other: The other one of two, if it takes two.
        detail: Figures for people, without words: ``36000 W > 22000 W``.
    """

    __slots__ = ("detail", "kind", "other", "session")

    def __init__(self, kind: str, session: Session, other: Session | None = None, detail: str = "") -> None:
        self.kind = kind
        self.session = session
        self.other = other
        self.detail = detail


def check(sessions: Iterable[Session], most_w: int) -> Iterator[Finding]:
    """
    Hold sessions against each other and against what is possible.

    Args:
        sessions: Sessions in the order of their ends.
        most_w: What the strongest connector delivers, in W.

    Yields:
        The findings, in the order of sessions.
    """
    sessions = list(sessions)
    registers = Registers()
    for session in sessions:
        registers.learn(session.charge)
    seen: dict[object, Session] = {}
    last: dict[object, Session] = {}
    for session in sessions:
        yield from _alone(session, most_w)
        first = seen.setdefault(_same(session.charge), session)
        if first is not session:
            yield Finding(DUPLICATE, session, first)
            continue
        register = registers.of(session.charge)
        if register in last:
            yield from _after(last[register], session)
        last[register] = session


def _alone(session: Session, most_w: int) -> Iterator[Finding]:
    charge = session.charge
    if charge.started and charge.started > charge.ended:
        yield Finding(TIMES, session)
    if not charge.anomaly and not _adds_up(charge):
        yield Finding(ARITHMETIC, session)
    if charge.duration_s is not None and not charge.is_clock_suspect:
        # what is only known in whole kWh may be one less
        sure_wh = charge.energy_wh if charge.is_exact else max(0, charge.energy_wh - 1000)
        if sure_wh * 3600 > most_w * charge.duration_s:
            mean_w = sure_wh * 3600 // max(1, charge.duration_s)
            yield Finding(POWER, session, detail=f"{mean_w} W > {most_w} W")


def _after(previous: Session, session: Session) -> Iterator[Finding]:
    """Look at two sessions that followed each other at one register."""
    before, after = previous.charge, session.charge
    is_timed = after.started and not before.is_clock_suspect and not after.is_clock_suspect
    if is_timed and after.started and after.started < before.ended:
        yield Finding(OVERLAP, session, previous)
    if before.end_wh is not None and after.begin_wh is not None:
        if after.begin_wh < before.end_wh:
            yield Finding(BACKWARDS, session, previous, f"{before.end_wh} Wh > {after.begin_wh} Wh")
    elif after.begin_kwh < before.end_kwh:
        yield Finding(BACKWARDS, session, previous, f"{before.end_kwh} kWh > {after.begin_kwh} kWh")


def _adds_up(charge: Charge) -> bool:
    """Tell whether consumption is end less begin, a meter that rolled over included."""
    if (charge.end_kwh - charge.begin_kwh - charge.consumed_kwh) % _PART_KWH and charge.begin_wh is None:
        return False
    if charge.begin_wh is None or charge.end_wh is None or charge.consumed_wh is None:
        return True
    return (charge.end_wh - charge.begin_wh - charge.consumed_wh) % _PART_WH == 0


def _same(charge: Charge) -> object:
    """Give what no two charges share: a meter passes each reading once. Without energy also the time counts."""
    place = charge.charge_point, charge.connector_id
    readings = (*place, charge.begin_kwh, charge.end_kwh, charge.begin_wh, charge.end_wh)
    is_moving = charge.energy_wh > 0 and not charge.anomaly
    return readings if is_moving else (*readings, charge.unixtime)
