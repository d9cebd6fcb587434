"""
Firmware, diagnostics, logs and certificates: what takes a while and is told step by step.

Source: OCPP 1.6 §4.4, §4.5, §5.9, §5.19, and the security extension for logs, signed firmware and certificates
"""

from __future__ import annotations

from shocpp.charge_point.core.outbox import Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.charge_point.core.charge_point import ChargePoint
    from shocpp.ocpp.frames import Payload

_STEP_S = 5.0
_BEGIN = "-----BEGIN CERTIFICATE-----"


class Maintenance:
    """
    Uploads, updates and certificates of a charge point.

    Attributes:
        version: The firmware's.
    """

    def __init__(self, charge_point: ChargePoint) -> None:
        self._charge_point = charge_point
        self.version = "1.0.0"
        self._firmware: Payload = {"status": "Idle"}
        self._diagnostics: Payload = {"status": "Idle"}
        self._log: Payload = {"status": "Idle"}
        self._is_signed = False
        self._certificates: dict[str, dict[str, Payload]] = {}
        self._log_request = 0

    def upload_diagnostics(self, now_s: float) -> str:
        """Upload a file that nobody will find; give its name."""
        self._later("diagnostics", ("Uploading", "Uploaded"), now_s + 1, self.tell_diagnostics)
        return f"diagnostics-{int(now_s)}.log"

    def upload_log(self, request_id: int, kind: str, now_s: float) -> tuple[str, str]:
        """Upload a log; give the status of GetLog.conf and the file's name. A running upload is cancelled."""
        is_running = "log" in self._charge_point.timers
        self._log_request = request_id
        self._later("log", ("Uploading", "Uploaded"), now_s + 1, self.tell_log)
        return "AcceptedCanceled" if is_running else "Accepted", f"{kind}-{request_id}.log"

    def update(self, location: str, at_s: float, request_id: int | None = None) -> None:
        """Fetch firmware and boot with it; with a request id as the security extension tells of it."""
        self._is_signed = request_id is not None
        self._request: Payload = {} if request_id is None else {"requestId": request_id}
        steps = ("Downloading", "Downloaded", *(("SignatureVerified",) if self._is_signed else ()), "Installing")
        self._version_after = location.rstrip("/").rpartition("/")[2][:50] or "2.0.0"
        self._later("firmware", steps, at_s, self._tell_and_install)

    def tell_firmware(self, now_s: float, is_urgent: bool = False) -> None:  # noqa: ARG002 - one shape for all
        """Say how the update goes."""
        action = "SignedFirmwareStatusNotification" if self._is_signed else "FirmwareStatusNotification"
        self._charge_point.say(Message(action, self._firmware), is_urgent)

    def tell_diagnostics(self, now_s: float, is_urgent: bool = False, status: str = "") -> None:  # noqa: ARG002
        """Say how the upload of diagnostics goes."""
        self._diagnostics = {"status": status or self._diagnostics["status"]}
        self._charge_point.say(Message("DiagnosticsStatusNotification", self._diagnostics), is_urgent)

    def tell_log(self, now_s: float, is_urgent: bool = False, status: str = "") -> None:  # noqa: ARG002
        """Say how the upload of a log goes."""
        if status:
            self._log = {"status": status, "requestId": self._log_request}
        self._charge_point.say(Message("LogStatusNotification", self._log), is_urgent)

    def ask_for_certificate(self, now_s: float) -> None:  # noqa: ARG002 - one shape for all
        """Have a certificate of our own signed."""
        request = "-----BEGIN CERTIFICATE REQUEST-----\nc2hvY3Bw\n-----END CERTIFICATE REQUEST-----\n"
        self._charge_point.say(Message("SignCertificate", {"csr": request}), is_urgent=True)

    def install(self, use: str, certificate: str) -> str:
        """Take a certificate; give the status of InstallCertificate.conf."""
        if not is_certificate(certificate):
            return "Rejected"
        hashed = _hash_data(certificate)
        self._certificates.setdefault(use, {})[str(hashed["serialNumber"])] = hashed
        return "Accepted"

    def delete(self, hashed: object) -> str:
        """Remove a certificate by its hashes; give the status of DeleteCertificate.conf."""
        for installed in self._certificates.values():
            for number, known in installed.items():
                if known == hashed:
                    del installed[number]
                    return "Accepted"
        return "NotFound"

    def installed(self, use: str) -> list[Payload]:
        """Give the hashes of the certificates for a use."""
        return list(self._certificates.get(use, {}).values())

    def _tell_and_install(self, now_s: float, is_urgent: bool = False, status: str = "") -> None:
        self._firmware = {"status": status, **self._request}
        self.tell_firmware(now_s, is_urgent)
        if status == "Installing":
            self._charge_point.timers.set("installed", now_s + _STEP_S, self._install)

    def _install(self, now_s: float) -> None:
        """Boot with the new firmware, but not in the middle of a charge."""
        if self._charge_point.supply.charging() or not self._charge_point.is_idle:
            self._charge_point.timers.set("installed", now_s + _STEP_S, self._install)
            return
        self.version = self._version_after
        self._firmware = {"status": "Installed", **self._request}
        self._charge_point.life.restart(now_s, "Reboot")
        self._charge_point.life.after_boot = self.tell_firmware

    def _later(self, name: str, steps: tuple[str, ...], at_s: float, tell: object) -> None:
        """Take steps one after another, each told."""

        def step(now_s: float) -> None:
            tell(now_s, status=steps[0])  # type: ignore[operator]
            if steps[1:]:
                self._later(name, steps[1:], now_s + _STEP_S, tell)

        self._charge_point.timers.set(name, at_s, step)


def is_certificate(text: str) -> bool:
    """Tell whether a text looks like a certificate in PEM."""
    return text.lstrip().startswith(_BEGIN)


def _hash_data(certificate: str) -> Payload:
    """Make the hashes by which a certificate is named: of its text, since nothing here reads X.509."""
    from hashlib import sha256

    digest = sha256(certificate.encode()).hexdigest()
    return {"hashAlgorithm": "SHA256", "issuerNameHash": digest, "issuerKeyHash": digest, "serialNumber": digest[:40]}
