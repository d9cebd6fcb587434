"""
Say whether the payloads of SendLocalList fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

from shocpp.ocpp.v16.validators.types import IdTagInfo


def request_local_authorization_list(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 1
    field = value.get("idTag")
    if type(field) is not str or len(field) > 20:
        return False
    if "idTagInfo" in value:
        known += 1
        field = value["idTagInfo"]
        if not IdTagInfo(field):
            return False
    return len(value) == known


def request(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 2
    field = value.get("listVersion")
    if type(field) is not int:
        return False
    field = value.get("updateType")
    if type(field) is not str or field not in {"Differential", "Full"}:
        return False
    if "localAuthorizationList" in value:
        known += 1
        field = value["localAuthorizationList"]
        if type(field) is not list:
            return False
        for item in field:
            if not request_local_authorization_list(item):
                return False
    return len(value) == known


def confirmation(value: object) -> bool:
    if type(value) is not dict:
        return False
    field = value.get("status")
    if type(field) is not str or field not in {"Accepted", "Failed", "NotSupported", "VersionMismatch"}:
        return False
    return len(value) == 1
