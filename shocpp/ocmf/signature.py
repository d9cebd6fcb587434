"""
Whether the signature of a signed meter value is good: ECDSA, by a public key that came another way.

``cryptography``, an extra, does the mathematics; without it nothing can be said.
"""

from __future__ import annotations

import base64
import binascii

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from shocpp.ocmf.value import SignedValue

GOOD, WRONG = "good", "wrong"
NO_KEY, NO_PACKAGE, ALGORITHM = "key", "package", "algorithm"
_DEFAULT = "ECDSA-secp256r1-SHA256"
_CURVES = {
    "ECDSA-secp192r1-SHA256": "SECP192R1",
    "ECDSA-secp256k1-SHA256": "SECP256K1",
    "ECDSA-secp256r1-SHA256": "SECP256R1",
    "ECDSA-secp384r1-SHA256": "SECP384R1",
    "ECDSA-brainpool256r1-SHA256": "BrainpoolP256R1",
    "ECDSA-brainpoolP256r1-SHA256": "BrainpoolP256R1",
    "ECDSA-brainpool384r1-SHA256": "BrainpoolP384R1",
    "ECDSA-brainpoolP384r1-SHA256": "BrainpoolP384R1",
}


def verify(value: SignedValue, keys: tuple[str, ...]) -> str:
    """
    Verify a signature.

    Args:
        value: What is signed.
        keys: The public keys that it may be signed by, as hex or base64: DER (SubjectPublicKeyInfo) or the bare point.

    Returns:
        ``GOOD`` if one of the keys fits, ``WRONG`` if none does; and what keeps us from telling: ``NO_KEY``,
        ``NO_PACKAGE``, or ``ALGORITHM``, which we or ``cryptography`` do not know.
    """
    if not keys:
        return NO_KEY
    try:
        from cryptography.hazmat.primitives.asymmetric import ec
    except ImportError:
        return NO_PACKAGE
    said = value.signature
    curve = getattr(ec, _CURVES.get(str(said.get("SA", _DEFAULT)), ""), None)
    if curve is None or said.get("SM", "application/x-der") != "application/x-der":
        return ALGORITHM
    is_base64 = said.get("SE", "hex") == "base64"
    signature = decoded(str(said.get("SD", "")), is_base64=is_base64)
    if signature is None:
        return WRONG
    outcomes = [_verify(value.payload, signature, key, curve()) for key in keys]
    return next((each for each in (GOOD, ALGORITHM) if each in outcomes), WRONG)


def _verify(payload: bytes, signature: bytes, key: str, curve: Any) -> str:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        public = _public_key(decoded(key) or b"", curve)
        if public.curve.name != curve.name:
            return WRONG
        public.verify(signature, payload, ec.ECDSA(hashes.SHA256()))
    except UnsupportedAlgorithm:
        return ALGORITHM
    except (InvalidSignature, ValueError, TypeError):
        return WRONG
    return GOOD


def _public_key(key: bytes, curve: Any) -> Any:
    """
    Read a public key: DER, or the bare point, with or without the byte that says that it is uncompressed.

    Raises:
        ValueError: It is neither.
    """
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    if key[:1] == b"\x30":
        public = load_der_public_key(key)
        if not isinstance(public, ec.EllipticCurvePublicKey):
            raise ValueError("it is of no elliptic curve")
        return public
    length = (curve.key_size + 7) // 8
    point = b"\x04" + key if len(key) == 2 * length else key
    return ec.EllipticCurvePublicKey.from_encoded_point(curve, point)


def decoded(text: str, is_base64: bool = False) -> bytes | None:
    """
    Read bytes that are written as hex, or as base64; None for what is neither.

    >>> decoded("30 59"), decoded("MFk="), decoded("!")
    (b'0Y', b'0Y', None)
    """
    if not is_base64:
        try:
            return bytes.fromhex(text)
        except ValueError:
            pass
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return None
