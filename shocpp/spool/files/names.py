"""What came from the network becomes part of a path only here."""

from __future__ import annotations

_SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
RESERVED = ("transactions", "ended")  # folders in run/ itself, which is the anonymous charge point's
_LONGEST = 200
_SHORTENED = "%-"  # which encoding never makes: what follows its percent sign are two hex digits


def folder_name(identity: str) -> str:
    """
    Make a folder name of a charge point's identity: no two identities share one, and none leads elsewhere.

    Letters, digits, ``-`` and ``_`` stay, all else is percent-encoded, the dot included: all files of the
    anonymous charge point beside the folders have one. What would be too long ends in a digest.

    >>> folder_name("CP001"), folder_name("../x"), folder_name("status.json"), folder_name("transactions")
    ('CP001', '%2E%2E%2Fx', 'status%2Ejson', '%74ransactions')
    """
    if _SAFE.issuperset(identity) and identity not in RESERVED and len(identity) <= _LONGEST:
        return identity
    encoded = "".join(
        letter if letter in _SAFE else "".join(f"%{byte:02X}" for byte in letter.encode("utf-8", "surrogatepass"))
        for letter in identity
    )
    if encoded in RESERVED:
        encoded = f"%{ord(encoded[0]):02X}{encoded[1:]}"
    if len(encoded) > _LONGEST:
        from hashlib import sha256

        encoded = f"{encoded[: _LONGEST - 34]}{_SHORTENED}{sha256(encoded.encode()).hexdigest()[:32]}"
    return encoded


def identity_of(name: str) -> str | None:
    """
    Give the identity that a folder name was made of; None if it was too long to be kept in there.

    >>> identity_of("CP001"), identity_of("%2E%2E%2Fx"), identity_of("x%-0")
    ('CP001', '../x', None)
    """
    from urllib.parse import unquote

    return None if _SHORTENED in name else unquote(name, errors="surrogatepass")
