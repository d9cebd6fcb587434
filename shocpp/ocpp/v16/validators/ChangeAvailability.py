"""
Say whether the payloads of ChangeAvailability fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

def request(value: object) -> bool:
    if type(value) is not dict:
        return False
    field = value.get("connectorId")
    if type(field) is not int:
        return False
    field = value.get("type")
    if type(field) is not str or field not in {"Inoperative", "Operative"}:
        return False
    return len(value) == 2


def confirmation(value: object) -> bool:
    if type(value) is not dict:
        return False
    field = value.get("status")
    if type(field) is not str or field not in {"Accepted", "Rejected", "Scheduled"}:
        return False
    return len(value) == 1
