"""
The charges that are open at a charge point: which of them is meant, which id a new one gets, what ends them.

Pure: the starts that were seen come in as ``ledger.start`` writes them, by transaction id. Where they lie is
``spool.run.open_charges``'; an answer that would only be a guess is none.
"""

from __future__ import annotations

from shocpp.ledger import transaction_id as ids
from shocpp.ledger.plausible_times import is_plausible
from shocpp.ledger.start import Start
from shocpp.times import parse, timedelta

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any

    OpenTransactions = Mapping[int, Mapping[str, Any]]  # by transaction id, each start in the words of its file

RECENTLY = timedelta(minutes=15)


def repeated(start: Start, opened: OpenTransactions) -> int | None:
    """Give the id of the open charge that began with the very same start; None if there is none."""
    return next((each for each, seen in opened.items() if Start.from_sighting(seen).is_same(start)), None)


def free_id(index: int, start: Start, unit: str, opened: OpenTransactions) -> int:
    """
    Give a new charge's id: the first of those that it can have that no open charge has, else the first one.

    Args:
        index: The account's; 0 for a start that was refused.
        start: The start; its reading is known.
        unit: ``"kwh"`` or ``"wh"``.
        opened: The charges that are open.
    """
    assert start.meter_start_wh is not None  # noqa: S101 - without a reading there is no id
    possible = ids.possible(index, start.meter_start_wh, unit, start.connector_id)
    first = next(possible)
    return first if first not in opened else next((each for each in possible if each not in opened), first)


def ended_by(start: Start, transaction_id: int, opened: OpenTransactions) -> list[int]:
    """List the charges that a new one has ended, since it began on their connector; ``transaction_id`` is its own."""
    connector_id = start.connector_id
    return [
        each
        for each, seen in opened.items()
        if each != transaction_id and connector_id is not None and seen.get("connector_id") == connector_id
    ]


def presumed_over(opened: OpenTransactions, connector_id: int | None, at: str) -> dict[int, dict[str, Any]]:
    """
    Mark the charges that seem to be over, though no stop was seen.

    What is marked already keeps its time, but for a boot: after that the stops of all that were open come alike.

    Args:
        opened: The charges that are open.
        connector_id: The connector that is free; None for a charge point that has booted.
        at: When that was seen, by our clock.

    Returns:
        The new sightings of those that are marked by this.
    """
    return {
        each: {**seen, "presumed_over": at}
        for each, seen in opened.items()
        if connector_id is None or (not seen.get("presumed_over") and connector_id == seen.get("connector_id"))
    }


def fitting(meter_stop_wh: int, opened: OpenTransactions, now: datetime) -> list[int]:
    """
    List the open charges that a stop may end whose id says nothing: one is meant, of several nobody knows which.

    Those that were presumed over a short while ago go before those that run: many charge points report a connector
    as available first, and the stop after it.

    Args:
        meter_stop_wh: The stop's reading.
        opened: The charges that are open.
        now: Our time.
    """
    starts = {each: Start.from_sighting(seen) for each, seen in opened.items()}
    found = {
        each: start
        for each, start in starts.items()
        if start.meter_start_wh is not None and start.meter_start_wh <= meter_stop_wh
    }
    recent = [each for each, start in found.items() if (at := parse(start.presumed_over)) and now - at <= RECENTLY]
    return recent or list(found)


def is_booked(transaction_id: int, start: Start, fields: Mapping[str, Any]) -> bool | None:
    """
    Tell whether a record is of the charge that a sighting is of.

    It is where its begin is the same; where it does not say how it began, it is if it was booked after the start was
    seen. In the same second it may be. Where it says the reading alone, it may be even if it was booked before, since a
    start may come again after its stop: not if by the charge point's clock, too, it ended before the start, nor if the
    start's time can be believed, since a record of that start would say it.

    Args:
        transaction_id: The sighting's.
        start: What the sighting says.
        fields: A record of the same charge point.

    Returns:
        None where it may be of that charge, or of one before it.
    """
    if fields.get("transaction_id") != transaction_id:
        return False
    begin_wh, started = fields.get("begin_wh"), parse(fields.get("started"))
    if begin_wh is not None and begin_wh != start.meter_start_wh:
        return False
    claimed = parse(start.started)
    if started is not None and claimed is not None:
        return started == claimed.replace(microsecond=0)
    booked, received = parse(fields.get("received")), parse(start.received)
    if booked is None or received is None or booked == received:
        return None
    if booked > received:
        return True
    stopped = parse(fields.get("stopped"))
    had_ended = stopped is not None and claimed is not None and stopped < claimed
    return False if begin_wh is None or is_plausible(claimed, received) or had_ended else None
