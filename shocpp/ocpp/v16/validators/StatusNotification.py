"""
Say whether the payloads of StatusNotification fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

from shocpp.ocpp.json_types import is_date_time


def request(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 3
    field = value.get("connectorId")
    if type(field) is not int:
        return False
    field = value.get("errorCode")
    if type(field) is not str or field not in {"ConnectorLockFailure", "EVCommunicationError", "GroundFailure", "HighTemperature", "InternalError", "LocalListConflict", "NoError", "OtherError", "OverCurrentFailure", "OverVoltage", "PowerMeterFailure", "PowerSwitchFailure", "ReaderFailure", "ResetFailure", "UnderVoltage", "WeakSignal"}:
        return False
    field = value.get("status")
    if type(field) is not str or field not in {"Available", "Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing", "Reserved", "Unavailable", "Faulted"}:
        return False
    if "info" in value:
        known += 1
        field = value["info"]
        if type(field) is not str or len(field) > 50:
            return False
    if "timestamp" in value:
        known += 1
        field = value["timestamp"]
        if type(field) is not str or not is_date_time(field):
            return False
    if "vendorId" in value:
        known += 1
        field = value["vendorId"]
        if type(field) is not str or len(field) > 255:
            return False
    if "vendorErrorCode" in value:
        known += 1
        field = value["vendorErrorCode"]
        if type(field) is not str or len(field) > 50:
            return False
    return len(value) == known


def confirmation(value: object) -> bool:
    if type(value) is not dict:
        return False
    return len(value) == 0
