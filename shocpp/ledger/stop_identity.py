"""
What makes a stop this one and no other: the texts of which the digest in its record's name is made.

Made of what the charge point said alone, so that whoever gets the same stop, whenever and in whatever spelling, gives
it the same name. Pure: the digest itself is ``spool.accounting``'s.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    Said = tuple[object, object]


def source(identity: str, as_sent: Said, parsed: Said, stopped: str | None, second: int | None) -> str:
    """
    Give what the digest of a stop is made of: another spelling of a number or a time is the same stop.

    Args:
        identity: The charge point's.
        as_sent: Transaction id and meter stop as texts.
        parsed: The same as numbers, before any factor; None where they cannot be read, and then the text counts.
        stopped: The time as sent.
        second: The same in seconds since the epoch; None where it cannot be read, and then the text counts.

    >>> source("CP001", ("20009042.0", "x"), (20009042, None), "2023-09-03T07:52:10.5Z", 1693727530)
    'CP001\\n20009042\\nx\\n1693727530'
    """
    transaction_id = as_sent[0] if parsed[0] is None else parsed[0]
    meter_stop = as_sent[1] if parsed[1] is None else parsed[1]
    return f"{identity}\n{transaction_id}\n{meter_stop}\n{stopped if second is None else second}"


def legacy_source(identity: str, as_sent: Said, stopped: str | None) -> str:
    """Give what earlier versions made the digest of: of the texts alone, so that each spelling had its own."""
    transaction_id, meter_stop = as_sent
    return f"{identity}\n{transaction_id}\n{meter_stop}\n{stopped}"
