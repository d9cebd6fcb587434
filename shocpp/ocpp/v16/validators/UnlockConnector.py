"""
Say whether the payloads of UnlockConnector fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

def request(value: object) -> bool:
    if type(value) is not dict:
        return False
    field = value.get("connectorId")
    if type(field) is not int:
        return False
    return len(value) == 1


def confirmation(value: object) -> bool:
    if type(value) is not dict:
        return False
    field = value.get("status")
    if type(field) is not str or field not in {"Unlocked", "UnlockFailed", "NotSupported"}:
        return False
    return len(value) == 1
