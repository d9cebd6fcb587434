"""
Say whether the payloads of Authorize fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

from shocpp.ocpp.v16.validators.types import IdTagInfo


def request(value: object) -> bool:
    if type(value) is not dict:
        return False
    field = value.get("idTag")
    if type(field) is not str or len(field) > 20:
        return False
    return len(value) == 1


def confirmation(value: object) -> bool:
    if type(value) is not dict:
        return False
    field = value.get("idTagInfo")
    if not IdTagInfo(field):
        return False
    return len(value) == 1
