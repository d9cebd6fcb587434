"""
The commands of smart charging: profiles in and out, and the schedule that follows from them.

Source: OCPP 1.6 §5.5, §5.7, §5.16
"""

from __future__ import annotations

from shocpp.charge_point.core.profiles import MAXIMUM, TRANSACTION, Profile
from shocpp.charge_point.core.statuses import ACCEPTED, REJECTED
from shocpp.charge_point.core.timestamps import stamp
from shocpp.ocpp.reading import integer, items, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.charge_point.core.parts import Handler, Parts
    from shocpp.ocpp.frames import Payload


def set_charging_profile(parts: Parts, request: Payload, now_s: float) -> Payload:
    """
    Take a charging profile.

    Source: OCPP 1.6 §5.16, §3.13.2 (where each purpose may stand)
    """
    number, sent = integer(request["connectorId"]) or 0, items(request["csChargingProfiles"])[0]
    if number not in parts.state.all_connectors:
        return {"status": REJECTED}
    purpose = sent["chargingProfilePurpose"]
    is_misplaced = (purpose == MAXIMUM and number != 0) or (
        purpose == TRANSACTION and not _is_for_running(parts, number, sent)
    )
    return {"status": REJECTED if is_misplaced or not install(parts, number, sent) else ACCEPTED}


def install(parts: Parts, number: int, sent: Payload) -> bool:
    """Install a profile unless it is beyond what the charge point can keep; tell whether it did."""
    keys, profile = parts.state.configuration, Profile(sent)
    is_too_much = (
        profile.stack_level > keys.integer("ChargeProfileMaxStackLevel")
        or len(profile.periods) > keys.integer("ChargingScheduleMaxPeriods")
        or len(parts.state.profiles) >= keys.integer("MaxChargingProfilesInstalled")
        or profile.periods[0][0] != 0
    )
    if not is_too_much:
        parts.state.profiles.install(number, profile)
    return not is_too_much


def _is_for_running(parts: Parts, number: int, sent: Payload) -> bool:
    connector = parts.state.connectors.get(number)
    running = connector.transaction if connector is not None else None
    if running is None:
        return False
    meant = integer(sent.get("transactionId"))
    return meant is None or meant == running.id


def clear_charging_profile(parts: Parts, request: Payload, now_s: float) -> Payload:
    """Remove charging profiles (OCPP 1.6 §5.5)."""
    is_changed = parts.state.profiles.clear(
        integer(request.get("id")),
        integer(request.get("connectorId")),
        text(request.get("chargingProfilePurpose")),
        integer(request.get("stackLevel")),
    )
    return {"status": ACCEPTED if is_changed else "Unknown"}


def get_composite_schedule(parts: Parts, request: Payload, now_s: float) -> Payload:
    """Tell what may be drawn from now on (OCPP 1.6 §5.7)."""
    number, duration_s = integer(request["connectorId"]) or 0, integer(request["duration"]) or 0
    if number not in parts.state.all_connectors:
        return {"status": REJECTED}
    is_current = request.get("chargingRateUnit") == "A"
    return {
        "status": ACCEPTED,
        "connectorId": number,
        "scheduleStart": stamp(now_s),
        "chargingSchedule": parts.supply.schedule(number, duration_s, is_current, now_s),
    }


HANDLERS: dict[str, Handler] = {
    "ClearChargingProfile": clear_charging_profile,
    "GetCompositeSchedule": get_composite_schedule,
    "SetChargingProfile": set_charging_profile,
}
