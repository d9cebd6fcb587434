"""
What is seen of charge points now, gathered from their folders below run/ and from charge-points.json.

Reads the disk and hands what it finds to ``status``, which makes rows of it; knows neither terminal nor page.
"""

from __future__ import annotations

import os

from shocpp.errors import ShocppError
from shocpp.spool.conf.configuration import find_charge_points
from shocpp.spool.conf.watched_file import stamp_of
from shocpp.spool.run import last_seen, mailbox, open_charges, sightings
from shocpp.spool.run.held_mailbox import PID, folder_of
from shocpp.status import rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from typing import Any

    from shocpp.ledger.charge_points import ChargePoints
    from shocpp.settings import Settings
    from shocpp.spool.conf.watched_file import Stamp


_MOST_KNOWN = 50_000  # files, two a charge point


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
        self._known: dict[str, tuple[Stamp, dict[str, Any]]] = {}
        self._listed: ChargePoints | None = None
        self._stamp: Stamp | None = None
        self._told = ""  # what is wrong with the list, as it was said last

    def listed(self) -> ChargePoints | None:
        """Give the listed charge points; None, which is said, while the list makes no sense: those seen are shown."""
        path = self._settings.charge_points_file
        stamp = stamp_of(path)
        if stamp != self._stamp or stamp is None:
            self._listed, self._stamp = self._read_list(path), stamp
        return self._listed

    def _read_list(self, path: str) -> ChargePoints | None:
        try:
            return find_charge_points(path)
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
        if len(self._known) > _MOST_KNOWN:
            self._known.clear()  # of charge points that were forgotten below run/
        seen = mailbox.seen(self._settings.run_dir)
        never = sorted({each.identity for each in listed or ()} - {*seen})
        return [self._row(each, listed, times) for each in (*seen, *never) if not wanted or each in wanted]

    def _sighting(self, folder: str, name: str) -> dict[str, Any]:
        """Give a sighting; its file is read again once it is another one, since each writing replaces it."""
        path = f"{folder}/{name}"
        stamp, known = stamp_of(path), self._known.get(path)
        if stamp is None:
            return {}
        if known is None or known[0] != stamp:
            known = self._known[path] = stamp, sightings.read(folder, name)
        return known[1]

    def _row(self, identity: str, listed: ChargePoints | None, times: Mapping[str, int]) -> rows.Row:
        folder = folder_of(self._settings.run_dir, identity)
        return rows.row(
            identity,
            mailbox.is_alive(os.path.join(folder, PID)),
            last_seen.heard(self._sighting(folder, sightings.STATUS), identity, times),
            self._sighting(folder, sightings.METER),
            open_charges.read_transactions(folder),
            mailbox.held_since(os.path.join(folder, PID)),
            listed.get(identity) if listed else None,
        )
