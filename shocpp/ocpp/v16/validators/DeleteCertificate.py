"""
Say whether the payloads of DeleteCertificate fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

from shocpp.ocpp.v16.validators.types import CertificateHashData


def request(value: object) -> bool:
    if type(value) is not dict:
        return False
    field = value.get("certificateHashData")
    if not CertificateHashData(field):
        return False
    return len(value) == 1


def confirmation(value: object) -> bool:
    if type(value) is not dict:
        return False
    field = value.get("status")
    if type(field) is not str or field not in {"Accepted", "Failed", "NotFound"}:
        return False
    return len(value) == 1
