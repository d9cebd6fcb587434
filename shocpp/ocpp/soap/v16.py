"""
What the messages of OCPP 1.6 over SOAP hold, in the notation of ``elements``.

Source: OCPP 1.6 edition 2 §6 and §7 (messages and types); the order of elements is that of the WSDLs of 2015-10
"""

from __future__ import annotations

from shocpp.ocpp.soap.elements import COMMON, Elements, Scalar


def text(longest: int) -> Scalar:
    """Give the type of a text with at most so many characters."""
    return Scalar("string", longest)


def words(some: str) -> Scalar:
    """Give the type of one of some words."""
    return Scalar("string", words=some)


ACCEPTED_REJECTED = words("Accepted Rejected")
ENERGY = (
    "Energy.Active.Export.Register Energy.Active.Import.Register Energy.Reactive.Export.Register "
    "Energy.Reactive.Import.Register Energy.Active.Export.Interval Energy.Active.Import.Interval "
    "Energy.Reactive.Export.Interval Energy.Reactive.Import.Interval "
)
POWER = "Power.Active.Export Power.Active.Import Power.Reactive.Export Power.Reactive.Import "

TYPES: dict[str, Scalar | Elements] = {
    **COMMON,
    "Text20": text(20),
    "Text25": text(25),
    "Text50": text(50),
    "Text255": text(255),
    "Text500": text(500),
    # authorization
    "AuthorizationStatus": words("Accepted Blocked Expired Invalid ConcurrentTx"),
    "IdTagInfo": Elements("status:AuthorizationStatus expiryDate:Time? parentIdTag:IdTag?"),
    "AuthorizationData": Elements("idTag:IdTag idTagInfo:IdTagInfo?"),
    "UpdateType": words("Differential Full"),
    "UpdateStatus": words("Accepted Failed NotSupported VersionMismatch"),
    # states
    "RegistrationStatus": words("Accepted Pending Rejected"),
    "ChargePointStatus": words(
        "Available Preparing Charging SuspendedEV SuspendedEVSE Finishing Reserved Faulted Unavailable"
    ),
    "ErrorCode": words(
        "ConnectorLockFailure EVCommunicationError GroundFailure HighTemperature InternalError LocalListConflict "
        "NoError OtherError OverCurrentFailure OverVoltage PowerMeterFailure PowerSwitchFailure ReaderFailure "
        "ResetFailure UnderVoltage WeakSignal"
    ),
    "Reason": words(
        "EmergencyStop EVDisconnected HardReset Local Other PowerLoss Reboot Remote SoftReset UnlockCommand "
        "DeAuthorized"
    ),
    "DiagnosticsStatus": words("Idle Uploaded UploadFailed Uploading"),
    "FirmwareStatus": words("Downloaded DownloadFailed Downloading Idle InstallationFailed Installing Installed"),
    # meter values
    "Context": words(
        "Interruption.Begin Interruption.End Other Sample.Clock Sample.Periodic Transaction.Begin Transaction.End "
        "Trigger"
    ),
    "Format": words("Raw SignedData"),
    "Measurand": words(
        f"Current.Export Current.Import Current.Offered {ENERGY}Frequency {POWER}Power.Factor Power.Offered RPM SoC "
        "Temperature Voltage"
    ),
    "Phase": words("L1 L2 L3 N L1-N L2-N L3-N L1-L2 L2-L3 L3-L1"),
    "Location": words("Body Cable EV Inlet Outlet"),
    "Unit": words("Celsius Fahrenheit Wh kWh varh kvarh W kW VA kVA var kvar A V K Percent Celcius=Celsius"),
    "SampledValue": Elements(
        "value context:Context? format:Format? measurand:Measurand? phase:Phase? location:Location? unit:Unit?"
    ),
    "MeterValue": Elements("timestamp:Time sampledValue:SampledValue+"),
    # commands
    "AcceptedRejected": ACCEPTED_REJECTED,
    "DataTransferStatus": words("Accepted Rejected UnknownMessageId UnknownVendorId"),
    "AvailabilityType": words("Inoperative Operative"),
    "AvailabilityStatus": words("Accepted Rejected Scheduled"),
    "ConfigurationStatus": words("Accepted RebootRequired Rejected NotSupported"),
    "ConfigurationKey": Elements("key:Text50 readonly:Bool value:Text500?"),
    "ResetType": words("Hard Soft"),
    "UnlockStatus": words("Unlocked UnlockFailed NotSupported"),
    "ReservationStatus": words("Accepted Faulted Occupied Rejected Unavailable"),
    "MessageTrigger": words(
        "BootNotification DiagnosticsStatusNotification FirmwareStatusNotification Heartbeat MeterValues "
        "StatusNotification"
    ),
    "TriggerStatus": words("Accepted Rejected NotImplemented"),
    # smart charging
    "ChargingRateUnit": words("W A"),
    "ProfilePurpose": words("ChargePointMaxProfile TxDefaultProfile TxProfile"),
    "ProfileKind": words("Absolute Recurring Relative"),
    "RecurrencyKind": words("Daily Weekly"),
    "ProfileStatus": words("Accepted Rejected NotSupported"),
    "ClearStatus": words("Accepted Unknown"),
    "SchedulePeriod": Elements("startPeriod:Int limit:Decimal numberPhases:Int?"),
    "ChargingSchedule": Elements(
        "duration:Int? startSchedule:Time? chargingRateUnit:ChargingRateUnit chargingSchedulePeriod:SchedulePeriod+ "
        "minChargingRate:Decimal?"
    ),
    "ChargingProfile": Elements(
        "chargingProfileId:Int transactionId:Int? stackLevel:Int chargingProfilePurpose:ProfilePurpose "
        "chargingProfileKind:ProfileKind recurrencyKind:RecurrencyKind? validFrom:Time? validTo:Time? "
        "chargingSchedule:ChargingSchedule"
    ),
}

# what a charge point asks for, and what it is answered
TO_CENTRAL_SYSTEM = {
    "Authorize": ("idTag:IdTag", "idTagInfo:IdTagInfo"),
    "BootNotification": (
        "chargePointVendor:Text20 chargePointModel:Text20 chargePointSerialNumber:Text25? "
        "chargeBoxSerialNumber:Text25? firmwareVersion:Text50? iccid:Text20? imsi:Text20? meterType:Text25? "
        "meterSerialNumber:Text25?",
        "status:RegistrationStatus currentTime:Time interval:Int",
    ),
    "DataTransfer": ("vendorId:Text255 messageId:Text50? data?", "status:DataTransferStatus data?"),
    "DiagnosticsStatusNotification": ("status:DiagnosticsStatus", ""),
    "FirmwareStatusNotification": ("status:FirmwareStatus", ""),
    "Heartbeat": ("", "currentTime:Time"),
    "MeterValues": ("connectorId:Int transactionId:Int? meterValue:MeterValue*", ""),
    "StartTransaction": (
        "connectorId:Int idTag:IdTag timestamp:Time meterStart:Int reservationId:Int?",
        "transactionId:Int idTagInfo:IdTagInfo",
    ),
    "StatusNotification": (
        "connectorId:Int status:ChargePointStatus errorCode:ErrorCode info:Text50? timestamp:Time? vendorId:Text255? "
        "vendorErrorCode:Text50?",
        "",
    ),
    "StopTransaction": (
        "transactionId:Int idTag:IdTag? timestamp:Time meterStop:Int reason:Reason? transactionData:MeterValue*",
        "idTagInfo:IdTagInfo?",
    ),
}

# what the central system asks for, and what the charge point answers
TO_CHARGE_POINT = {
    "CancelReservation": ("reservationId:Int", "status:AcceptedRejected"),
    "ChangeAvailability": ("connectorId:Int type:AvailabilityType", "status:AvailabilityStatus"),
    "ChangeConfiguration": ("key:Text50 value:Text500", "status:ConfigurationStatus"),
    "ClearCache": ("", "status:AcceptedRejected"),
    "ClearChargingProfile": (
        "id:Int? connectorId:Int? chargingProfilePurpose:ProfilePurpose? stackLevel:Int?",
        "status:ClearStatus",
    ),
    "DataTransfer": TO_CENTRAL_SYSTEM["DataTransfer"],
    "GetCompositeSchedule": (
        "connectorId:Int duration:Int chargingRateUnit:ChargingRateUnit?",
        "status:AcceptedRejected connectorId:Int? scheduleStart:Time? chargingSchedule:ChargingSchedule?",
    ),
    "GetConfiguration": ("key:Text50*", "configurationKey:ConfigurationKey* unknownKey:Text50*"),
    "GetDiagnostics": (
        "location:Uri startTime:Time? stopTime:Time? retries:Int? retryInterval:Int?",
        "fileName:Text255?",
    ),
    "GetLocalListVersion": ("", "listVersion:Int"),
    "RemoteStartTransaction": (
        "connectorId:Int? idTag:IdTag chargingProfile:ChargingProfile?",
        "status:AcceptedRejected",
    ),
    "RemoteStopTransaction": ("transactionId:Int", "status:AcceptedRejected"),
    "ReserveNow": (
        "connectorId:Int expiryDate:Time idTag:IdTag parentIdTag:IdTag? reservationId:Int",
        "status:ReservationStatus",
    ),
    "Reset": ("type:ResetType", "status:AcceptedRejected"),
    "SendLocalList": (
        "listVersion:Int localAuthorizationList:AuthorizationData* updateType:UpdateType",
        "status:UpdateStatus",
    ),
    "SetChargingProfile": ("connectorId:Int csChargingProfiles:ChargingProfile", "status:ProfileStatus"),
    "TriggerMessage": ("requestedMessage:MessageTrigger connectorId:Int?", "status:TriggerStatus"),
    "UnlockConnector": ("connectorId:Int", "status:UnlockStatus"),
    "UpdateFirmware": ("retrieveDate:Time location:Uri retries:Int? retryInterval:Int?", ""),
}
