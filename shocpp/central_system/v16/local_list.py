"""
The local list: what a charge point knows of cards while the connection is away.

It says of each card what an Authorize would be answered now. Pure; who sends it, and which version it has, are others'.
"""

from __future__ import annotations

from shocpp.central_system.v16.charges import id_tag_info

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from shocpp.central_system.context import Context

    Entry = dict[str, Any]

LONGEST_ID = 20


def local_list(context: Context) -> list[Entry]:
    """
    Make the whole list of a charge point.

    Args:
        context: Its identity and what is listed of it, the accounts, the time.

    Returns:
        An entry for each card that is good or bad there; one that is longer than the protocol allows is left out, and
        so is that of an account that may not charge there: it is no more than unknown.

    Source: OCPP 1.6 §7.7 (AuthorizationData), §7.28 (IdToken: at most 20 characters)
    """
    known = ((each.id_tag, context.tag(each.id_tag)) for each in context.accounts.tags())
    return [
        {"idTag": id_tag, "idTagInfo": id_tag_info(tag, context)}
        for id_tag, tag in known
        if tag is not None and len(id_tag) <= LONGEST_ID
    ]


def pieces(entries: list[Entry], version: int, most: int) -> Iterator[Entry]:
    """
    Give the requests that bring a list into a charge point: a full one, and what does not fit into it as changes of it.

    Args:
        entries: The list.
        version: What it has once all of it is there: more than the number of pieces. Those before have smaller ones,
            so that a list that came in part is not taken for whole.
        most: How many entries a request may have, at least 1.

    Source: OCPP 1.6 §5.15 (the version rises with each difference), §9.4.3 (SendLocalListMaxLength)

    >>> [(each["updateType"], each["listVersion"]) for each in pieces([{"idTag": "1"}, {"idTag": "2"}], 9, 1)]
    [('Full', 8), ('Differential', 9)]
    """
    parts = [entries[first : first + most] for first in range(0, len(entries), most)] or [[]]
    for number, part in enumerate(parts):
        yield {
            "listVersion": version - (len(parts) - 1 - number),
            "updateType": "Differential" if number else "Full",
            "localAuthorizationList": part,
        }
