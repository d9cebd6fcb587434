"""
Say whether the payloads of StartTransaction fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

from shocpp.ocpp.json_types import is_date_time
from shocpp.ocpp.v16.validators.types import IdTagInfo


def request(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 4
    field = value.get("connectorId")
    if type(field) is not int:
        return False
    field = value.get("idTag")
    if type(field) is not str or len(field) > 20:
        return False
    field = value.get("meterStart")
    if type(field) is not int:
        return False
    field = value.get("timestamp")
    if type(field) is not str or not is_date_time(field):
        return False
    if "reservationId" in value:
        known += 1
        field = value["reservationId"]
        if type(field) is not int:
            return False
    return len(value) == known


def confirmation(value: object) -> bool:
    if type(value) is not dict:
        return False
    field = value.get("idTagInfo")
    if not IdTagInfo(field):
        return False
    field = value.get("transactionId")
    if type(field) is not int:
        return False
    return len(value) == 2
