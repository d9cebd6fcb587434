"""
Say whether the payloads of GetLog fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

from shocpp.ocpp.json_types import is_date_time


def request_log(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 1
    field = value.get("remoteLocation")
    if type(field) is not str or len(field) > 512:
        return False
    if "oldestTimestamp" in value:
        known += 1
        field = value["oldestTimestamp"]
        if type(field) is not str or not is_date_time(field):
            return False
    if "latestTimestamp" in value:
        known += 1
        field = value["latestTimestamp"]
        if type(field) is not str or not is_date_time(field):
            return False
    return len(value) == known


def request(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 3
    field = value.get("logType")
    if type(field) is not str or field not in {"DiagnosticsLog", "SecurityLog"}:
        return False
    field = value.get("requestId")
    if type(field) is not int:
        return False
    field = value.get("log")
    if not request_log(field):
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
    known = 1
    field = value.get("status")
    if type(field) is not str or field not in {"Accepted", "Rejected", "AcceptedCanceled"}:
        return False
    if "filename" in value:
        known += 1
        field = value["filename"]
        if type(field) is not str or len(field) > 255:
            return False
    return len(value) == known
