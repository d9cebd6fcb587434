"""The cards that charge points refused, as their sightings have them."""

from __future__ import annotations

from shocpp.spool.run import mailbox, sightings
from shocpp.spool.run.held_mailbox import folder_of


def refused_cards(run_dir: str) -> list[dict[str, str]]:
    """
    Gather the refused cards of all charge points.

    Returns:
        For each ``at``, ``charge_point``, ``status`` and ``id_tag``; the latest last.
    """
    found = []
    for identity in mailbox.seen(run_dir):
        seen = sightings.read(folder_of(run_dir, identity), sightings.STATUS).get("refused_tags")
        for id_tag, said in (seen if isinstance(seen, dict) else {}).items():
            if isinstance(said, dict):
                at, why = str(said.get("at", "?")), str(said.get("status", "?"))
                found.append({"at": at, "charge_point": identity, "status": why, "id_tag": id_tag})
    return sorted(found, key=lambda each: each["at"])
