"""
The transaction id: account and meter start in a signed 32-bit integer, so that nobody has to remember them.

    id = account index × 10 000 000 + meter start modulo 10 000 000

The meter start counts in kWh, floored, or in Wh: the ``unit``, ``"kwh"`` or ``"wh"``. Knows neither tags nor
records.
"""

from __future__ import annotations

from shocpp.errors import DataError

PARTS = 10_000_000
LARGEST_INDEX = 214
LARGEST = (1 << 31) - 1
UNASSIGNED = 0

# more than this is no charge, but a meter that ran backwards
MOST_KWH = 1_000_000
MOST_WH = 5_000_000


def encode(index: int, meter_start_wh: int, unit: str) -> int:
    """
    Make the transaction id of a charge.

    Args:
        index: The account's, 1 to 214; 0 for a start that was refused.
        meter_start_wh: The meter's reading in Wh.
        unit: ``"kwh"`` or ``"wh"``.

    Raises:
        DataError: It does not fit into 31 bits: index 214 with a meter part above 7 483 647.

    >>> encode(2, 9_042_700, "kwh"), encode(2, 9_042_700, "wh")
    (20009042, 29042700)
    """
    if not 0 <= index <= LARGEST_INDEX:
        raise DataError(f"account index {index} is not from 0 to {LARGEST_INDEX}")
    transaction_id = index * PARTS + _part(meter_start_wh, unit)
    if transaction_id > LARGEST:
        raise DataError(
            f"account index {index} and a meter at {meter_start_wh} Wh do not fit into a transaction id: "
            f"give the account another index below {LARGEST_INDEX}"
        )
    return transaction_id


def decode(transaction_id: int) -> tuple[int, int] | None:
    """
    Take an id apart into account index and meter part; None when it cannot be one of ours.

    >>> decode(20009042), decode(-1), decode(1 << 31)
    ((2, 9042), None, None)
    """
    return divmod(transaction_id, PARTS) if 0 <= transaction_id <= LARGEST else None


def agrees(part: int, meter_start_wh: int, unit: str) -> bool:
    """Tell whether a meter reading is the one that an id's meter part was made of."""
    return _part(meter_start_wh, unit) == part


def drawn(part: int, meter_stop_wh: int, unit: str) -> int | None:
    """
    Compute what was drawn since the id was made, in the id's unit; None for a meter that ran backwards.

    >>> drawn(9042, 9_075_100, "kwh"), drawn(9_999_999, 1_000, "kwh"), drawn(9042, 9_041_999, "kwh")
    (33, 2, None)
    """
    consumed = (_count(meter_stop_wh, unit) - part) % PARTS
    return consumed if consumed <= (MOST_KWH if unit == "kwh" else MOST_WH) else None


def _count(meter_wh: int, unit: str) -> int:
    return meter_wh // 1000 if unit == "kwh" else meter_wh


def _part(meter_wh: int, unit: str) -> int:
    return _count(meter_wh, unit) % PARTS
