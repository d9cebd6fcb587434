"""
What makes a stop this one and no other: the texts of which the digest in its record's name is made.

Made of what the charge point said alone, so that whoever gets the same stop, whenever and in whatever spelling, gives
it the same name. Pure: the digest itself is ``spool.accounting``'s.
"""

from __future__ import annotations

from shocpp.times import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    Said = tuple[object, object]


def source(identity: str, as_sent: Said, parsed: Said, stopped: str | None) -> str:
    """
    Give what the digest of a stop is made of: another spelling of a number or a time is the same stop.

    Args:
        identity: The charge point's.
        as_sent: Transaction id and meter stop as texts.
        parsed: The same as numbers, before any factor; None where they cannot be read, and then the text counts.
        stopped: The time as sent; to the second, and as a text where it cannot be read.

    >>> source("CP001", ("20009042.0", "x"), (20009042, None), "2023-09-03T07:52:10.5Z")
    'CP001\\n20009042\\nx\\n1693727530'
    """
    said = [text if number is None else number for text, number in zip(as_sent, parsed, strict=True)]
    claimed = parse(stopped)
    return "\n".join(map(str, (identity, *said, stopped if claimed is None else int(claimed.timestamp()))))


def legacy_source(identity: str, as_sent: Said, stopped: str | None) -> str:
    """Give what the digest was made of before version 0.2: of the texts alone, so that each spelling had its own."""
    return "\n".join(map(str, (identity, *as_sent, stopped)))
