"""
Say whether the payloads of GetInstalledCertificateIds fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

from shocpp.ocpp.v16.validators.types import CertificateHashData


def request(value: object) -> bool:
    if type(value) is not dict:
        return False
    field = value.get("certificateType")
    if type(field) is not str or field not in {"CentralSystemRootCertificate", "ManufacturerRootCertificate"}:
        return False
    return len(value) == 1


def confirmation(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 1
    field = value.get("status")
    if type(field) is not str or field not in {"Accepted", "NotFound"}:
        return False
    if "certificateHashData" in value:
        known += 1
        field = value["certificateHashData"]
        if type(field) is not list or not field:
            return False
        for item in field:
            if not CertificateHashData(item):
                return False
    return len(value) == known
