"""
Say whether the payloads of DataTransfer fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

def request(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 1
    field = value.get("vendorId")
    if type(field) is not str or len(field) > 255:
        return False
    if "messageId" in value:
        known += 1
        field = value["messageId"]
        if type(field) is not str or len(field) > 50:
            return False
    if "data" in value:
        known += 1
        field = value["data"]
        if type(field) is not str:
            return False
    return len(value) == known


def confirmation(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 1
    field = value.get("status")
    if type(field) is not str or field not in {"Accepted", "Rejected", "UnknownMessageId", "UnknownVendorId"}:
        return False
    if "data" in value:
        known += 1
        field = value["data"]
        if type(field) is not str:
            return False
    return len(value) == known
