"""
May this connection be the charge point that it says it is?

Pure: takes what a handshake said and the list of charge points, gives a ``Verdict``. Where that depends on a password
it says which hashes would have to match; to compare them is ``passwords``' business. A ``Claim`` never shows its own.

Source: OCPP-J 1.6 §3.1 (identity), §6.2 (Basic); Improved security for OCPP 1.6-J §2 (profiles 1 to 3)
"""

from __future__ import annotations

from base64 import b64decode
from urllib.parse import unquote, unquote_to_bytes

from shocpp.admission.verdict import ADMITTED, DEPENDS, FORBIDDEN, NOT_FOUND, UNAUTHORIZED, Verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.ledger.charge_points import ChargePoints

_USER, _TENANT = "u", "h"
_SHORTEST_KEY, _LONGEST_KEY = 16, 20  # bytes of an AuthorizationKey


class Claim:
    """
    Who a connection says it is.

    Attributes:
        identity: The charge point's; empty for the anonymous one.
        tenant: What the path names before it; empty if nothing.
        user: The user name; None if there are no credentials.
        password: The password as it came; None if there are no credentials.
        certified: The names in the client's certificate; None without one.
    """

    __slots__ = ("certified", "identity", "password", "tenant", "user")

    def __init__(
        self,
        identity: str,
        tenant: str = "",
        user: str | None = None,
        password: bytes | None = None,
        certified: frozenset[str] | None = None,
    ) -> None:
        self.identity = identity
        self.tenant = tenant
        self.user = user
        self.password = password
        self.certified = certified


def claim(target: str, authorization: str | None, may_use_url: bool) -> Claim:
    """
    Read what a handshake says of who connects.

    Args:
        target: The request target: path as sent, perhaps with a query.
        authorization: The value of the Authorization header, if there is one.
        may_use_url: Credentials and tenant may stand in the path: ``/u/<user>/<password>/<identity>``, and
            ``/h/<tenant>`` before it.

    >>> found = claim("/ocpp/CP%201/?x=1", "Basic Q1AgMTpzZWNyZXQ=", False)
    >>> found.identity, found.user, found.password
    ('CP 1', 'CP 1', b'secret')
    >>> found = claim("/h/acme/u/cp1/p%2Fw/CP1", None, True)
    >>> found.identity, found.tenant, found.user, found.password
    ('CP1', 'acme', 'cp1', b'p/w')
    """
    segments = [segment for segment in target.partition("?")[0].split("/") if segment]
    identity = unquote(segments[-1]) if segments else ""
    found = Claim(identity)
    if may_use_url:
        before = segments[:-1]
        if len(before) >= 3 and before[-3] == _USER:
            found.user, found.password = unquote(before[-2]), unquote_to_bytes(before[-1])
            before = before[:-3]
        elif len(before) >= 2 and before[-2] == _USER:
            found.identity = ""  # what stands in its place is the password: it shall not become a name
        if len(before) >= 2 and before[-2] == _TENANT:
            found.tenant = unquote(before[-1])
    if authorization is not None:
        found.user, found.password = _basic(authorization, identity)
    return found


def _basic(authorization: str, identity: str) -> tuple[str | None, bytes | None]:
    """Read a Basic header; a password is bytes, since some send the raw bytes of their key (quirk 16)."""
    scheme, _, value = authorization.strip().partition(" ")
    try:
        text = b64decode(value.strip(), validate=True)
    except ValueError:
        return None, None
    if scheme.lower() != "basic":
        return None, None
    own = f"{identity}:".encode()  # an identity with a colon in it is still one's own name
    user, colon, password = (own[:-1], b":", text[len(own) :]) if text.startswith(own) else text.partition(b":")
    return (user.decode("utf-8", "replace"), password) if colon else (None, None)


def judge(found: Claim, charge_points: ChargePoints | None) -> Verdict:  # noqa: PLR0911 - one for each case
    """
    Decide on a claim.

    Where passwords are in use, an identity that is not listed is refused in the same way as a wrong password and
    after the same work, so that nobody can find out which ones exist.

    Args:
        found: Who the connection says it is.
        charge_points: Who may connect; None for everybody.
    """
    if charge_points is None:
        return Verdict(ADMITTED)
    listed = charge_points.get(found.identity)
    reason = "not listed"
    if listed is not None and listed.tenant not in ("", found.tenant):
        listed, reason = None, "another tenant's"
    if found.certified is not None:
        if found.identity in found.certified and listed is not None:
            return Verdict(ADMITTED, "", listed)
        return Verdict(FORBIDDEN, reason if listed is None else "its certificate is another's", listed)
    if listed is not None and not listed.passwords:
        return Verdict(ADMITTED, "", listed)
    if not charge_points.longest_hashes:
        return Verdict(NOT_FOUND, reason)
    if found.password is None:
        return Verdict(UNAUTHORIZED, reason if listed is None else "no password")
    times = len(charge_points.longest_hashes)
    if listed is None:
        return Verdict(DEPENDS, reason, None, charge_points.longest_hashes, True, times)
    if found.user not in ("", found.identity, listed.user or found.identity):
        return Verdict(DEPENDS, "wrong user name", None, listed.passwords, True, times)
    return Verdict(DEPENDS, "wrong password", listed, listed.passwords, False, times)


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
