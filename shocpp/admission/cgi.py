"""
Who connects, as CGI variables say it. websocketd admits everybody: its backend refuses strangers itself, by ending.

Knows the variables; the verdict is made by ``rules`` and ``verdict``, as for every transport.

Source: websocketd's CGI variables (RFC 3875 §4.1.18 for HTTP_ ones)
"""

from __future__ import annotations

from shocpp.admission.claims import claim
from shocpp.admission.rules import decide
from shocpp.admission.verdict import ADMITTED, DEPENDS, FORBIDDEN, refusal
from shocpp.errors import MissingError, NotPermittedError, ShocppError
from shocpp.spool.conf.configuration import read_charge_points

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from shocpp.admission.claims import Claim
    from shocpp.admission.verdict import Verdict
    from shocpp.ledger.charge_points import ListedChargePoint
    from shocpp.settings import Settings


def admit(settings: Settings, environ: Mapping[str, str]) -> tuple[str, ListedChargePoint | None]:
    """
    Find out who is at the other end and whether it may connect.

    Args:
        settings: The settings in force.
        environ: The CGI variables.

    Returns:
        The identity, and its entry in charge-points.json where there is one.

    Raises:
        NotPermittedError: It may not; the text is for the log.
        ShocppError: charge-points.json cannot be used, or is not there though it must be, so that nobody may.
    """
    found, verdict = decided(settings, environ)
    if verdict.status != ADMITTED:
        address = environ.get("REMOTE_ADDR", "")
        raise NotPermittedError(refusal(found.identity, verdict.status, verdict.reason, address))
    return found.identity, verdict.charge_point


def decided(settings: Settings, environ: Mapping[str, str]) -> tuple[Claim, Verdict]:
    """
    Find out who is at the other end, and decide on it; a refusal is noted as an event.

    Args:
        settings: The settings in force.
        environ: The CGI variables.

    Raises:
        ShocppError: charge-points.json cannot be used, or is not there though it must be, so that nobody may.
    """
    found = claim(environ.get("REQUEST_URI", ""), environ.get("HTTP_AUTHORIZATION"), settings.url_credentials)
    found.origin, found.host = environ.get("HTTP_ORIGIN"), environ.get("SERVER_NAME", "")
    address = environ.get("REMOTE_ADDR", "")
    try:
        verdict = _verdict(found, settings)
    except ShocppError as error:
        _note(settings, found, address, FORBIDDEN, str(error))
        raise
    if verdict.status != ADMITTED:
        _note(settings, found, address, verdict.status, verdict.reason)
    return found, verdict


def _verdict(found: Claim, settings: Settings) -> Verdict:
    """
    Decide on a connection, its password compared.

    Raises:
        ShocppError: charge-points.json cannot be used, or is not there though it must be.
    """
    try:
        listed = read_charge_points(settings.charge_points_file)
    except MissingError:
        if settings.charge_points_required:
            raise
        listed = None
    verdict = decide(found, listed, settings)
    if verdict.status != DEPENDS:
        return verdict
    from shocpp.admission import passwords  # hashlib takes milliseconds, which only a password is worth

    return passwords.compare(verdict, found.password or b"")


def _note(settings: Settings, found: Claim, address: str, status: int, reason: str) -> None:
    """Have a refusal noted as an event of the journal."""
    from shocpp.admission import refused_connections, shared_allowance

    data = refused_connections.data_of(found.identity, found.user, address, status, reason)
    shared_allowance.note(settings, data)
