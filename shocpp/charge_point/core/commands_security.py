"""
The commands of the security extension: certificates, logs and signed firmware.

Nothing here is cryptography: certificates are kept and named, and every signature is taken for good.

Source: OCPP 1.6 security extension ("Improved security for OCPP 1.6-J")
"""

from __future__ import annotations

from shocpp.charge_point.core.maintenance import is_certificate
from shocpp.charge_point.core.statuses import ACCEPTED, REJECTED
from shocpp.ocpp.reading import integer, items

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.charge_point.core.parts import Handler, Parts
    from shocpp.ocpp.frames import Payload


def certificate_signed(parts: Parts, request: Payload, now_s: float) -> Payload:
    """Take our own certificate, signed."""
    return {"status": ACCEPTED if is_certificate(str(request["certificateChain"])) else REJECTED}


def delete_certificate(parts: Parts, request: Payload, now_s: float) -> Payload:
    """Remove an installed certificate."""
    return {"status": parts.maintenance.delete(request["certificateHashData"])}


def get_installed_certificate_ids(parts: Parts, request: Payload, now_s: float) -> Payload:
    """Tell which certificates are installed."""
    found = parts.maintenance.installed(str(request["certificateType"]))
    return {"status": ACCEPTED, "certificateHashData": found} if found else {"status": "NotFound"}


def get_log(parts: Parts, request: Payload, now_s: float) -> Payload:
    """Upload a log."""
    status, name = parts.maintenance.upload_log(integer(request["requestId"]) or 0, str(request["logType"]), now_s)
    return {"status": status, "filename": name}


def install_certificate(parts: Parts, request: Payload, now_s: float) -> Payload:
    """Install a root certificate."""
    return {"status": parts.maintenance.install(str(request["certificateType"]), str(request["certificate"]))}


def signed_update_firmware(parts: Parts, request: Payload, now_s: float) -> Payload:
    """Fetch firmware when it is time, verify it and install it."""
    firmware = items(request["firmware"])[0]
    if not is_certificate(str(firmware["signingCertificate"])):
        return {"status": "InvalidCertificate"}
    request_id = integer(request["requestId"]) or 0
    parts.maintenance.update(str(firmware["location"]), firmware["retrieveDateTime"], now_s, request_id)
    return {"status": ACCEPTED}


HANDLERS: dict[str, Handler] = {
    "CertificateSigned": certificate_signed,
    "DeleteCertificate": delete_certificate,
    "GetInstalledCertificateIds": get_installed_certificate_ids,
    "GetLog": get_log,
    "InstallCertificate": install_certificate,
    "SignedUpdateFirmware": signed_update_firmware,
}
