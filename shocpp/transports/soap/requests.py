"""What an HTTP request over SOAP says besides its envelope: whose it is by its path, and which page it asks for."""

from __future__ import annotations

import uuid
from urllib.parse import quote, unquote

from shocpp.ocpp.soap import write_envelope
from shocpp.ocpp.soap.dialects import CENTRAL_SYSTEM, DIALECTS
from shocpp.ocpp.soap.soap_call import SoapCall, SoapRefusal, read_call
from shocpp.ocpp.soap.wsdl import wsdl

FOLDER = "soap"  # the path's first segment where its last one is an identity
PAGE_TYPE = "text/xml; charset=utf-8"
_LATEST = "1.6"
_SUBCODES = {401: write_envelope.SECURITY_ERROR, 403: write_envelope.SECURITY_ERROR, 404: write_envelope.SECURITY_ERROR}


def is_xml(content_type: str | None) -> bool:
    """
    Tell whether a body may be an envelope; one that does not say what it is may.

    A page of a browser can post texts to anybody, but no XML without asking.
    """
    return "xml" in (content_type or write_envelope.CONTENT_TYPE).lower()


def asked_of(data: bytes, target: str) -> SoapCall | SoapRefusal:
    """
    Read a request; its envelope has the identity of the header, else of the path.

    Args:
        data: The body.
        target: The path.

    Raises:
        ImportError: lxml is not installed.
    """
    asked = read_call(data, CENTRAL_SYSTEM, f"urn:uuid:{uuid.uuid4()}")
    by_path = identity_in(target)
    identity = asked.envelope.identity or by_path
    if isinstance(asked, SoapCall) and not identity:
        asked = asked.turned_down(write_envelope.PROTOCOL_ERROR, "there is no chargeBoxIdentity")
    elif by_path not in ("", identity):
        asked = asked.turned_down(write_envelope.IDENTITY_MISMATCH, "the URL has another identity")
    asked.envelope.identity = identity
    return asked


def refused(soap_call: SoapCall, status: int, text: str) -> bytes:
    """Write the fault that says what a status of HTTP does."""
    return soap_call.refuse(_SUBCODES.get(status, write_envelope.INTERNAL_ERROR), text.strip())[1]


def path_with(target: str, identity: str) -> str:
    """
    Give a path whose last segment is an identity, so that all else in it is read as in a handshake's.

    >>> path_with("/Ocpp/CentralSystemService?x", "CP 1"), path_with("/soap/CP1/", "CP1")
    ('/Ocpp/CentralSystemService/CP%201', '/soap/CP1')
    """
    path = target.partition("?")[0].rstrip("/")
    if unquote(path.rpartition("/")[2], errors="surrogateescape") == identity:
        return path
    return f"{path}/{quote(identity, safe='', errors='surrogateescape')}"


def identity_in(target: str) -> str:
    """
    Give the identity that a request's path has; empty for one that has none.

    >>> identity_in("/soap/CP%201?x"), identity_in("/soap/u/user/password/CP1"), identity_in("/Ocpp/CentralSystem")
    ('CP 1', 'CP1', '')
    """
    segments = [each for each in target.partition("?")[0].split("/") if each]
    if len(segments) < 2 or segments[0].lower() != FOLDER:
        return ""
    return unquote(segments[-1], errors="surrogateescape")


def page_of(target: str, origin: str) -> str | None:
    """
    Give the WSDL that a path asks for: ``?wsdl`` for OCPP 1.6, ``?wsdl=1.5`` for another; None for any other path.

    Args:
        target: The path with its query.
        origin: Where it is asked for, without the path.
    """
    path, _, query = target.partition("?")
    key, _, version = query.partition("=")
    dialect = DIALECTS.get(version or _LATEST)
    if key.lower() != "wsdl" or dialect is None:
        return None
    return wsdl(dialect, CENTRAL_SYSTEM, f"{origin}{path}")
