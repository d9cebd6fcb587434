"""
Say whether the payloads of InstallCertificate fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

def request(value: object) -> bool:
    if type(value) is not dict:
        return False
    field = value.get("certificateType")
    if type(field) is not str or field not in {"CentralSystemRootCertificate", "ManufacturerRootCertificate"}:
        return False
    field = value.get("certificate")
    if type(field) is not str or len(field) > 5500:
        return False
    return len(value) == 2


def confirmation(value: object) -> bool:
    if type(value) is not dict:
        return False
    field = value.get("status")
    if type(field) is not str or field not in {"Accepted", "Failed", "Rejected"}:
        return False
    return len(value) == 1
