"""
Say whether the payloads of BootNotification fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

from shocpp.ocpp.json_types import is_date_time


def request(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 2
    field = value.get("chargePointVendor")
    if type(field) is not str or len(field) > 20:
        return False
    field = value.get("chargePointModel")
    if type(field) is not str or len(field) > 20:
        return False
    if "chargePointSerialNumber" in value:
        known += 1
        field = value["chargePointSerialNumber"]
        if type(field) is not str or len(field) > 25:
            return False
    if "chargeBoxSerialNumber" in value:
        known += 1
        field = value["chargeBoxSerialNumber"]
        if type(field) is not str or len(field) > 25:
            return False
    if "firmwareVersion" in value:
        known += 1
        field = value["firmwareVersion"]
        if type(field) is not str or len(field) > 50:
            return False
    if "iccid" in value:
        known += 1
        field = value["iccid"]
        if type(field) is not str or len(field) > 20:
            return False
    if "imsi" in value:
        known += 1
        field = value["imsi"]
        if type(field) is not str or len(field) > 20:
            return False
    if "meterType" in value:
        known += 1
        field = value["meterType"]
        if type(field) is not str or len(field) > 25:
            return False
    if "meterSerialNumber" in value:
        known += 1
        field = value["meterSerialNumber"]
        if type(field) is not str or len(field) > 25:
            return False
    return len(value) == known


def confirmation(value: object) -> bool:
    if type(value) is not dict:
        return False
    field = value.get("status")
    if type(field) is not str or field not in {"Accepted", "Pending", "Rejected"}:
        return False
    field = value.get("currentTime")
    if type(field) is not str or not is_date_time(field):
        return False
    field = value.get("interval")
    if type(field) is not int:
        return False
    return len(value) == 3
