"""
What is seen of charge points now, gathered from their folders below run/ and from charge-points.json.

Reads the disk and hands what it finds to ``status``, which makes rows of it; knows neither terminal nor page.
"""

from __future__ import annotations

import os

from shocpp.errors import ShocppError
from shocpp.spool import last_seen, mailbox, open_charges, sightings
from shocpp.spool.configuration import find_charge_points
from shocpp.spool.held_mailbox import PID, folder_of
from shocpp.status import rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from shocpp.ledger.charge_points import ChargePoints
    from shocpp.settings import Settings


class SeenNow:
    """
    The charge points that were seen or are listed.

    Args:
        settings: Where everything lies.
        say: Is told in a sentence, once, when the list makes no sense.
    """

    def __init__(self, settings: Settings, say: Callable[[str], object]) -> None:
        self._settings = settings
        self._say = say
        self._told = ""  # what is wrong with the list, as it was said last

    def listed(self) -> ChargePoints | None:
        """Read who is listed; a list that makes no sense hides nobody who was seen, and that is said."""
        try:
            return find_charge_points(self._settings.charge_points_file)
        except ShocppError as error:
            if str(error) != self._told:
                self._told = str(error)
                self._say(f"{error}; shown is what was seen")
            return None

    def read(self, wanted: Collection[str] = ()) -> list[rows.Row]:
        """
        Read what is seen now; a charge point that is listed and never came has a row, too.

        Args:
            wanted: Identities; empty for all.
        """
        listed, times = self.listed(), last_seen.read(self._settings.run_dir)
        seen = mailbox.seen(self._settings.run_dir)
        never = sorted({each.identity for each in listed or ()} - {*seen})
        return [self._row(each, listed, times) for each in (*seen, *never) if not wanted or each in wanted]

    def _row(self, identity: str, listed: ChargePoints | None, times: Mapping[str, int]) -> rows.Row:
        folder = folder_of(self._settings.run_dir, identity)
        return rows.row(
            identity,
            mailbox.is_alive(os.path.join(folder, PID)),
            last_seen.status_of(self._settings.run_dir, identity, times),
            sightings.read(folder, sightings.METER),
            open_charges.read_transactions(folder),
            mailbox.held_since(os.path.join(folder, PID)),
            listed.get(identity) if listed else None,
        )
