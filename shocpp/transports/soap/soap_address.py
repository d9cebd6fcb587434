"""
Where a charge point that speaks SOAP serves: what it says of that, and whether it is believed.

A message may say any address. Commands go to the host alone that the message came from, whatever name is in the
address, unless a setting says otherwise: nobody shall have us ask the router, the printer or the database for him.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

_PORTS = {"http": 80, "https": 443}


class Destination:
    """
    Where a command goes.

    Attributes:
        url: The address as the charge point says it.
        connect_to: The host that is connected to.
        host: The Host header.
        server_name: Whose certificate has to be shown; None without TLS.
        port: The port.
        target: The path, with what follows it.
    """

    __slots__ = ("connect_to", "host", "port", "server_name", "target", "url")

    def __init__(self, url: str, connect_to: str) -> None:
        parts = urlsplit(url)
        self.url = url
        self.server_name = parts.hostname if parts.scheme == "https" else None
        self.port = parts.port or _PORTS[parts.scheme]
        self.connect_to = connect_to or parts.hostname or ""
        self.host = parts.netloc.rpartition("@")[2]
        self.target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def destination(url: str, came_from: str, may_be_elsewhere: bool) -> Destination | str:
    """
    Give where commands go, or why they go nowhere.

    Args:
        url: What the charge point says; empty if it says nothing.
        came_from: The address of whoever says it.
        may_be_elsewhere: Any host is believed.

    >>> destination("ftp://192.0.2.1/", "192.0.2.1", False)
    'its address is not http:// or https:// with a host'
    >>> destination("http://192.0.2.7/x", "192.0.2.1", False)
    'it says 192.0.2.7 and comes from 192.0.2.1 (SHOCPP_SOAP_ELSEWHERE)'
    >>> found = destination("http://charger.lan:8080/x?y", "::ffff:192.0.2.1", False)
    >>> found.connect_to, found.port, found.target
    ('192.0.2.1', 8080, '/x?y')
    """
    if not url:
        return "it does not say where it takes commands: its messages have no From"
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in _PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable or not url.isascii() or not url.isprintable() or " " in url:
        return "its address is not http:// or https:// with a host"
    if may_be_elsewhere:
        return Destination(url, "")
    said, known = _ip(parts.hostname or ""), _ip(came_from)
    if known is None:
        return "where its messages come from is not known"
    if said is not None and said != known:
        return f"it says {said} and comes from {known} (SHOCPP_SOAP_ELSEWHERE)"
    return Destination(url, str(known))


def _ip(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address; one of version 4 within one of version 6 is that; None for a name."""
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
