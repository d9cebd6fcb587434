"""
Charging profiles: how much power they leave to a connector, now and later.

Source: OCPP 1.6 §3.13 (smart charging: purposes, stacking, kinds), §5.7 (composite schedule)
"""

from __future__ import annotations

from shocpp.charge_point.core.metering import PHASES, VOLTS
from shocpp.charge_point.core.timestamps import seconds
from shocpp.ocpp.reading import integer, items, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from shocpp.ocpp.frames import Payload

MAXIMUM, DEFAULT, TRANSACTION = "ChargePointMaxProfile", "TxDefaultProfile", "TxProfile"
_PERIOD_S = {"Daily": 86_400, "Weekly": 604_800}


class Profile:
    """One ``csChargingProfiles``, read."""

    def __init__(self, sent: Payload) -> None:
        schedule = items(sent.get("chargingSchedule"))[0]
        self.id = integer(sent["chargingProfileId"]) or 0
        self.stack_level = integer(sent["stackLevel"]) or 0
        self.purpose = text(sent["chargingProfilePurpose"]) or ""
        self.kind = text(sent["chargingProfileKind"]) or ""
        self.every_s = _PERIOD_S.get(text(sent.get("recurrencyKind")) or "", 0)
        self.valid_from_s = seconds(sent.get("validFrom"))
        self.valid_to_s = seconds(sent.get("validTo"))
        self.start_s = seconds(schedule.get("startSchedule"))
        self.duration_s = integer(schedule.get("duration"))
        is_current = schedule["chargingRateUnit"] == "A"
        self.periods = [
            (integer(period["startPeriod"]) or 0, _watts(period, is_current))
            for period in items(schedule["chargingSchedulePeriod"])
        ]

    def limit_w(self, at_s: float, began_s: float) -> float | None:
        """
        Give the power that it allows at a time; None where it says nothing.

        Args:
            at_s: The time asked about.
            began_s: When the transaction began: that is where a relative profile starts.
        """
        if not (self.valid_from_s or at_s) <= at_s < (self.valid_to_s or at_s + 1):
            return None
        into_s = at_s - self._base(at_s, began_s)
        if into_s < 0 or (self.duration_s is not None and into_s >= self.duration_s):
            return None
        limits = [limit_w for start_s, limit_w in self.periods if start_s <= into_s]
        return limits[-1] if limits else None

    def changes(self, at_s: float, began_s: float) -> Iterator[float]:
        """Give the times after ``at_s`` at which it may say something else; of a recurring one, the next ones."""
        base_s = self._base(at_s, began_s)
        yield from (time_s for time_s in (self.valid_from_s, self.valid_to_s) if time_s)
        for start_s, _ in self.periods:
            yield base_s + start_s
        if self.duration_s is not None:
            yield base_s + self.duration_s
        if self.kind == "Recurring" and self.every_s:
            yield base_s + self.every_s

    def _base(self, at_s: float, began_s: float) -> float:
        if self.kind == "Relative" or self.start_s is None:
            return began_s
        if self.kind == "Recurring" and self.every_s:
            return self.start_s + (at_s - self.start_s) // self.every_s * self.every_s
        return self.start_s


class Profiles:
    """The profiles installed in a charge point; those of connector 0 stand for every connector."""

    def __init__(self) -> None:
        self._installed: list[tuple[int, Profile]] = []

    def __len__(self) -> int:
        return len(self._installed)

    def install(self, connector_id: int, profile: Profile) -> None:
        """Put a profile in the place of the one with its id, or of the same purpose and level."""
        self._installed = [
            (place, other)
            for place, other in self._installed
            if other.id != profile.id
            and (place, other.purpose, other.stack_level) != (connector_id, profile.purpose, profile.stack_level)
        ]
        self._installed.append((connector_id, profile))

    def clear(
        self, profile_id: int | None, connector_id: int | None, purpose: str | None, stack_level: int | None
    ) -> bool:
        """
        Remove the profile with an id; without one, all profiles that fit each criterion, of which None fits all.

        Returns:
            Whether there was any.
        """
        kept = [
            (place, profile)
            for place, profile in self._installed
            if not (
                profile.id == profile_id
                if profile_id is not None
                else connector_id in (None, place)
                and purpose in (None, profile.purpose)
                and stack_level in (None, profile.stack_level)
            )
        ]
        is_changed = len(kept) < len(self._installed)
        self._installed = kept
        return is_changed

    def end(self, connector_id: int) -> None:
        """Forget the profile of a transaction that is over."""
        self.clear(None, connector_id, TRANSACTION, None)

    def total_w(self, at_s: float, began_s: float) -> float | None:
        """Give what the whole charge point may draw; None for no limit."""
        return self._highest(MAXIMUM, (0,), at_s, began_s)

    def connector_w(self, connector_id: int, at_s: float, began_s: float) -> float | None:
        """Give what one connector may draw by its own profiles: the transaction's before the default ones."""
        own = self._highest(TRANSACTION, (connector_id,), at_s, began_s)
        if own is not None:
            return own
        return self._highest(DEFAULT, (connector_id, 0), at_s, began_s)

    def next_change(self, at_s: float, began_s: float) -> float | None:
        """Give the next time at which any limit may change; None for never."""
        times = [time_s for _, profile in self._installed for time_s in profile.changes(at_s, began_s) if time_s > at_s]
        return min(times, default=None)

    def _highest(self, purpose: str, places: tuple[int, ...], at_s: float, began_s: float) -> float | None:
        """Give the limit of the highest level that says something; the connector's own before connector 0's."""
        found = [
            (profile.stack_level, place, limit_w)
            for place, profile in self._installed
            if profile.purpose == purpose
            and place in places
            and (limit_w := profile.limit_w(at_s, began_s)) is not None
        ]
        return max(found)[2] if found else None


def _watts(period: Payload, is_current: bool) -> float:
    limit = float(str(period["limit"]))
    phases = min(integer(period.get("numberPhases")) or PHASES, PHASES)
    return limit * VOLTS * phases if is_current else limit
