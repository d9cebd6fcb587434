"""
Say whether the payloads of StopTransaction fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

from shocpp.ocpp.json_types import is_date_time
from shocpp.ocpp.v16.validators.types import IdTagInfo, MeterValue


def request(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 3
    field = value.get("transactionId")
    if type(field) is not int:
        return False
    field = value.get("meterStop")
    if type(field) is not int:
        return False
    field = value.get("timestamp")
    if type(field) is not str or not is_date_time(field):
        return False
    if "idTag" in value:
        known += 1
        field = value["idTag"]
        if type(field) is not str or len(field) > 20:
            return False
    if "reason" in value:
        known += 1
        field = value["reason"]
        if type(field) is not str or field not in {"DeAuthorized", "EmergencyStop", "EVDisconnected", "HardReset", "Local", "Other", "PowerLoss", "Reboot", "Remote", "SoftReset", "UnlockCommand"}:
            return False
    if "transactionData" in value:
        known += 1
        field = value["transactionData"]
        if type(field) is not list:
            return False
        for item in field:
            if not MeterValue(item):
                return False
    return len(value) == known


def confirmation(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 0
    if "idTagInfo" in value:
        known += 1
        field = value["idTagInfo"]
        if not IdTagInfo(field):
            return False
    return len(value) == known
