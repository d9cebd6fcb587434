"""
What the central system's commands mean to a charge point: one function an action, all of one shape.

A function is given the charge point's parts, a payload that fits its schema, and the time; it gives the confirmation's
payload. What follows from a command comes after its answer.
"""

from __future__ import annotations

from functools import partial

from shocpp.charge_point.core import commands_cards, commands_security, commands_smart
from shocpp.charge_point.core.connector import AVAILABLE, FINISHING, PREPARING, RESERVED, Connector
from shocpp.charge_point.core.statuses import ACCEPTED, REJECTED
from shocpp.ocpp.reading import integer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.charge_point.core.parts import Handler, Parts
    from shocpp.ocpp.frames import Payload

VENDOR = "shocpp"


def change_availability(parts: Parts, request: Payload, now_s: float) -> Payload:
    """Put a connector, or with 0 all of them, in or out of service; a charge goes on to its end (OCPP 1.6 §5.2)."""
    number, is_operative = integer(request["connectorId"]), request["type"] == "Operative"
    if number not in parts.state.all_connectors:
        return {"status": REJECTED}
    meant = [one for one in parts.state.all_connectors.values() if number in (0, one.number)]
    for connector in meant:
        connector.wanted_operative = is_operative
        if connector.transaction is None:
            connector.is_operative = is_operative
            if not is_operative:
                connector.presented = None
    return {"status": "Scheduled" if any(one.transaction is not None for one in meant) else ACCEPTED}


def change_configuration(parts: Parts, request: Payload, now_s: float) -> Payload:
    """Set a configuration key (OCPP 1.6 §5.3)."""
    status = parts.state.configuration.change(str(request["key"]), str(request["value"]))
    if status == ACCEPTED:
        parts.supply.align(now_s)
        parts.life.heartbeat_later(now_s)
        if parts.state.quirks.has("boot-when-configured"):
            parts.state.timers.set("restart", now_s, lambda at_s: parts.life.restart(at_s, "Reboot"))
    return {"status": status}


def data_transfer(parts: Parts, request: Payload, now_s: float) -> Payload:
    """Echo what is sent to our own vendor id; know no other (OCPP 1.6 §5.6)."""
    if request["vendorId"] != VENDOR:
        return {"status": "UnknownVendorId"}
    if request.get("messageId") != "echo":
        return {"status": "UnknownMessageId"}
    return {"status": ACCEPTED, **({"data": request["data"]} if "data" in request else {})}


def get_configuration(parts: Parts, request: Payload, now_s: float) -> Payload:
    """Tell configuration keys (OCPP 1.6 §5.8)."""
    asked = request.get("key")
    return parts.state.configuration.report([str(key) for key in asked] if isinstance(asked, list) else [])


def get_diagnostics(parts: Parts, request: Payload, now_s: float) -> Payload:
    """Upload diagnostics (OCPP 1.6 §5.9)."""
    return {"fileName": parts.maintenance.upload_diagnostics(now_s)}


def remote_start(parts: Parts, request: Payload, now_s: float) -> Payload:
    """Start a charge as if a card had been presented (OCPP 1.6 §5.11)."""
    id_tag, number = str(request["idTag"]), integer(request.get("connectorId"))
    charging = parts.charging
    connector = charging.find(id_tag) if number is None else parts.state.connectors.get(number)
    if connector is None or connector.status not in (AVAILABLE, PREPARING, FINISHING, RESERVED):
        return {"status": REJECTED}
    profile = request.get("chargingProfile")
    is_kept = charging.is_kept_from(id_tag, connector)
    if is_kept or (isinstance(profile, dict) and profile["chargingProfilePurpose"] != "TxProfile"):
        return {"status": REJECTED}
    if parts.state.quirks.has("accepted-not-started"):
        return {"status": ACCEPTED}
    meant = connector

    def start(at_s: float) -> None:
        if isinstance(profile, dict):
            commands_smart.install(parts, meant.number, profile)
        if parts.state.configuration.boolean("AuthorizeRemoteTxRequests"):
            charging.card(id_tag, meant, at_s)
        elif meant.transaction is None:
            charging.admit(id_tag, meant, at_s)

    parts.state.timers.set(f"remote-start-{meant.number}", now_s, start)
    return {"status": ACCEPTED}


def remote_stop(parts: Parts, request: Payload, now_s: float) -> Payload:
    """End a charge (OCPP 1.6 §5.12)."""
    transaction_id = integer(request["transactionId"])
    for connector in parts.state.connectors.values():
        running = connector.transaction
        if running is not None and running.id == transaction_id:
            stop = partial(parts.charging.stop, connector, "Remote")
            parts.state.timers.set(f"remote-stop-{connector.number}", now_s, stop)
            return {"status": ACCEPTED}
    return {"status": REJECTED}


def reset(parts: Parts, request: Payload, now_s: float) -> Payload:
    """Boot: at once, or once charges are ended and told (OCPP 1.6 §5.14)."""
    if request["type"] == "Hard":
        parts.state.timers.set("restart", now_s, lambda at_s: parts.life.restart(at_s, "HardReset"))
    else:
        parts.state.timers.set("restart", now_s, parts.life.restart_gently)
    return {"status": ACCEPTED}


def trigger_message(parts: Parts, request: Payload, now_s: float) -> Payload:
    """
    Send a message that the central system wants now.

    Source: OCPP 1.6 §5.17, and ExtendedTriggerMessage of the security extension
    """
    number = integer(request.get("connectorId"))
    if number is not None and number not in parts.state.all_connectors:
        return {"status": REJECTED}
    wanted = str(request["requestedMessage"])
    meant = [connector for connector in parts.state.connectors.values() if number in (None, 0, connector.number)]
    parts.state.timers.set(f"trigger-{wanted}", now_s, lambda at_s: _trigger(parts, wanted, meant, at_s))
    return {"status": ACCEPTED}


def _trigger(parts: Parts, wanted: str, meant: list[Connector], now_s: float) -> None:
    if wanted == "BootNotification":
        parts.life.boot(now_s)
    elif wanted == "Heartbeat":
        parts.life.heartbeat(now_s)
    elif wanted == "MeterValues":
        for connector in meant:
            parts.supply.send(connector, "MeterValuesSampledData", "Trigger", now_s, is_urgent=True)
    elif wanted == "StatusNotification":
        for connector in meant:
            parts.supply.tell(connector, now_s, is_urgent=True)
    elif wanted == "SignChargePointCertificate":
        parts.maintenance.ask_for_certificate()
    else:
        parts.maintenance.tell(wanted, is_urgent=True)


def unlock_connector(parts: Parts, request: Payload, now_s: float) -> Payload:
    """Let a cable go, and end the charge before (OCPP 1.6 §5.18)."""
    connector = parts.state.connectors.get(integer(request["connectorId"]) or 0)
    if connector is None:
        return {"status": "NotSupported"}
    parts.charging.stop(connector, "UnlockCommand", now_s)
    return {"status": "Unlocked"}


def update_firmware(parts: Parts, request: Payload, now_s: float) -> Payload:
    """Fetch firmware when it is time, and install it (OCPP 1.6 §5.19)."""
    parts.maintenance.update(str(request["location"]), request["retrieveDate"], now_s)
    return {}


HANDLERS: dict[str, Handler] = {
    "ChangeAvailability": change_availability,
    "ChangeConfiguration": change_configuration,
    "DataTransfer": data_transfer,
    "ExtendedTriggerMessage": trigger_message,
    "GetConfiguration": get_configuration,
    "GetDiagnostics": get_diagnostics,
    "RemoteStartTransaction": remote_start,
    "RemoteStopTransaction": remote_stop,
    "Reset": reset,
    "TriggerMessage": trigger_message,
    "UnlockConnector": unlock_connector,
    "UpdateFirmware": update_firmware,
    **commands_cards.HANDLERS,
    **commands_smart.HANDLERS,
    **commands_security.HANDLERS,
}
