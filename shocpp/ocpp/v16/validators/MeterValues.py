"""
Say whether the payloads of MeterValues fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

from shocpp.ocpp.v16.validators.types import MeterValue


def request(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 2
    field = value.get("connectorId")
    if type(field) is not int:
        return False
    field = value.get("meterValue")
    if type(field) is not list or not field:
        return False
    for item in field:
        if not MeterValue(item):
            return False
    if "transactionId" in value:
        known += 1
        field = value["transactionId"]
        if type(field) is not int:
            return False
    return len(value) == known


def confirmation(value: object) -> bool:
    if type(value) is not dict:
        return False
    return len(value) == 0
