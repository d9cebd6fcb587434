"""
Say whether the payloads of SecurityEventNotification fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

from shocpp.ocpp.json_types import is_date_time


def request(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 2
    field = value.get("type")
    if type(field) is not str or len(field) > 50:
        return False
    field = value.get("timestamp")
    if type(field) is not str or not is_date_time(field):
        return False
    if "techInfo" in value:
        known += 1
        field = value["techInfo"]
        if type(field) is not str or len(field) > 255:
            return False
    return len(value) == known


def confirmation(value: object) -> bool:
    if type(value) is not dict:
        return False
    return len(value) == 0
