"""
Firmware, diagnostics, logs and certificates: what takes a while and is told step by step.

Source: OCPP 1.6 §4.4, §4.5, §5.9, §5.19, and the security extension for logs, signed firmware and certificates
"""

from __future__ import annotations

from hashlib import sha256

from shocpp.charge_point.core.outbox import QueuedCall
from shocpp.charge_point.core.statuses import ACCEPTED, REJECTED
from shocpp.charge_point.core.timestamps import seconds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.charge_point.core.life import Life
    from shocpp.charge_point.core.state import State
    from shocpp.charge_point.core.supply import Supply
    from shocpp.ocpp.frames import Payload

_STEP_S = 5.0
_BEGIN = "-----BEGIN CERTIFICATE-----"
_REQUEST = "-----BEGIN CERTIFICATE REQUEST-----\nc2hvY3Bw\n-----END CERTIFICATE REQUEST-----\n"

DIAGNOSTICS, LOG = "DiagnosticsStatusNotification", "LogStatusNotification"
FIRMWARE, SIGNED_FIRMWARE = "FirmwareStatusNotification", "SignedFirmwareStatusNotification"


class Maintenance:
    """
    Uploads, updates and certificates of a charge point.

    Args:
        state: The charge point's.
        supply: Knows whether anybody charges.
        life: Boots after an update.
    """

    def __init__(self, state: State, supply: Supply, life: Life) -> None:
        self._state = state
        self._supply = supply
        self._life = life
        self._told: dict[str, Payload] = {}
        self._firmware_action = FIRMWARE
        self._certificates: dict[str, dict[str, Payload]] = {}

    # --- steps that are told

    def tell(self, action: str, is_urgent: bool = False) -> None:
        """Send how an upload or an update goes; of a signed update by the notification for those."""
        if action == FIRMWARE:
            action = self._firmware_action
        self._state.queue(QueuedCall(action, self._told.get(action, {"status": "Idle"})), is_urgent)

    def upload_diagnostics(self, now_s: float) -> str:
        """Upload a file that nobody will find; give its name."""
        self._steps(DIAGNOSTICS, ("Uploading", "Uploaded"), {}, now_s + 1)
        return f"diagnostics-{int(now_s)}.log"

    def upload_log(self, request_id: int, kind: str, now_s: float) -> tuple[str, str]:
        """Upload a log; give the status of GetLog.conf and the file's name. A running upload is cancelled."""
        is_running = LOG in self._state.timers
        self._steps(LOG, ("Uploading", "Uploaded"), {"requestId": request_id}, now_s + 1)
        return "AcceptedCanceled" if is_running else ACCEPTED, f"{kind}-{request_id}.log"

    def update(self, location: str, retrieve: object, now_s: float, request_id: int | None = None) -> None:
        """
        Fetch firmware and boot with it.

        Args:
            location: Where it is; the last part of it is the new version.
            retrieve: The time from which on it may be fetched, as sent.
            now_s: The time.
            request_id: As the security extension gives one; None without signature.
        """
        is_signed = request_id is not None
        for action in (FIRMWARE, SIGNED_FIRMWARE):
            self._state.timers.cancel(action)
        self._firmware_action = action = SIGNED_FIRMWARE if is_signed else FIRMWARE
        more: Payload = {"requestId": request_id} if is_signed else {}
        steps = ("Downloading", "Downloaded", *(("SignatureVerified",) if is_signed else ()), "Installing")
        version = location.rstrip("/").rpartition("/")[2][:50] or "2.0.0"
        begin_s = max(now_s + 1, seconds(retrieve) or 0)
        self._steps(action, steps, more, begin_s, lambda at_s: self._install(version, action, more, at_s))

    def _steps(
        self,
        action: str,
        steps: tuple[str, ...],
        more: Payload,
        at_s: float,
        then: Callable[[float], None] | None = None,
    ) -> None:
        """Take steps one after another, each told with further fields, and do something after the last."""

        def step(now_s: float) -> None:
            self._told[action] = {"status": steps[0], **more}
            self.tell(action)
            if steps[1:]:
                self._steps(action, steps[1:], more, now_s + _STEP_S, then)
            elif then is not None:
                self._state.timers.set("installed", now_s + _STEP_S, then)

        self._state.timers.set(action, at_s, step)

    def _install(self, version: str, action: str, more: Payload, now_s: float) -> None:
        """Boot with new firmware, but not in the middle of a charge."""
        if self._supply.charging() or not self._state.is_idle:
            self._state.timers.set(
                "installed", now_s + _STEP_S, lambda at_s: self._install(version, action, more, at_s)
            )
            return
        self._state.firmware_version = version
        self._told[action] = {"status": "Installed", **more}
        self._life.restart(now_s, "Reboot")
        self._life.after_boot = lambda _: self.tell(action)

    # --- certificates

    def ask_for_certificate(self) -> None:
        """Have a certificate of our own signed."""
        self._state.queue(QueuedCall("SignCertificate", {"csr": _REQUEST}), is_urgent=True)

    def install(self, use: str, certificate: str) -> str:
        """Take a certificate; give the status of InstallCertificate.conf."""
        if not is_certificate(certificate):
            return REJECTED
        hashed = _hash_data(certificate)
        self._certificates.setdefault(use, {})[str(hashed["serialNumber"])] = hashed
        return ACCEPTED

    def delete(self, hashed: object) -> str:
        """Remove a certificate by its hashes; give the status of DeleteCertificate.conf."""
        for installed in self._certificates.values():
            for number, known in installed.items():
                if known == hashed:
                    del installed[number]
                    return ACCEPTED
        return "NotFound"

    def installed(self, use: str) -> list[Payload]:
        """Give the hashes of the certificates for a use."""
        return list(self._certificates.get(use, {}).values())


def is_certificate(text: str) -> bool:
    """Tell whether a text looks like a certificate in PEM."""
    return text.lstrip().startswith(_BEGIN)


def _hash_data(certificate: str) -> Payload:
    """Make the hashes by which a certificate is named: of its text, since nothing here reads X.509."""
    digest = sha256(certificate.encode()).hexdigest()
    return {"hashAlgorithm": "SHA256", "issuerNameHash": digest, "issuerKeyHash": digest, "serialNumber": digest[:40]}
