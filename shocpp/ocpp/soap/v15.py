"""
What the messages of OCPP 1.5 hold, in the notation of ``elements``; what is not said here is as in OCPP 1.6.

A sampled value whose measurand, unit, location or phase this version does not have is left out as a whole: without
that word it would be taken for one of the energy register.

Source: OCPP 1.5 §6 and §7; the order of elements is that of the WSDLs of 2012-06
"""

from __future__ import annotations

from shocpp.ocpp.soap import v16
from shocpp.ocpp.soap.elements import Elements, Scalar
from shocpp.ocpp.soap.v16 import ENERGY, POWER, words

_OCCUPIED = "Occupied=Charging,Preparing,SuspendedEV,SuspendedEVSE,Finishing"
_ELSEWHERE = "OtherError=OtherError,InternalError,LocalListConflict,OverVoltage"

TYPES: dict[str, Scalar | Elements] = {
    **v16.TYPES,
    "UpdateStatus": words("Accepted Failed HashError=Failed NotSupported VersionMismatch"),
    "RegistrationStatus": words("Accepted Rejected=Rejected,Pending"),
    "ChargePointStatus": words(f"Available {_OCCUPIED} Faulted Unavailable Reserved"),
    "ErrorCode": words(
        "ConnectorLockFailure HighTemperature Mode3Error=EVCommunicationError NoError PowerMeterFailure "
        "PowerSwitchFailure ReaderFailure ResetFailure GroundFailure OverCurrentFailure UnderVoltage WeakSignal "
        f"{_ELSEWHERE}"
    ),
    "DiagnosticsStatus": words("Uploaded UploadFailed"),
    "FirmwareStatus": words("Downloaded DownloadFailed InstallationFailed Installed"),
    "Context": words(
        "Interruption.Begin Interruption.End Sample.Clock Sample.Periodic=Sample.Periodic,Other,Trigger "
        "Transaction.Begin Transaction.End"
    ),
    "Measurand": words(f"{ENERGY}{POWER}Current.Export Current.Import Voltage Temperature"),
    "Location": words("Inlet Outlet Body"),
    "Unit": words("Wh kWh varh kvarh W kW var kvar Amp=A Volt=V Celsius"),
    "SampledValue": Elements(
        "#value @context:Context? @format:Format? @measurand:Measurand? @location:Location? @unit:Unit? !phase:Never",
        is_skippable=True,
    ),
    "MeterValue": Elements("timestamp:Time value>sampledValue:SampledValue+", is_skippable=True),
    "ConfigurationStatus": words("Accepted=Accepted,RebootRequired Rejected NotSupported"),
    "UnlockStatus": words("Accepted=Unlocked Rejected=UnlockFailed,NotSupported"),
}

TO_CENTRAL_SYSTEM = {
    **v16.TO_CENTRAL_SYSTEM,
    "BootNotification": (
        v16.TO_CENTRAL_SYSTEM["BootNotification"][0],
        "status:RegistrationStatus currentTime:Time heartbeatInterval>interval:Int",
    ),
    "MeterValues": ("connectorId:Int transactionId:Int? values>meterValue:MeterValue*", ""),
    "StopTransaction": (
        "transactionId:Int idTag:IdTag? timestamp:Time meterStop:Int "
        "transactionData/values>transactionData:MeterValue* -reason",
        "idTagInfo:IdTagInfo?",
    ),
}

_ONLY_16 = ("ClearChargingProfile", "GetCompositeSchedule", "SetChargingProfile", "TriggerMessage")
TO_CHARGE_POINT = {
    **{action: rows for action, rows in v16.TO_CHARGE_POINT.items() if action not in _ONLY_16},
    "RemoteStartTransaction": ("idTag:IdTag connectorId:Int?", "status:AcceptedRejected"),
    "SendLocalList": (
        "updateType:UpdateType listVersion:Int localAuthorisationList>localAuthorizationList:AuthorizationData* hash>?",
        "status:UpdateStatus hash>?",
    ),
}
