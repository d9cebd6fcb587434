"""
Who is at the other end: the charge point's identity, from the path that it connected to.

Source: OCPP-J 1.6 §3.1 (the identity is the last segment)
"""

from __future__ import annotations


def identity_of(path: str) -> str:
    """
    Find the charge point's identity: the last segment of a decoded path that is not empty (quirk 2).

    websocketd and CGI decode the path before they hand it on, so that nothing is left to decode here.

    >>> identity_of("/ocpp/CP001/"), identity_of("//CP 1"), identity_of("/"), identity_of("")
    ('CP001', 'CP 1', '', '')
    """
    return next((segment for segment in reversed(path.split("/")) if segment), "")
