"""
Say whether the payloads of UpdateFirmware fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

from shocpp.ocpp.json_types import is_date_time, is_uri


def request(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 2
    field = value.get("location")
    if type(field) is not str or not is_uri(field):
        return False
    field = value.get("retrieveDate")
    if type(field) is not str or not is_date_time(field):
        return False
    if "retries" in value:
        known += 1
        field = value["retries"]
        if type(field) is not int:
            return False
    if "retryInterval" in value:
        known += 1
        field = value["retryInterval"]
        if type(field) is not int:
            return False
    return len(value) == known


def confirmation(value: object) -> bool:
    if type(value) is not dict:
        return False
    return len(value) == 0
