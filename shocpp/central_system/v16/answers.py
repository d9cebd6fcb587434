"""
What each message of a charge point means to the central system.

One function an action, all of one shape: the request's payload and a context in, effects out, in the order in
which they shall happen; those around a charge are in ``charges``. Pure: no clock, no disk, no log. Lenient: a
value is read as it was meant, and a request is only refused when what the answer or accounting needs cannot be read.
"""

from __future__ import annotations

from shocpp.central_system.effects import Effect, Notice, PresumeOver, Refuse, Reply, See, SeeMeter
from shocpp.ledger.accounts import ACCEPTED
from shocpp.ocpp import refusals
from shocpp.ocpp.reading import integer, text
from shocpp.ocpp.v16.operations import OPERATIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.central_system.context import Context
    from shocpp.central_system.v16.charges import Handler
    from shocpp.ocpp.frames import Payload

_STATUS_FIELDS = ("status", "errorCode", "info", "vendorErrorCode", "vendorId", "timestamp")


def answer(action: str, payload: Payload, context: Context) -> list[Effect]:
    """
    Find out what a request means.

    Returns:
        The effects in order; the last one is the answer.

    Source: OCPP-J 1.6 §4.2.3 (what is unknown and what is known but not served are refused differently)
    """
    handler = HANDLERS.get(action)
    if handler is None and action in OF_CHARGES:
        from shocpp.central_system.v16 import charges  # with the first of them: a connection may be over without any

        handler = HANDLERS[action] = charges.HANDLERS[action]
    if handler is not None:
        return handler(payload, context)
    if action in OPERATIONS:
        return [Refuse(refusals.NOT_SERVED, f"{action} is not for a central system")]
    return [Refuse(refusals.UNKNOWN_ACTION, "unknown action")]


# what is kept of a boot: what some firmware adds may be a password
BOOT = (
    "chargePointVendor",
    "chargePointModel",
    "chargePointSerialNumber",
    "chargeBoxSerialNumber",
    "firmwareVersion",
    "iccid",
    "imsi",
    "meterType",
    "meterSerialNumber",
)


def boot_notification(request: Payload, context: Context) -> list[Effect]:
    """
    Accept a charge point and tell it the time; what it charged before it booted seems to be over.

    Source: OCPP 1.6 §4.2
    """
    boot = {name: said for name in BOOT if (said := text(request.get(name))) is not None}
    return [
        See("boot", "", {**boot, "at": context.now_text}),
        PresumeOver(None, context.now_text),
        Reply(
            {"status": ACCEPTED, "currentTime": context.now_text, "interval": context.heartbeat_interval_s},
        ),
    ]


def data_transfer(request: Payload, context: Context) -> list[Effect]:
    """
    Know no vendor's extensions.

    Source: OCPP 1.6 §4.3
    """
    return [Reply({"status": "UnknownVendorId"})]


def heartbeat(request: Payload, context: Context) -> list[Effect]:
    """
    Tell the time.

    Source: OCPP 1.6 §4.6
    """
    return [Reply({"currentTime": context.now_text})]


def read_meter_values(request: Payload, context: Context) -> list[Effect]:
    """
    Keep readings as a sighting; accounting never depends on them.

    Source: OCPP 1.6 §4.7
    """
    return [SeeMeter(request), Reply({})]


def see_firmware_status(request: Payload, context: Context) -> list[Effect]:
    """
    Note how a firmware update goes.

    Source: OCPP 1.6 §4.5
    """
    return [See("firmware", "", {"status": text(request.get("status")), "at": context.now_text}), Reply({})]


def see_diagnostics_status(request: Payload, context: Context) -> list[Effect]:
    """
    Note how an upload of diagnostics goes.

    Source: OCPP 1.6 §4.4
    """
    return [See("diagnostics", "", {"status": text(request.get("status")), "at": context.now_text}), Reply({})]


def status_notification(request: Payload, context: Context) -> list[Effect]:
    """
    Note a connector's status; connector 0 is the charge point itself. On one that is free the charge seems to be over.

    Source: OCPP 1.6 §4.9
    """
    connector_id = integer(request.get("connectorId")) or 0
    said = {name: value for name in _STATUS_FIELDS if name in request and (value := text(request[name])) is not None}
    effects: list[Effect] = [See("connectors", str(connector_id), {**said, "at": context.now_text})]
    if connector_id and said.get("status") == "Available":
        effects.append(PresumeOver(connector_id, context.now_text))
    effects.append(Reply({}))
    return effects


def see_log_status(request: Payload, context: Context) -> list[Effect]:
    """
    Note how an upload of a log goes.

    Source: OCPP 1.6 security extension, A05 and LogStatusNotification
    """
    return [See("log_upload", "", {"status": text(request.get("status")), "at": context.now_text}), Reply({})]


def see_security_event(request: Payload, context: Context) -> list[Effect]:
    """
    Warn the operator of what a charge point says about its security.

    Source: OCPP 1.6 security extension, SecurityEventNotification
    """
    kind, details = text(request.get("type")) or "without a type", text(request.get("techInfo"))
    return [Notice("", f"security event {kind}" + (f": {details}" if details else "")), Reply({})]


def sign_certificate(request: Payload, context: Context) -> list[Effect]:
    """
    Sign no certificate: there is nothing to sign with.

    Source: OCPP 1.6 security extension, SignCertificate
    """
    return [Reply({"status": "Rejected"})]


# each of ``OF_CHARGES`` joins them with its first message
HANDLERS: dict[str, Handler] = {
    "BootNotification": boot_notification,
    "DataTransfer": data_transfer,
    "DiagnosticsStatusNotification": see_diagnostics_status,
    "FirmwareStatusNotification": see_firmware_status,
    "Heartbeat": heartbeat,
    "LogStatusNotification": see_log_status,
    "MeterValues": read_meter_values,
    "SecurityEventNotification": see_security_event,
    "SignCertificate": sign_certificate,
    "SignedFirmwareStatusNotification": see_firmware_status,
    "StatusNotification": status_notification,
}

# the actions around a charge, whose meaning is in ``charges``
OF_CHARGES = frozenset(("Authorize", "StartTransaction", "StopTransaction"))

# the actions whose meaning depends on the accounts: before these it is looked whether those have changed
ABOUT_ACCOUNTS = frozenset(("Authorize", "StartTransaction", "StopTransaction"))

# the actions whose meaning depends on the transactions that are open: only these are told them
ABOUT_TRANSACTIONS = frozenset(("StartTransaction", "StopTransaction"))

# the actions of which records may come, so that their answers wait for the disk
BOOKED = frozenset(("StopTransaction",))
