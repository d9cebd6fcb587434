"""
Say whether the payloads of ChangeConfiguration fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

def request(value: object) -> bool:
    if type(value) is not dict:
        return False
    field = value.get("key")
    if type(field) is not str or len(field) > 50:
        return False
    field = value.get("value")
    if type(field) is not str or len(field) > 500:
        return False
    return len(value) == 2


def confirmation(value: object) -> bool:
    if type(value) is not dict:
        return False
    field = value.get("status")
    if type(field) is not str or field not in {"Accepted", "Rejected", "RebootRequired", "NotSupported"}:
        return False
    return len(value) == 1
