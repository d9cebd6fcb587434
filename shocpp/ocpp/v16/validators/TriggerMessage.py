"""
Say whether the payloads of TriggerMessage fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

def request(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 1
    field = value.get("requestedMessage")
    if type(field) is not str or field not in {"BootNotification", "DiagnosticsStatusNotification", "FirmwareStatusNotification", "Heartbeat", "MeterValues", "StatusNotification"}:
        return False
    if "connectorId" in value:
        known += 1
        field = value["connectorId"]
        if type(field) is not int:
            return False
    return len(value) == known


def confirmation(value: object) -> bool:
    if type(value) is not dict:
        return False
    field = value.get("status")
    if type(field) is not str or field not in {"Accepted", "Rejected", "NotImplemented"}:
        return False
    return len(value) == 1
