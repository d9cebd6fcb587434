"""
Which web pages may connect: a browser says by the Origin header for which page it does.

A page that somebody in the same network has open could otherwise be a charge point and book. Charge points are no
browsers and mostly send none; some libraries send one all the same.

Source: RFC 6455 §4.1 and §10.2; RFC 6454 §7 (the Origin header)
"""

from __future__ import annotations

_FILE = "file://"  # arduinoWebSockets


def is_allowed(origin: str | None, host: str, allowed: str) -> bool:
    """
    Tell whether a connection may be made for a page.

    Without a list there may be none, ``file://``, and whatever is at the same address that the charge point connects
    to: an address, not a name, since a name may be made to mean us by whoever owns it.

    Args:
        origin: The Origin header; None or empty if there is none.
        host: The Host header, or its host alone.
        allowed: The list, with commas or spaces between; ``*`` in it is any. Empty for none.

    >>> is_allowed(None, "", ""), is_allowed("http://evil.example", "192.0.2.1", "")
    (True, False)
    >>> is_allowed("http://192.0.2.1:8080", "192.0.2.1:8080", ""), is_allowed("http://cs.lan", "cs.lan", "")
    (True, False)
    >>> is_allowed("https://panel.example", "cs.lan", "https://panel.example")
    True
    """
    if not origin:
        return True
    listed = entries(allowed)
    if listed:
        return "*" in listed or origin.lower() in listed
    return origin == _FILE or _is_same_address(origin, host)


def entries(allowed: str) -> list[str]:
    """Give the entries of a list."""
    return allowed.lower().replace(",", " ").split()


def _is_same_address(origin: str, host: str) -> bool:
    from ipaddress import ip_address

    try:
        return ip_address(_host(origin)) == ip_address(_host(host))
    except ValueError:
        return False


def _host(text: str) -> str:
    """Give the host of an origin or of a Host header, without scheme, port and brackets."""
    text = text.rpartition("://")[2].partition("/")[0]
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text
