"""
Where a charge point connects to: the parts of its URL, and what quirks make of them.

Source: OCPP-J 1.6 §3.1.1 (the identity is the last segment of the path), §6.2 (Basic authentication)
"""

from __future__ import annotations

import base64
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from shocpp.errors import UsageError

SUBPROTOCOL = "ocpp1.6"
WEBSOCKET, HTTP = ("ws", "wss"), ("http", "https")
_SUBPROTOCOLS = {
    "subprotocol-none": (),
    "subprotocol-several": ("ocpp2.0.1", SUBPROTOCOL, "ocpp1.5"),
    "subprotocol-ocpp1.5": ("ocpp1.5",),
    "subprotocol-ocppj1.6": ("ocppj1.6",),
}


class Address:
    """
    A central system's URL, taken apart; ``url`` is without the credentials and fit to be shown.

    Args:
        url: With or without ``user:password@``; the path's last segment is the identity.
        number: Of a fleet the number of the charge point, which is added to the identity.
        quirks: The names of the quirks that are on.
        schemes: What the URL begins with.

    Raises:
        UsageError: It is no such URL.
    """

    def __init__(
        self,
        url: str,
        number: int | None = None,
        quirks: frozenset[str] = frozenset(),
        schemes: tuple[str, ...] = WEBSOCKET,
    ) -> None:
        try:
            parts = urlsplit(url)
            host = parts.hostname
            self.port = parts.port
        except ValueError:
            host = None
        if host is None or parts.scheme not in schemes:
            raise UsageError(f"--connect takes an address such as {schemes[0]}://localhost:8080/CP001")
        base, _, name = parts.path.rstrip("/").rpartition("/")
        self.identity = unquote(name)
        if number is not None:
            self.identity = f"{self.identity or 'CP'}{number:04}"
        place = f"[{host}]" if ":" in host else host
        if self.port is not None:
            place = f"{place}:{self.port}"
        self.url = urlunsplit((parts.scheme, place, _path(base, self.identity, quirks), parts.query, ""))
        self.subprotocols = next((_SUBPROTOCOLS[name] for name in sorted(quirks & set(_SUBPROTOCOLS))), (SUBPROTOCOL,))
        self.headers = _authorization(parts.username, parts.password, self.identity, quirks)


def _path(base: str, identity: str, quirks: frozenset[str]) -> str:
    if "path-case" in quirks:
        identity = identity.swapcase()
    encoded = quote(identity, safe="")
    if "path-encoded" in quirks:
        encoded = "".join(f"%{byte:02X}" for byte in identity.encode())
    if "path-root" in quirks:
        return "/"
    slashes = "//" if "path-double-slash" in quirks else "/"
    return f"{base}{slashes}{encoded}{'/' if 'path-trailing-slash' in quirks else ''}"


def _authorization(
    user: str | None, password: str | None, identity: str, quirks: frozenset[str]
) -> list[tuple[str, str]]:
    """Make the header that carries the credentials; a user that is not named is the identity."""
    if "auth-empty" in quirks:
        credentials = b":"
    elif user is None and password is None:
        return []
    else:
        secret = unquote(password or "").encode()
        if "auth-raw-key" in quirks:
            secret = bytes.fromhex(secret.decode())
        name = "somebody" if "auth-other-user" in quirks else unquote(user or "") or identity
        credentials = name.encode() + b":" + secret
    return [("Authorization", f"Basic {base64.b64encode(credentials).decode()}")]
