"""
What the central system's commands mean to a charge point: one function an action, all of one shape.

A function is given the charge point, a payload that fits its schema, and the time; it gives the confirmation's
payload. What follows from a command comes after its answer.
"""

from __future__ import annotations

from shocpp.charge_point.core import commands_cards, commands_security, commands_smart
from shocpp.charge_point.core.authorization import ACCEPTED
from shocpp.charge_point.core.connector import AVAILABLE, FINISHING, PREPARING, RESERVED, Connector
from shocpp.ocpp.reading import integer
from shocpp.times import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.charge_point.core.charge_point import ChargePoint
    from shocpp.ocpp.frames import Payload

    Handler = Callable[[ChargePoint, Payload, float], Payload]

REJECTED = "Rejected"
VENDOR = "shocpp"


def change_availability(charge_point: ChargePoint, request: Payload, now_s: float) -> Payload:  # noqa: ARG001
    """
    Put a connector, or with 0 all of them, into or out of service: where a charge runs, when it is over.

    Source: OCPP 1.6 §5.2
    """
    number, is_operative = integer(request["connectorId"]), request["type"] == "Operative"
    if number == 0:
        meant = [charge_point.main, *charge_point.connectors.values()]
    elif number in charge_point.connectors:
        meant = [charge_point.connectors[number]]
    else:
        return {"status": REJECTED}
    for connector in meant:
        connector.wanted_operative = is_operative
        if connector.transaction is None:
            connector.is_operative = is_operative
            if not is_operative:
                connector.presented = None
    return {"status": "Scheduled" if any(one.transaction is not None for one in meant) else ACCEPTED}


def change_configuration(charge_point: ChargePoint, request: Payload, now_s: float) -> Payload:
    """
    Set a configuration key.

    Source: OCPP 1.6 §5.3
    """
    status = charge_point.configuration.change(str(request["key"]), str(request["value"]))
    if status == ACCEPTED:
        charge_point.supply.align(now_s)
        charge_point.life.heartbeat_later(now_s)
        charge_point.quirks.configured(charge_point, now_s)
    return {"status": status}


def data_transfer(charge_point: ChargePoint, request: Payload, now_s: float) -> Payload:  # noqa: ARG001
    """
    Echo what is sent to our own vendor id; know no other.

    Source: OCPP 1.6 §5.6
    """
    if request["vendorId"] != VENDOR:
        return {"status": "UnknownVendorId"}
    if request.get("messageId") != "echo":
        return {"status": "UnknownMessageId"}
    return {"status": ACCEPTED, **({"data": request["data"]} if "data" in request else {})}


def get_configuration(charge_point: ChargePoint, request: Payload, now_s: float) -> Payload:  # noqa: ARG001
    """
    Tell configuration keys.

    Source: OCPP 1.6 §5.8
    """
    asked = request.get("key")
    return charge_point.configuration.report([str(key) for key in asked] if isinstance(asked, list) else [])


def get_diagnostics(charge_point: ChargePoint, request: Payload, now_s: float) -> Payload:  # noqa: ARG001
    """
    Upload diagnostics.

    Source: OCPP 1.6 §5.9
    """
    return {"fileName": charge_point.maintenance.upload_diagnostics(now_s)}


def remote_start(charge_point: ChargePoint, request: Payload, now_s: float) -> Payload:
    """
    Start a charge as if a card had been presented.

    Source: OCPP 1.6 §5.11
    """
    id_tag, number = str(request["idTag"]), integer(request.get("connectorId"))
    charging = charge_point.charging
    if number is None:
        connector: Connector | None = charging.find(id_tag)
    else:
        connector = charge_point.connectors.get(number)
    if connector is None or connector.status not in (AVAILABLE, PREPARING, FINISHING, RESERVED):
        return {"status": REJECTED}
    profile = request.get("chargingProfile")
    is_kept = charging.is_kept_from(id_tag, connector)
    if is_kept or (isinstance(profile, dict) and profile["chargingProfilePurpose"] != "TxProfile"):
        return {"status": REJECTED}
    if charge_point.quirks.has("accepted-not-started"):
        return {"status": ACCEPTED}
    meant = connector

    def start(at_s: float) -> None:
        if isinstance(profile, dict):
            commands_smart.install(charge_point, meant.number, profile)
        if charge_point.configuration.boolean("AuthorizeRemoteTxRequests"):
            charging.card(id_tag, meant, at_s)
        elif meant.transaction is None:
            charging.admit(id_tag, meant, at_s)

    charge_point.timers.set(f"remote-start-{meant.number}", now_s, start)
    return {"status": ACCEPTED}


def remote_stop(charge_point: ChargePoint, request: Payload, now_s: float) -> Payload:
    """
    End a charge.

    Source: OCPP 1.6 §5.12
    """
    transaction_id = integer(request["transactionId"])
    for connector in charge_point.connectors.values():
        running = connector.transaction
        if running is not None and running.id == transaction_id:
            _stop_remotely(charge_point, connector, now_s)
            return {"status": ACCEPTED}
    return {"status": REJECTED}


def _stop_remotely(charge_point: ChargePoint, connector: Connector, now_s: float) -> None:
    def stop(at_s: float) -> None:
        charge_point.charging.stop(connector, "Remote", at_s)

    charge_point.timers.set(f"remote-stop-{connector.number}", now_s, stop)


def reset(charge_point: ChargePoint, request: Payload, now_s: float) -> Payload:
    """
    Boot: at once, or once charges are ended and told.

    Source: OCPP 1.6 §5.14
    """
    if request["type"] == "Hard":
        charge_point.timers.set("restart", now_s, lambda at_s: charge_point.life.restart(at_s, "HardReset"))
    else:
        charge_point.timers.set("restart", now_s, charge_point.life.restart_gently)
    return {"status": ACCEPTED}


def trigger_message(charge_point: ChargePoint, request: Payload, now_s: float) -> Payload:
    """
    Send a message that the central system wants now.

    Source: OCPP 1.6 §5.17, and ExtendedTriggerMessage of the security extension
    """
    number = integer(request.get("connectorId"))
    if number is not None and number not in charge_point.connectors and number != 0:
        return {"status": REJECTED}
    wanted = str(request["requestedMessage"])
    meant = [connector for connector in charge_point.connectors.values() if number in (None, 0, connector.number)]
    charge_point.timers.set(f"trigger-{wanted}", now_s, lambda at_s: _trigger(charge_point, wanted, meant, at_s))
    return {"status": ACCEPTED}


def _trigger(charge_point: ChargePoint, wanted: str, meant: list[Connector], now_s: float) -> None:
    maintenance = charge_point.maintenance
    if wanted == "BootNotification":
        charge_point.life.boot(now_s)
    elif wanted == "Heartbeat":
        charge_point.life.heartbeat(now_s)
    elif wanted == "MeterValues":
        for connector in meant:
            charge_point.supply.send(connector, "MeterValuesSampledData", "Trigger", now_s, is_urgent=True)
    elif wanted == "StatusNotification":
        for connector in meant:
            charge_point.supply.tell(connector, now_s, is_urgent=True)
    elif wanted == "FirmwareStatusNotification":
        maintenance.tell_firmware(now_s, is_urgent=True)
    elif wanted == "DiagnosticsStatusNotification":
        maintenance.tell_diagnostics(now_s, is_urgent=True)
    elif wanted == "LogStatusNotification":
        maintenance.tell_log(now_s, is_urgent=True)
    else:
        maintenance.ask_for_certificate(now_s)


def unlock_connector(charge_point: ChargePoint, request: Payload, now_s: float) -> Payload:
    """
    Let a cable go, and end the charge before.

    Source: OCPP 1.6 §5.18
    """
    connector = charge_point.connectors.get(integer(request["connectorId"]) or 0)
    if connector is None:
        return {"status": "NotSupported"}
    charge_point.charging.stop(connector, "UnlockCommand", now_s)
    return {"status": "Unlocked"}


def update_firmware(charge_point: ChargePoint, request: Payload, now_s: float) -> Payload:
    """
    Fetch firmware when it is time, and install it.

    Source: OCPP 1.6 §5.19
    """
    retrieve = parse(request["retrieveDate"])
    at_s = max(now_s + 1, retrieve.timestamp() if retrieve else 0)
    charge_point.maintenance.update(str(request["location"]), at_s)
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
