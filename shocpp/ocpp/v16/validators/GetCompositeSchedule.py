"""
Say whether the payloads of GetCompositeSchedule fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

from shocpp.ocpp.json_types import is_date_time
from shocpp.ocpp.v16.validators.types import ChargingSchedule


def request(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 2
    field = value.get("connectorId")
    if type(field) is not int:
        return False
    field = value.get("duration")
    if type(field) is not int:
        return False
    if "chargingRateUnit" in value:
        known += 1
        field = value["chargingRateUnit"]
        if type(field) is not str or field not in {"A", "W"}:
            return False
    return len(value) == known


def confirmation(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 1
    field = value.get("status")
    if type(field) is not str or field not in {"Accepted", "Rejected"}:
        return False
    if "connectorId" in value:
        known += 1
        field = value["connectorId"]
        if type(field) is not int:
            return False
    if "scheduleStart" in value:
        known += 1
        field = value["scheduleStart"]
        if type(field) is not str or not is_date_time(field):
            return False
    if "chargingSchedule" in value:
        known += 1
        field = value["chargingSchedule"]
        if not ChargingSchedule(field):
            return False
    return len(value) == known
