"""
May this connection be the charge point that it says it is?

Pure: takes what a handshake said and the list of charge points, gives a ``Verdict``. Where that depends on a password
it says which hashes would have to match; to compare them is ``passwords``' business.

Source: OCPP-J 1.6 §3.1 (identity), §6.2 (Basic); Improved security for OCPP 1.6-J §2 (profiles 1 to 3)
"""

from __future__ import annotations

from shocpp.admission.origins import is_allowed
from shocpp.admission.verdict import ADMITTED, DEPENDS, FORBIDDEN, NOT_FOUND, UNAUTHORIZED, Verdict
from shocpp.texts import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.admission.claims import Claim
    from shocpp.ledger.charge_points import ChargePoints
    from shocpp.settings import Settings

_ANOTHERS = "its certificate is another's"
_SHORTEST_KEY, _LONGEST_KEY = 16, 20  # bytes of an AuthorizationKey


def decide(found: Claim, charge_points: ChargePoints | None, settings: Settings) -> Verdict:
    """
    Decide on a connection: whether it may be made in this way at all, then as whom.

    Args:
        found: Who it says it is.
        charge_points: Who may connect; None for everybody.
        settings: The settings in force.
    """
    if found.is_url_refused:
        return Verdict(FORBIDDEN, "credentials or a tenant in the path, which SHOCPP_URL_CREDENTIALS=1 would accept")
    if not is_allowed(found.origin, found.host, settings.origins):
        return Verdict(FORBIDDEN, f"for the web page {clean(found.origin, 80)}, which SHOCPP_ORIGINS does not have")
    return judge(found, charge_points, settings.tls_shared_certificate)


def judge(  # noqa: PLR0911 - one for each case
    found: Claim, charge_points: ChargePoints | None, is_certificate_shared: bool = False
) -> Verdict:
    """
    Decide on a claim.

    Where passwords are in use, an identity that is not listed is refused in the same way as a wrong password and
    after the same work, so that nobody can find out which ones exist.

    Args:
        found: Who the connection says it is.
        charge_points: Who may connect; None for everybody.
        is_certificate_shared: All show the same certificate, so that the names in it say nothing.
    """
    is_named = found.certified is None or is_certificate_shared or found.identity in found.certified
    if charge_points is None:
        return Verdict(ADMITTED) if is_named else Verdict(FORBIDDEN, _ANOTHERS)
    listed = charge_points.get(found.identity)
    reason = "not listed"
    if listed is not None and listed.tenant not in ("", found.tenant):
        listed, reason = None, "another tenant's"
    if found.certified is not None and not is_certificate_shared:
        if is_named and listed is not None:
            return Verdict(ADMITTED, "", listed)
        return Verdict(FORBIDDEN, reason if listed is None else _ANOTHERS, listed)
    if listed is not None and not listed.passwords:
        return Verdict(ADMITTED, "", listed)
    if not charge_points.longest_hashes:
        return Verdict(NOT_FOUND, reason)
    if found.password is None:
        return Verdict(UNAUTHORIZED, reason if listed is None else "no password")
    decoys = charge_points.longest_hashes
    if listed is None:
        return Verdict(DEPENDS, reason, None, decoys, True, decoys)
    if found.user not in ("", found.identity, listed.user or found.identity):
        return Verdict(DEPENDS, "wrong user name", None, listed.passwords, True, decoys)
    return Verdict(DEPENDS, "wrong password", listed, listed.passwords, False, decoys)


def canonical(password: str) -> bytes:
    """
    Give the form in which a password is hashed: a hex key in small letters, anything else as it is.

    >>> canonical("Secret"), canonical("00FFAA" * 6)
    (b'Secret', b'00ffaa00ffaa00ffaa00ffaa00ffaa00ffaa')
    """
    data = password.encode()
    return data.lower() if _is_hex_key(data) else data


def candidates(password: bytes) -> list[bytes]:
    """
    Give the forms that a password as it came may have been hashed in: text, and the raw bytes of a hex key (quirk 16).

    >>> candidates(b"Secret")
    [b'Secret']
    >>> candidates(bytes(range(240, 256)))
    [b'f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff']
    """
    if _is_hex_key(password):
        return [password.lower()]
    if not _SHORTEST_KEY <= len(password) <= _LONGEST_KEY:
        return [password]
    key = password.hex().encode()
    is_text = all(32 <= byte < 127 for byte in password)
    return [password, key] if is_text else [key]


def _is_hex_key(data: bytes) -> bool:
    if len(data) % 2 or not 2 * _SHORTEST_KEY <= len(data) <= 2 * _LONGEST_KEY:
        return False
    return all(byte in b"0123456789abcdefABCDEF" for byte in data)
