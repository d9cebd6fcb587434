"""A meter that signs: OCMF values made with ``cryptography``, as a wallbox would pass them on."""

from __future__ import annotations

import json
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


class Meter:
    """
    A meter with a key of its own, the same in each run.

    Args:
        serial: Its serial number.
        curve: The curve of its key.
        secret: What its private key is.
    """

    def __init__(self, serial: str = "M-1", curve: ec.EllipticCurve | None = None, secret: int = 4711) -> None:
        self._serial = serial
        self._key = ec.derive_private_key(secret, curve or ec.SECP256R1())

    @property
    def public_key(self) -> str:
        """Its public key, as it stands in charge-points.json."""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self._key.public_key().public_bytes(serialization.Encoding.DER, form).hex()

    @property
    def point(self) -> str:
        """The bare point of its public key."""
        form = serialization.PublicFormat.UncompressedPoint
        return self._key.public_key().public_bytes(serialization.Encoding.X962, form).hex()

    def signed(self, page: int, readings: list[dict[str, Any]], algorithm: str = "", **more: Any) -> str:
        """Sign readings as one OCMF value."""
        payload = json.dumps({"FV": "1.0", "PG": f"T{page}", "MS": self._serial, "RD": readings, **more}, indent=1)
        signature = self._key.sign(payload.encode(), ec.ECDSA(hashes.SHA256())).hex()
        return f"OCMF|{payload}|{json.dumps({'SD': signature, **({'SA': algorithm} if algorithm else {})})}"

    def charge(self, begin_wh: int, end_wh: int, page: int = 7) -> list[dict[str, Any]]:
        """Give the signed values of a charge as they stand in a record."""
        values = [self.signed(page, [reading("B", begin_wh)]), self.signed(page + 1, [reading("E", end_wh)])]
        contexts = ("Transaction.Begin", "Transaction.End")
        return [
            {"value": value, "format": "SignedData", "context": context}
            for value, context in zip(values, contexts, strict=True)
        ]


def reading(kind: str, wh: int, **more: Any) -> dict[str, Any]:
    """Make a reading of the import register."""
    return {
        "TM": "2026-09-03T08:00:00,000+0200 S",
        "TX": kind,
        "RV": wh / 1000,
        "RI": "1-b:1.8.0",
        "RU": "kWh",
        "ST": "G",
        **more,
    }
