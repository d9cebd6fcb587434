"""
What the messages of OCPP 1.2 hold, in the notation of ``elements``; what is not said here is as in OCPP 1.5.

Meter values are whole Wh of the imported energy; others are left out.

Source: OCPP 1.2 §5; the order of elements is that of the WSDLs of 2010-08
"""

from __future__ import annotations

from shocpp.ocpp.soap import v15
from shocpp.ocpp.soap.elements import Elements, Scalar
from shocpp.ocpp.soap.v16 import words

_OCCUPIED = "Occupied=Charging,Preparing,SuspendedEV,SuspendedEVSE,Finishing,Reserved"
_ELSEWHERE = (
    "PowerSwitchFailure=PowerSwitchFailure,GroundFailure,OverCurrentFailure,OverVoltage,UnderVoltage,OtherError,"
    "InternalError,LocalListConflict,WeakSignal"
)

TYPES: dict[str, Scalar | Elements] = {
    **v15.TYPES,
    "IdTag": Scalar("string"),
    **{f"Text{longest}": Scalar("string") for longest in (20, 25, 50, 255, 500)},
    "ChargePointStatus": words(f"Available {_OCCUPIED} Faulted Unavailable"),
    "ErrorCode": words(
        f"ConnectorLockFailure HighTemperature Mode3Error=EVCommunicationError NoError PowerMeterFailure {_ELSEWHERE} "
        "ReaderFailure ResetFailure"
    ),
    "WholeWh": Scalar("int", is_verbatim=True),
    "Imported": words("Energy.Active.Import.Register"),
    "Wh": words("Wh"),
    "SampledValue": Elements(
        "#value:WholeWh !measurand:Imported !unit:Wh !phase:Never -context -format -location", is_skippable=True
    ),
    "MeterValue": Elements("timestamp:Time value>sampledValue:SampledValue1", is_skippable=True),
}

_ONLY_SINCE_15 = (
    "DataTransfer",
    "GetConfiguration",
    "GetLocalListVersion",
    "ReserveNow",
    "CancelReservation",
    "SendLocalList",
)
TO_CENTRAL_SYSTEM = {
    **{action: rows for action, rows in v15.TO_CENTRAL_SYSTEM.items() if action not in _ONLY_SINCE_15},
    "BootNotification": (
        v15.TO_CENTRAL_SYSTEM["BootNotification"][0],
        "status:RegistrationStatus currentTime:Time? heartbeatInterval>interval:Int?",
    ),
    "MeterValues": ("connectorId:Int values>meterValue:MeterValue* -transactionId", ""),
    "StartTransaction": (
        "connectorId:Int idTag:IdTag timestamp:Time meterStart:Int -reservationId",
        "transactionId:Int idTagInfo:IdTagInfo",
    ),
    "StatusNotification": (
        "connectorId:Int status:ChargePointStatus errorCode:ErrorCode -info -timestamp -vendorId -vendorErrorCode",
        "",
    ),
    "StopTransaction": (
        "transactionId:Int idTag:IdTag? timestamp:Time meterStop:Int -reason -transactionData",
        "idTagInfo:IdTagInfo?",
    ),
}

TO_CHARGE_POINT = {action: rows for action, rows in v15.TO_CHARGE_POINT.items() if action not in _ONLY_SINCE_15}
