"""
The transaction id: account, slot and meter start in a signed 32-bit integer, so that nobody has to remember them.

    id = account index × 10 000 000 + slot × 1 000 000 + meter start modulo 1 000 000

The meter start counts in kWh, floored, or in Wh: the ``unit``, ``"kwh"`` or ``"wh"``. The slot is one digit made of
the connector, so that two charges of one account at one charge point have two ids; it is no part of the energy. Ids
from before there were slots have the meter's seventh digit in its place, and decode to the same energy. Knows neither
tags nor records.
"""

from __future__ import annotations

from shocpp.errors import DataError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

PARTS = 1_000_000
SLOTS = 10
LARGEST_INDEX = 214
LARGEST = (1 << 31) - 1
UNASSIGNED = 0

# more than this is no charge: in kWh a meter that ran backwards, in Wh what the id alone cannot tell
MOST_KWH = 100_000
MOST_WH = 900_000


def encode(index: int, meter_start_wh: int, unit: str, slot: int = 0) -> int:
    """
    Make the transaction id of a charge.

    Args:
        index: The account's, 1 to 214; 0 for a start that was refused.
        meter_start_wh: The meter's reading in Wh.
        unit: ``"kwh"`` or ``"wh"``.
        slot: 0 to 9, see ``slot_of``.

    Raises:
        DataError: There is no such index, or it does not fit into 31 bits: index 214 with one of the last slots.

    >>> encode(2, 9_042_700, "kwh"), encode(2, 9_042_700, "wh"), encode(2, 9_042_700, "kwh", 1)
    (20009042, 20042700, 21009042)
    """
    if not 0 <= index <= LARGEST_INDEX:
        raise DataError(f"account index {index} is not from 0 to {LARGEST_INDEX}")
    transaction_id = (index * SLOTS + slot) * PARTS + _part(meter_start_wh, unit)
    if transaction_id > LARGEST:
        raise DataError(
            f"account index {index}, slot {slot} and a meter at {meter_start_wh} Wh do not fit into 31 bits"
        )
    return transaction_id


def slot_of(connector_id: int | None) -> int:
    """
    Give the slot in which a connector's charges have their ids, unless it is taken.

    >>> [slot_of(connector_id) for connector_id in (None, 0, 1, 2, 10, 11)]
    [0, 0, 0, 1, 9, 0]
    """
    return (connector_id - 1) % SLOTS if connector_id is not None and connector_id > 0 else 0


def has_slot_of(transaction_id: int, connector_id: int | None) -> bool:
    """Tell whether an id has the slot that is its connector's own."""
    return transaction_id // PARTS % SLOTS == slot_of(connector_id)


def possible(index: int, meter_start_wh: int, unit: str, connector_id: int | None) -> Iterator[int]:
    """
    Give the ids that a charge can have, the connector's own first: of those in use the next one is taken.

    0 is none of them: it is what firmware says that forgot an id.

    Args and Raises are those of ``encode``; what does not fit into 31 bits is left out.

    >>> list(possible(214, 999_999_000, "kwh", 7))
    [2146999999, 2140999999, 2141999999, 2142999999, 2143999999, 2144999999, 2145999999]
    """
    first = slot_of(connector_id)
    without_slot = encode(index, meter_start_wh, unit)
    for step in range(SLOTS):
        transaction_id = without_slot + (first + step) % SLOTS * PARTS
        if 0 < transaction_id <= LARGEST:
            yield transaction_id


def decode(transaction_id: int) -> tuple[int, int] | None:
    """
    Take an id apart into account index and meter part; None when it cannot be one of ours.

    The slot is left out: it only hints at a connector, and in an id from before there were slots it is none.

    >>> decode(20009042), decode(21009042), decode(-1), decode(1 << 31)
    ((2, 9042), (2, 9042), None, None)
    """
    if not 0 <= transaction_id <= LARGEST:
        return None
    return transaction_id // (SLOTS * PARTS), transaction_id % PARTS


def agrees(part: int, meter_start_wh: int, unit: str) -> bool:
    """Tell whether a meter reading is the one that an id's meter part was made of."""
    return _part(meter_start_wh, unit) == part


def drawn(part: int, meter_stop_wh: int, unit: str) -> int | None:
    """
    Compute what was drawn since the id was made, in the id's unit; None where that is no charge.

    >>> drawn(9042, 9_075_100, "kwh"), drawn(999_999, 1_000, "kwh"), drawn(9042, 9_041_999, "kwh")
    (33, 2, None)
    """
    consumed = (_count(meter_stop_wh, unit) - part) % PARTS
    return consumed if consumed <= (MOST_KWH if unit == "kwh" else MOST_WH) else None


def _count(meter_wh: int, unit: str) -> int:
    return meter_wh // 1000 if unit == "kwh" else meter_wh


def _part(meter_wh: int, unit: str) -> int:
    return _count(meter_wh, unit) % PARTS
