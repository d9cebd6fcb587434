"""
Say whether the payloads of SignedUpdateFirmware fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

from shocpp.ocpp.json_types import is_date_time


def request_firmware(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 4
    field = value.get("location")
    if type(field) is not str or len(field) > 512:
        return False
    field = value.get("retrieveDateTime")
    if type(field) is not str or not is_date_time(field):
        return False
    field = value.get("signingCertificate")
    if type(field) is not str or len(field) > 5500:
        return False
    field = value.get("signature")
    if type(field) is not str or len(field) > 800:
        return False
    if "installDateTime" in value:
        known += 1
        field = value["installDateTime"]
        if type(field) is not str or not is_date_time(field):
            return False
    return len(value) == known


def request(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 2
    field = value.get("requestId")
    if type(field) is not int:
        return False
    field = value.get("firmware")
    if not request_firmware(field):
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
    field = value.get("status")
    if type(field) is not str or field not in {"Accepted", "Rejected", "AcceptedCanceled", "InvalidCertificate", "RevokedCertificate"}:
        return False
    return len(value) == 1
