"""
Who may connect under websocketd: it lets everybody in, so that a backend turns strangers away itself, by ending.

The rules are ``admission``'s, the same as the embedded listener's.

Source: websocketd's CGI variables (RFC 3875 §4.1.18 for HTTP_ ones)
"""

from __future__ import annotations

from shocpp.admission import passwords
from shocpp.admission.rules import ADMITTED, DEPENDS, UNAUTHORIZED, claim, judge
from shocpp.errors import MissingError, NotPermittedError
from shocpp.log import clean
from shocpp.spool.configuration import read_charge_points

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

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
        ShocppError: charge-points.json cannot be used, so that nobody may.
    """
    found = claim(environ.get("REQUEST_URI", ""), environ.get("HTTP_AUTHORIZATION"), settings.url_credentials)
    try:
        listed = read_charge_points(settings.charge_points_file)
    except MissingError:
        listed = None
    verdict = judge(found, listed)
    status = verdict.status
    if status == DEPENDS:
        is_match = passwords.matches(verdict.hashes, found.password or b"", verdict.at_least)
        status = ADMITTED if is_match and not verdict.is_hopeless else UNAUTHORIZED
    if status != ADMITTED:
        who, where = clean(found.identity, 80) or "-", clean(environ.get("REMOTE_ADDR", ""), 50)
        raise NotPermittedError(f"{who} refused {status}: {verdict.reason} (from {where})")
    return found.identity, verdict.charge_point
