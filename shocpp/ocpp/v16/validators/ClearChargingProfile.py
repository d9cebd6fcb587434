"""
Say whether the payloads of ClearChargingProfile fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

def request(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 0
    if "id" in value:
        known += 1
        field = value["id"]
        if type(field) is not int:
            return False
    if "connectorId" in value:
        known += 1
        field = value["connectorId"]
        if type(field) is not int:
            return False
    if "chargingProfilePurpose" in value:
        known += 1
        field = value["chargingProfilePurpose"]
        if type(field) is not str or field not in {"ChargePointMaxProfile", "TxDefaultProfile", "TxProfile"}:
            return False
    if "stackLevel" in value:
        known += 1
        field = value["stackLevel"]
        if type(field) is not int:
            return False
    return len(value) == known


def confirmation(value: object) -> bool:
    if type(value) is not dict:
        return False
    field = value.get("status")
    if type(field) is not str or field not in {"Accepted", "Unknown"}:
        return False
    return len(value) == 1
