"""
Passwords of charge points: hashes are made and compared here.

New ones are scrypt's, which Python has. Those that earlier versions made are argon2's: they are compared where
argon2-cffi is installed, and where it is not their charge points alone are refused. One comparison takes 50 to
100 ms of CPU and 16 MiB on purpose; it is made in constant time.

A hash says by itself how it was made: ``$scrypt$ln=14,r=8,p=1$<salt>$<key>``, in base 64 without padding.

Source: RFC 7914 (scrypt); the PHC string format
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from hashlib import scrypt
from hmac import compare_digest

from shocpp import installation
from shocpp.admission.rules import candidates, canonical
from shocpp.admission.verdict import UNAUTHORIZED, Verdict, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from shocpp.ledger.charge_points import ListedChargePoint

# what RFC 7914 §2 has for logins: a Raspberry Pi serves other things, too, and a key of OCPP's is 16 random bytes
_LOG_N, _R, _P = 14, 8, 1
_SALT_BYTES, _KEY_BYTES = 16, 32
# a hash that somebody listed may ask for more, but not for all of the machine
_MOST_LOG_N, _MOST_MEMORY, _MOST_P = 19, 1 << 26, 16


def make(password: str) -> str:
    """
    Hash a password for charge-points.json; a hex key of 16 to 20 bytes also matches when its raw bytes are sent.

    >>> make("secret").startswith("$scrypt$ln=14,r=8,p=1$")
    True
    """
    salt = os.urandom(_SALT_BYTES)
    key = _derive(canonical(password), salt, _LOG_N, _R, _P)
    return f"$scrypt$ln={_LOG_N},r={_R},p={_P}${_encoded(salt)}${_encoded(key)}"


def matches(hashes: tuple[str, ...], password: bytes, decoys: tuple[str, ...] = ()) -> bool:
    """
    Tell whether a password as it came over the wire matches one of the hashes.

    Args:
        hashes: As listed; one that is broken, or cannot be compared here, matches nothing.
        password: The bytes that came.
        decoys: Compared as well when nothing matches, as far as there are more of a kind than among the hashes, so
            that the time tells nothing of how many and which there are.
    """
    wanted = [*hashes, *_missing(hashes, decoys)]
    for candidate in candidates(password):
        for number, each in enumerate(wanted):
            if _is_match(each, candidate) and number < len(hashes):
                return True
    return False


def compare(verdict: Verdict, password: bytes) -> Verdict:
    """
    Give what a verdict comes to that depends on a password.

    Args:
        verdict: What the rules say; ``DEPENDS``.
        password: The bytes that came.
    """
    is_match = matches(verdict.hashes, password, verdict.decoys)
    why = "" if is_match or verdict.is_hopeless else lacking(verdict.hashes)
    return Verdict(UNAUTHORIZED, why) if why else resolve(verdict, is_match)


def lacking(hashes: tuple[str, ...]) -> str:
    """Say why one of the hashes cannot be compared here, and what helps; empty if all can be."""
    if not any(each.startswith("$argon2") for each in hashes) or _has_argon2():
        return ""
    said = installation.lacking("its password's hash", "argon2-cffi", "auth")
    return f"{said}; or shocpp-check --hash makes another"


def warnings(listed: Iterable[ListedChargePoint]) -> list[str]:
    """Name the charge points that have a hash which cannot be compared here, each with what helps."""
    return [f"{each.identity} is refused: {why}" for each in listed if (why := lacking(each.passwords))]


def _missing(hashes: tuple[str, ...], decoys: tuple[str, ...]) -> list[str]:
    """Give the decoys of each kind that are more than there are hashes of it."""
    missing = list(decoys)
    for each in hashes:
        same = next((decoy for decoy in missing if _kind(decoy) == _kind(each)), None)
        if same is not None:
            missing.remove(same)
    return missing


def _kind(hashed: str) -> str:
    return hashed.split("$")[1]


def _is_match(hashed: str, candidate: bytes) -> bool:
    return _is_argon2_match(hashed, candidate) if hashed.startswith("$argon2") else _is_scrypt_match(hashed, candidate)


def _is_scrypt_match(hashed: str, candidate: bytes) -> bool:
    try:
        _, _, parameters, salt, key = hashed.split("$")
        log_n, r, p = (int(each.partition("=")[2]) for each in parameters.split(","))
        if 1 <= log_n <= _MOST_LOG_N and r >= 1 and 128 * r << log_n <= _MOST_MEMORY and 1 <= p <= _MOST_P:
            return compare_digest(_derive(candidate, _decoded(salt), log_n, r, p), _decoded(key))
    except (ValueError, OverflowError):
        pass  # somebody has cut it off, or made it up
    return False


def _derive(password: bytes, salt: bytes, log_n: int, r: int, p: int) -> bytes:
    memory = 128 * r * ((1 << log_n) + p + 2)
    return scrypt(password, salt=salt, n=1 << log_n, r=r, p=p, maxmem=memory, dklen=_KEY_BYTES)


def _is_argon2_match(hashed: str, candidate: bytes) -> bool:
    if not _has_argon2():
        return False
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHash, VerificationError

    try:
        return PasswordHasher().verify(hashed, candidate)
    except (VerificationError, InvalidHash):
        return False


def _has_argon2() -> bool:
    try:
        import argon2  # noqa: F401 - only whether it is there
    except ImportError:
        return False
    return True


def _encoded(data: bytes) -> str:
    return b64encode(data).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return b64decode(text + "=" * (-len(text) % 4), validate=True)
