"""
Say whether the payloads of SignedFirmwareStatusNotification fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

def request(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 1
    field = value.get("status")
    if type(field) is not str or field not in {"Downloaded", "DownloadFailed", "Downloading", "DownloadScheduled", "DownloadPaused", "Idle", "InstallationFailed", "Installing", "Installed", "InstallRebooting", "InstallScheduled", "InstallVerificationFailed", "InvalidSignature", "SignatureVerified"}:
        return False
    if "requestId" in value:
        known += 1
        field = value["requestId"]
        if type(field) is not int:
            return False
    return len(value) == known


def confirmation(value: object) -> bool:
    if type(value) is not dict:
        return False
    return len(value) == 0
