"""
Say whether the payloads of Heartbeat fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

from shocpp.ocpp.json_types import is_date_time


def request(value: object) -> bool:
    if type(value) is not dict:
        return False
    return len(value) == 0


def confirmation(value: object) -> bool:
    if type(value) is not dict:
        return False
    field = value.get("currentTime")
    if type(field) is not str or not is_date_time(field):
        return False
    return len(value) == 1
