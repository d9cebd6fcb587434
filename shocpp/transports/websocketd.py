"""
websocketd: what it tells a backend of the peer, and the command line it is run with.

Source: websocketd's own CGI variables (RFC 3875 names); OCPP-J 1.6 §3.1 (identity is the last path segment)
"""

from __future__ import annotations


def identity_of(path: str) -> str:
    """
    Find the charge point's identity: the last segment of the path that is not empty, decoded once (quirk 2).

    websocketd decodes the path before it hands it on, so that nothing is left to decode here.

    >>> identity_of("/ocpp/CP001/"), identity_of("//CP 1"), identity_of("/"), identity_of("")
    ('CP001', 'CP 1', '', '')
    """
    return next((segment for segment in reversed(path.split("/")) if segment), "")
