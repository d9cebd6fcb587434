"""
Who a connection says it is: what the path, the headers and the certificate of a handshake say, read and not judged.

A ``Claim`` never shows its own password.

Source: OCPP-J 1.6 §3.1 (the identity is the last segment), §6.2 (Basic); SolarNetwork's paths ``v16u``, ``v16h`` and
``v16hu`` for charge points that know no Basic
"""

from __future__ import annotations

from base64 import b64decode
from urllib.parse import unquote, unquote_to_bytes

_PASSWORD = "password"  # noqa: S105 - a field's name
# a segment, and what those behind it are, up to the identity; a longer form goes before what it may contain
_FORMS_OF_NOTHING_ELSE = (
    ("v16hu", ("tenant", "user", _PASSWORD)),
    ("v16u", ("user", _PASSWORD)),
    ("v16h", ("tenant",)),
)
_FORMS = (*_FORMS_OF_NOTHING_ELSE, ("u", ("user", _PASSWORD)), ("h", ("tenant",)))


class Claim:
    """
    Who a connection says it is.

    Attributes:
        identity: The charge point's; empty for the anonymous one.
        tenant: What the path names before it; empty if nothing.
        user: The user name; None if there are no credentials.
        password: The password as it came; None if there are no credentials.
        certified: The names in the client's certificate; None without one.
        origin: The page that a browser says it connects for; None where no browser does.
        host: What the connection takes us for: a name or an address, perhaps with a port.
        is_url_refused: The path carries credentials or a tenant, and that is not accepted.
    """

    __slots__ = ("certified", "host", "identity", "is_url_refused", "origin", "password", "tenant", "user")

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
        self.origin: str | None = None
        self.host = ""
        self.is_url_refused = False


def claim(target: str, authorization: str | None, may_use_url: bool) -> Claim:
    """
    Read what a handshake says of who connects.

    Args:
        target: The request target: path as sent, perhaps with a query.
        authorization: The value of the Authorization header, if there is one.
        may_use_url: Credentials and tenant may stand in the path: ``/u/<user>/<password>/<identity>`` and
            ``/h/<tenant>`` before it, ``/v16u/<user>/<password>/<identity>``, ``/v16h/<tenant>/<identity>``,
            ``/v16hu/<tenant>/<user>/<password>/<identity>``.

    >>> found = claim("/ocpp/CP%201/?x=1", "Basic Q1AgMTpzZWNyZXQ=", False)
    >>> found.identity, found.user, found.password
    ('CP 1', 'CP 1', b'secret')
    >>> found = claim("/h/acme/u/cp1/p%2Fw/CP1", None, True)
    >>> found.identity, found.tenant, found.user, found.password
    ('CP1', 'acme', 'cp1', b'p/w')
    """
    found = _from_path([segment for segment in target.partition("?")[0].split("/") if segment], may_use_url)
    if authorization is not None:
        found.user, found.password = _basic(authorization, found.identity)
    return found


def _from_path(segments: list[str], may_use_url: bool) -> Claim:
    """Read the segments of a path; what must not be in there is not taken from it."""
    found = Claim(_decoded(segments[-1]) if segments else "")
    before = segments[:-1]
    said: dict[str, str] = {}
    for head, fields in _FORMS if may_use_url else _FORMS_OF_NOTHING_ELSE:
        count = len(fields)
        if _stands(head, before, count + 1):
            said |= zip(fields, before[-count:], strict=True)
            before = before[: -count - 1]
        elif _PASSWORD in fields and _stands(head, before, count):
            found.identity = ""  # what stands in its place is the password: it shall not become a name
            found.is_url_refused = not may_use_url
    if not may_use_url:
        found.is_url_refused |= bool(said)
        return found
    found.tenant = _decoded(said.get("tenant", ""))
    if _PASSWORD in said:
        found.user, found.password = _decoded(said["user"]), unquote_to_bytes(said[_PASSWORD])
    return found


def _stands(head: str, segments: list[str], back: int) -> bool:
    """Tell whether a word stands so many segments before the end."""
    return len(segments) >= back and segments[-back] == head


def _decoded(segment: str) -> str:
    """Decode a segment; bytes that are no UTF-8 stay apart from each other, as in what websocketd hands on."""
    return unquote(segment, errors="surrogateescape")


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
