"""
The commands about cards: local list, cache, reservations.

Source: OCPP 1.6 §5.1, §5.4, §5.10, §5.13, §5.15
"""

from __future__ import annotations

from shocpp.charge_point.core.connector import AVAILABLE, FAULTED, NO_ERROR, Connector, Reservation
from shocpp.charge_point.core.statuses import ACCEPTED, REJECTED
from shocpp.charge_point.core.timestamps import seconds
from shocpp.ocpp.reading import integer, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.charge_point.core.parts import Handler, Parts
    from shocpp.ocpp.frames import Payload


def cancel_reservation(parts: Parts, request: Payload, now_s: float) -> Payload:
    """End a reservation (OCPP 1.6 §5.1)."""
    is_known = parts.charging.release(integer(request["reservationId"]) or 0)
    return {"status": ACCEPTED if is_known else REJECTED}


def clear_cache(parts: Parts, request: Payload, now_s: float) -> Payload:
    """Forget what was said of cards (OCPP 1.6 §5.4)."""
    if not parts.state.configuration.boolean("AuthorizationCacheEnabled"):
        return {"status": REJECTED}
    parts.state.tags.clear_cache()
    return {"status": ACCEPTED}


def get_local_list_version(parts: Parts, request: Payload, now_s: float) -> Payload:
    """Tell the version of the local list; -1 where it is switched off (OCPP 1.6 §5.10)."""
    is_enabled = parts.state.configuration.boolean("LocalAuthListEnabled")
    return {"listVersion": parts.state.tags.version if is_enabled else -1}


def reserve_now(parts: Parts, request: Payload, now_s: float) -> Payload:
    """Keep a connector for a card (OCPP 1.6 §5.13)."""
    number, expires_s = integer(request["connectorId"]) or 0, seconds(request["expiryDate"])
    connector = parts.state.all_connectors.get(number)
    if connector is None or expires_s is None or expires_s <= now_s:
        return {"status": REJECTED}
    reservation_id = integer(request["reservationId"]) or 0
    others = list(parts.state.connectors.values()) if number == 0 else [connector]
    is_own = connector.reservation is not None and connector.reservation.id == reservation_id
    if not is_own and not any(one.status == AVAILABLE for one in others):
        return {"status": _why_not(others[0])}
    parts.charging.reserve(
        connector,
        Reservation(reservation_id, str(request["idTag"]), text(request.get("parentIdTag")), expires_s),
    )
    return {"status": ACCEPTED}


def _why_not(connector: Connector) -> str:
    if connector.error_code != NO_ERROR:
        return FAULTED
    return "Occupied" if connector.is_operative else "Unavailable"


def send_local_list(parts: Parts, request: Payload, now_s: float) -> Payload:
    """Take a local list of cards (OCPP 1.6 §5.15)."""
    keys, entries = parts.state.configuration, request.get("localAuthorizationList")
    if not keys.boolean("LocalAuthListEnabled"):
        return {"status": "NotSupported"}
    if isinstance(entries, list) and len(entries) > keys.integer("SendLocalListMaxLength"):
        return {"status": "Failed"}
    version = integer(request["listVersion"]) or 0
    longest = keys.integer("LocalAuthListMaxLength")
    return {"status": parts.state.tags.update(version, str(request["updateType"]), entries, longest)}


HANDLERS: dict[str, Handler] = {
    "CancelReservation": cancel_reservation,
    "ClearCache": clear_cache,
    "GetLocalListVersion": get_local_list_version,
    "ReserveNow": reserve_now,
    "SendLocalList": send_local_list,
}
