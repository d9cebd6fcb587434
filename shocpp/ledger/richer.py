"""
Which of two records of one stop says more: two machines may have booked it, and one of them had seen the start.

Pure, and independent of order: whichever comes first, the same one is read.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.ledger.charge import Charge

    Rank = tuple[bool, bool, bool, int, bytes]


def rank(charge: Charge, data: bytes) -> Rank:
    """
    Give what records of one stop are sorted by, the richest first.

    Args:
        charge: The record.
        data: Its file's content.

    Returns:
        Whether it lacks exact Wh, the begin, the card; then the number of its fields, more first, and its bytes.
    """
    return charge.consumed_wh is None, charge.begin_wh is None, not charge.id_tag, -len(charge.fields), data
