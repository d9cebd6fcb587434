"""
What a charge point knows of id tags by itself: the local list and the cache of what it was told.

Source: OCPP 1.6 §3.5 (local authorization and offline behaviour), §5.15 (SendLocalList)
"""

from __future__ import annotations

from shocpp.charge_point.core.statuses import ACCEPTED
from shocpp.charge_point.core.timestamps import seconds
from shocpp.ocpp.reading import items, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.ocpp.frames import Payload


class IdTags:
    """The local list with its version, and the cache; tags compare without case (CiString20Type)."""

    def __init__(self) -> None:
        self.version = 0
        self._list: dict[str, Payload] = {}
        self._cache: dict[str, Payload] = {}

    def status(self, id_tag: str, now_s: float, with_list: bool, with_cache: bool) -> str | None:
        """Give the status that is known of a tag; None if nothing is."""
        info = self._info(id_tag, with_list, with_cache)
        if info is None:
            return None
        expires_s = seconds(info.get("expiryDate"))
        if expires_s is not None and expires_s <= now_s:
            return "Expired"
        return text(info.get("status"))

    def parent(self, id_tag: str) -> str | None:
        """Give the group that a tag belongs to, if that is known."""
        info = self._info(id_tag, True, True)
        return text(info.get("parentIdTag")) if info else None

    def remember(self, id_tag: str, info: object) -> None:
        """Keep what the central system said of a tag."""
        if isinstance(info, dict):
            self._cache[id_tag.casefold()] = info

    def clear_cache(self) -> None:
        """Forget what the central system said; the local list stays."""
        self._cache.clear()

    def update(self, version: int, kind: str, entries: object, longest: int) -> str:
        """
        Take a local list, whole or as a difference.

        Returns:
            The status of SendLocalList.conf.

        Source: OCPP 1.6 §5.15
        """
        if kind == "Differential" and version <= self.version:
            return "VersionMismatch"
        changed = {} if kind == "Full" else dict(self._list)
        for entry in items(entries):
            id_tag, info = str(entry["idTag"]).casefold(), entry.get("idTagInfo")
            if isinstance(info, dict):
                changed[id_tag] = info
            elif kind == "Full":
                return "Failed"
            else:
                changed.pop(id_tag, None)
        if len(changed) > longest:
            return "Failed"
        self._list, self.version = changed, version
        return ACCEPTED

    def _info(self, id_tag: str, with_list: bool, with_cache: bool) -> Payload | None:
        key = id_tag.casefold()
        if with_list and key in self._list:
            return self._list[key]
        return self._cache.get(key) if with_cache else None
