"""
What becomes of a connection: one verdict, the same for every transport.

``rules`` judge who a connection says it is. Where their verdict depends on a password, ``passwords`` compares it and
``resolve`` says what the verdict comes to. How a transport says no, by a status or by hanging up, is its business.
"""

from __future__ import annotations

from shocpp.texts import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.ledger.charge_points import ListedChargePoint

# the statuses of HTTP
ADMITTED, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, BUSY = 101, 401, 403, 404, 503
DEPENDS = 0  # on whether a password matches: ``resolve`` knows how

_TEXTS = {
    UNAUTHORIZED: "Credentials, please.\n",
    FORBIDDEN: "Not under this name.\n",
    NOT_FOUND: "No such charge point.\n",
    BUSY: "Too many at the moment.\n",
}


class Verdict:
    """
    What becomes of a connection.

    Attributes:
        status: 101, 401, 403, 404, 503; or ``DEPENDS``.
        reason: Why it is refused (if the password does not match), for the log.
        charge_point: The entry that it is admitted under; None where there is no list.
        hashes: What the password is compared with where it matters.
        decoys: What it is compared with besides where nothing matches, so that the time tells nothing of the hashes.
        is_hopeless: Whatever the password, it is refused; it is only compared so that the refusal takes as long.
    """

    __slots__ = ("charge_point", "decoys", "hashes", "is_hopeless", "reason", "status")

    def __init__(
        self,
        status: int,
        reason: str = "",
        charge_point: ListedChargePoint | None = None,
        hashes: tuple[str, ...] = (),
        is_hopeless: bool = False,
        decoys: tuple[str, ...] = (),
    ) -> None:
        self.status = status
        self.reason = reason
        self.charge_point = charge_point
        self.hashes = hashes
        self.is_hopeless = is_hopeless
        self.decoys = decoys


def resolve(verdict: Verdict, is_match: bool | None) -> Verdict:
    """
    Give what a verdict comes to that depends on a password.

    Args:
        verdict: What the rules say; ``DEPENDS``.
        is_match: Whether the password matches one of the hashes; None if it was not compared, since too many wait.

    >>> resolve(Verdict(DEPENDS, "wrong password"), True).status
    101
    >>> resolve(Verdict(DEPENDS, "not listed", is_hopeless=True), True).status
    401
    >>> resolve(Verdict(DEPENDS, "wrong password"), None).status
    503
    """
    if is_match is None:
        return Verdict(BUSY, "too many wait to be verified")
    if is_match and not verdict.is_hopeless:
        return Verdict(ADMITTED, charge_point=verdict.charge_point)
    return Verdict(UNAUTHORIZED, verdict.reason)


def said_of(verdict: Verdict) -> tuple[str, dict[str, str]]:
    """Give what whoever is refused is told over HTTP: a text, and headers."""
    headers = {"WWW-Authenticate": 'Basic realm="shocpp", charset="UTF-8"'} if verdict.status == UNAUTHORIZED else {}
    return _TEXTS[verdict.status], headers


def refusal(who: str, status: int, reason: str, address: str) -> str:
    """
    Say in one line of the log that a connection is refused.

    Args:
        who: The identity, or what else is known of who connects.
        status: The HTTP status that says it.
        reason: Why.
        address: Where the connection comes from.

    >>> refusal("CP1", 401, "wrong password", "192.0.2.1")
    'CP1 refused 401: wrong password (from 192.0.2.1)'
    """
    return f"{clean(who, 80) or '-'} refused {status}: {clean(reason, 200)} (from {clean(address, 50)})"
