"""
Say whether the payloads of RemoteStartTransaction fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

from shocpp.ocpp.v16.validators.types import ChargingProfile


def request(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 1
    field = value.get("idTag")
    if type(field) is not str or len(field) > 20:
        return False
    if "connectorId" in value:
        known += 1
        field = value["connectorId"]
        if type(field) is not int:
            return False
    if "chargingProfile" in value:
        known += 1
        field = value["chargingProfile"]
        if not ChargingProfile(field):
            return False
    return len(value) == known


def confirmation(value: object) -> bool:
    if type(value) is not dict:
        return False
    field = value.get("status")
    if type(field) is not str or field not in {"Accepted", "Rejected"}:
        return False
    return len(value) == 1
