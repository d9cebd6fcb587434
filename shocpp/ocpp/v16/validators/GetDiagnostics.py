"""
Say whether the payloads of GetDiagnostics fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

from shocpp.ocpp.json_types import is_date_time, is_uri


def request(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 1
    field = value.get("location")
    if type(field) is not str or not is_uri(field):
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
    if "startTime" in value:
        known += 1
        field = value["startTime"]
        if type(field) is not str or not is_date_time(field):
            return False
    if "stopTime" in value:
        known += 1
        field = value["stopTime"]
        if type(field) is not str or not is_date_time(field):
            return False
    return len(value) == known


def confirmation(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 0
    if "fileName" in value:
        known += 1
        field = value["fileName"]
        if type(field) is not str or len(field) > 255:
            return False
    return len(value) == known
