"""
Say whether the payloads of DiagnosticsStatusNotification fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

def request(value: object) -> bool:
    if type(value) is not dict:
        return False
    field = value.get("status")
    if type(field) is not str or field not in {"Idle", "Uploaded", "UploadFailed", "Uploading"}:
        return False
    return len(value) == 1


def confirmation(value: object) -> bool:
    if type(value) is not dict:
        return False
    return len(value) == 0
