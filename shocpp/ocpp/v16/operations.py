"""
The operations of OCPP 1.6 and of its security extension: who may start each, and where it is specified.

Knows names and places only: not what the payloads look like (that is `schemas`), nor which operations we serve
(that is `central_system`). The table is plain data, so that a backend pays nothing for it at its start.
"""

from __future__ import annotations

CHARGE_POINT = "charge point"
CENTRAL_SYSTEM = "central system"
BOTH = "both"

KINDS = ("request", "confirmation")  # the two messages of an operation


class UnknownActionError(KeyError):
    """No operation of OCPP 1.6 or its security extension has this name, or the kind is none of `KINDS`."""

    def __str__(self) -> str:
        return f"no message {self.args[0][:50]!r}"


class Operation:
    """
    One operation: its action, who may start it, its profile, and where the specification has it.

    The profile is ``Vendor`` for a vendor's own, which is in no specification.
    """

    __slots__ = ("action", "profile", "source", "started_by")

    def __init__(self, action: str, started_by: str, profile: str, source: str) -> None:
        self.action = action
        self.started_by = started_by
        self.profile = profile
        self.source = source

    def __repr__(self) -> str:
        return f"Operation({self.action!r}, {self.started_by!r}, {self.profile!r}, {self.source!r})"


# The sections are those of "Open Charge Point Protocol 1.6 edition 2"; the extension is
# the Open Charge Alliance's "Improved security for OCPP 1.6-J".
_TABLE = (
    ("Authorize", CHARGE_POINT, "Core", "OCPP 1.6 §4.1"),
    ("BootNotification", CHARGE_POINT, "Core", "OCPP 1.6 §4.2"),
    ("DataTransfer", BOTH, "Core", "OCPP 1.6 §4.3, §5.6"),
    ("DiagnosticsStatusNotification", CHARGE_POINT, "FirmwareManagement", "OCPP 1.6 §4.4"),
    ("FirmwareStatusNotification", CHARGE_POINT, "FirmwareManagement", "OCPP 1.6 §4.5"),
    ("Heartbeat", CHARGE_POINT, "Core", "OCPP 1.6 §4.6"),
    ("MeterValues", CHARGE_POINT, "Core", "OCPP 1.6 §4.7"),
    ("StartTransaction", CHARGE_POINT, "Core", "OCPP 1.6 §4.8"),
    ("StatusNotification", CHARGE_POINT, "Core", "OCPP 1.6 §4.9"),
    ("StopTransaction", CHARGE_POINT, "Core", "OCPP 1.6 §4.10"),
    ("CancelReservation", CENTRAL_SYSTEM, "Reservation", "OCPP 1.6 §5.1"),
    ("ChangeAvailability", CENTRAL_SYSTEM, "Core", "OCPP 1.6 §5.2"),
    ("ChangeConfiguration", CENTRAL_SYSTEM, "Core", "OCPP 1.6 §5.3"),
    ("ClearCache", CENTRAL_SYSTEM, "Core", "OCPP 1.6 §5.4"),
    ("ClearChargingProfile", CENTRAL_SYSTEM, "SmartCharging", "OCPP 1.6 §5.5"),
    ("GetCompositeSchedule", CENTRAL_SYSTEM, "SmartCharging", "OCPP 1.6 §5.7"),
    ("GetConfiguration", CENTRAL_SYSTEM, "Core", "OCPP 1.6 §5.8"),
    ("GetDiagnostics", CENTRAL_SYSTEM, "FirmwareManagement", "OCPP 1.6 §5.9"),
    ("GetLocalListVersion", CENTRAL_SYSTEM, "LocalAuthListManagement", "OCPP 1.6 §5.10"),
    ("RemoteStartTransaction", CENTRAL_SYSTEM, "Core", "OCPP 1.6 §5.11"),
    ("RemoteStopTransaction", CENTRAL_SYSTEM, "Core", "OCPP 1.6 §5.12"),
    ("ReserveNow", CENTRAL_SYSTEM, "Reservation", "OCPP 1.6 §5.13"),
    ("Reset", CENTRAL_SYSTEM, "Core", "OCPP 1.6 §5.14"),
    ("SendLocalList", CENTRAL_SYSTEM, "LocalAuthListManagement", "OCPP 1.6 §5.15"),
    ("SetChargingProfile", CENTRAL_SYSTEM, "SmartCharging", "OCPP 1.6 §5.16"),
    ("TriggerMessage", CENTRAL_SYSTEM, "RemoteTrigger", "OCPP 1.6 §5.17"),
    ("UnlockConnector", CENTRAL_SYSTEM, "Core", "OCPP 1.6 §5.18"),
    ("UpdateFirmware", CENTRAL_SYSTEM, "FirmwareManagement", "OCPP 1.6 §5.19"),
    ("CertificateSigned", CENTRAL_SYSTEM, "Security", "OCPP 1.6 security extension"),
    ("DeleteCertificate", CENTRAL_SYSTEM, "Security", "OCPP 1.6 security extension"),
    ("ExtendedTriggerMessage", CENTRAL_SYSTEM, "Security", "OCPP 1.6 security extension"),
    ("GetInstalledCertificateIds", CENTRAL_SYSTEM, "Security", "OCPP 1.6 security extension"),
    ("GetLog", CENTRAL_SYSTEM, "Security", "OCPP 1.6 security extension"),
    ("InstallCertificate", CENTRAL_SYSTEM, "Security", "OCPP 1.6 security extension"),
    ("LogStatusNotification", CHARGE_POINT, "Security", "OCPP 1.6 security extension"),
    ("SecurityEventNotification", CHARGE_POINT, "Security", "OCPP 1.6 security extension"),
    ("SignCertificate", CHARGE_POINT, "Security", "OCPP 1.6 security extension"),
    ("SignedFirmwareStatusNotification", CHARGE_POINT, "Security", "OCPP 1.6 security extension"),
    ("SignedUpdateFirmware", CENTRAL_SYSTEM, "Security", "OCPP 1.6 security extension"),
)

# requests in which a charge point speaks of charges, and in which nothing is secret; what some firmware adds to a
# BootNotification may be
WITHOUT_SECRETS = frozenset(("Authorize", "Heartbeat", "MeterValues", "StartTransaction", "StopTransaction"))

OPERATIONS = {row[0]: Operation(*row) for row in _TABLE}


def may_start(side: str, action: str) -> bool:
    """
    Tell whether a side may start an operation.

    Args:
        side: ``CHARGE_POINT`` or ``CENTRAL_SYSTEM``.
        action: The action of a CALL; an unknown one is nobody's to start.

    >>> may_start(CHARGE_POINT, "Heartbeat"), may_start(CENTRAL_SYSTEM, "Heartbeat"), may_start(CHARGE_POINT, "Nap")
    (True, False, False)
    """
    operation = OPERATIONS.get(action)
    return operation is not None and operation.started_by in (side, BOTH)


def require(action: str, kind: str) -> None:
    """
    Make sure that there is such a message.

    Args:
        action: The operation, as in a CALL.
        kind: Of ``KINDS``.

    Raises:
        UnknownActionError: There is none.
    """
    if action not in OPERATIONS or kind not in KINDS:
        raise UnknownActionError(f"{action}.{kind}")
