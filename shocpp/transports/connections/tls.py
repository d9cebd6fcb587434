"""
TLS: the certificate that we show, and whose the ones are that we are shown.

Source: Improved security for OCPP 1.6-J §2 (profile 2: ours; profile 3: theirs, too)
"""

from __future__ import annotations

from shocpp.errors import ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl
    from typing import Any

    from shocpp.settings import Settings


def context(settings: Settings) -> ssl.SSLContext | None:
    """
    Make a context of the files as they are now; None if no certificate is set.

    Raises:
        ConfigError: A file cannot be used; says which.
    """
    certificate, key, authority = settings.tls_certificate, settings.tls_key, settings.tls_client_ca
    if not certificate:
        if authority or key:
            raise ConfigError("SHOCPP_TLS_KEY and SHOCPP_TLS_CLIENT_CA mean nothing without SHOCPP_TLS_CERTIFICATE")
        return None
    import ssl

    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.options |= ssl.OP_NO_RENEGOTIATION  # each would cost us as much as a handshake
    try:
        made.load_cert_chain(certificate, key or None, password=_refuse_password)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{certificate}{f' with {key}' if key else ''}: {_said(error)}") from None
    if authority:
        try:
            made.load_verify_locations(authority)
        except OSError as error:
            raise ConfigError(f"{authority}: {_said(error)}") from None
        made.verify_mode = ssl.CERT_REQUIRED
    return made


def names(certificate: dict[str, Any] | None) -> frozenset[str] | None:
    """
    Give whom a client's certificate is for: its common name and alternative DNS names; None without one.

    >>> sorted(names({"subject": ((("commonName", "CP001"),),), "subjectAltName": (("DNS", "cp1.local"),)}))
    ['CP001', 'cp1.local']
    """
    if not certificate:
        return None
    subject = (pair for part in certificate.get("subject", ()) for pair in part)
    common = (value for name, value in subject if name == "commonName")
    alternative = (value for kind, value in certificate.get("subjectAltName", ()) if kind == "DNS")
    return frozenset((*common, *alternative))


def _refuse_password() -> str:
    raise ValueError("the key is encrypted; a service cannot be asked for its password")


def _said(error: Exception) -> str:
    """Say what is wrong with a file of certificates in words."""
    import ssl

    if isinstance(error, ssl.SSLError):
        return f"no certificate and key in PEM that belong together ({error.reason or 'unreadable'})"
    return getattr(error, "strerror", None) or str(error)
