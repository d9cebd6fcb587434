"""Claims and verdicts: what a handshake says, and what becomes of it."""

from __future__ import annotations

import base64

import pytest

from shocpp.admission.claims import Claim, claim
from shocpp.admission.rules import candidates, decide, judge
from shocpp.admission.verdict import ADMITTED, BUSY, DEPENDS, FORBIDDEN, NOT_FOUND, UNAUTHORIZED, Verdict, resolve
from shocpp.ledger.charge_points import ChargePoints
from shocpp.settings import Settings

LISTED = ChargePoints.from_list(
    [
        {"identity": "CP1", "passwords": ["$argon2a"]},
        {"identity": "CP2", "passwords": ["$argon2b", "$argon2c"], "user": "garage", "tenant": "acme"},
        {"identity": "CP3"},
    ]
)
OPEN = ChargePoints.from_list([{"identity": "CP3"}])


@pytest.mark.parametrize(
    ("target", "identity"),
    [
        ("/ocpp/CP1", "CP1"),
        ("//CP1//", "CP1"),
        ("/", ""),
        ("", ""),
        ("/a%2Fb", "a/b"),
        ("/a%252Fb?x=/y", "a%2Fb"),
        ("/%E2%82%AC", "€"),
    ],
)
def test_identity(target: str, identity: str) -> None:
    """The identity is the last segment that is not empty, decoded once, without the query (quirk 2)."""
    assert claim(target, None, False).identity == identity


@pytest.mark.parametrize(
    "header",
    ["", "Basic", "Basic !!!", "Bearer Zm9vOmJhcg==", "Basic Zm9v", "Basic Zm9vOmJhcg== x"],
)
def test_header_that_is_none(header: str) -> None:
    """What is no Basic credential counts as no credential."""
    assert claim("/CP1", header, False).password is None


def test_raw_bytes() -> None:
    """A password may be any bytes, colons included (quirk 16)."""
    header = "basic " + base64.b64encode(b"CP1:\x00\xff:\x80").decode()
    assert claim("/CP1", header, False).password == b"\x00\xff:\x80"


@pytest.mark.parametrize(
    ("target", "identity", "tenant", "user"),
    [
        ("/u/me/word/CP1", "CP1", "", "me"),
        ("/x/h/acme/u/me/word/CP1/", "CP1", "acme", "me"),
        ("/h/acme/CP1", "CP1", "acme", None),
        ("/u/me/word", "", "", None),
        ("/h/acme/u/me/word", "", "", None),
        ("/u/CP1", "CP1", "", None),
        ("/v16u/me/word/CP1", "CP1", "", "me"),
        ("/ocpp/v16h/acme/CP1", "CP1", "acme", None),
        ("/v16hu/acme/me/word/CP1", "CP1", "acme", "me"),
        ("/v16u/me/word", "", "", None),
        ("/v16hu/acme/me/word", "", "", None),
        ("/v16h/CP1", "CP1", "", None),
    ],
)
def test_credentials_in_the_path(target: str, identity: str, tenant: str, user: str | None) -> None:
    """User, password and tenant stand before the identity; a path that ends in the password names nobody."""
    found = claim(target, None, True)
    assert (found.identity, found.tenant, found.user) == (identity, tenant, user)
    assert found.password == (b"word" if user else None)


def test_path_is_only_a_path_unless_set() -> None:
    """Without the setting nothing in the path is a credential."""
    found = claim("/h/acme/u/me/word/CP1", None, False)
    assert (found.identity, found.tenant, found.user, found.password) == ("CP1", "", None, None)


@pytest.mark.parametrize(
    ("target", "identity"),
    [
        ("/v16u/me/word/CP1", "CP1"),
        ("/x/v16h/acme/CP1", "CP1"),
        ("/v16hu/acme/me/word/CP1", "CP1"),
        ("/v16u/me/word", ""),
        ("/v16hu/acme/me/word", ""),
    ],
)
def test_a_path_that_can_only_carry_credentials(target: str, identity: str) -> None:
    """Without the setting such a path is refused under a reason that names it; no password becomes a name."""
    found = claim(target, None, False)
    assert (found.identity, found.tenant, found.user, found.password) == (identity, "", None, None)
    verdict = decide(found, None, Settings.from_environ({}))
    assert verdict.status == FORBIDDEN and "SHOCPP_URL_CREDENTIALS" in verdict.reason
    assert decide(claim(target, None, True), None, Settings.from_environ({})).status == ADMITTED


def test_bytes_that_are_no_text_stay_apart() -> None:
    """Two identities that differ in a byte are two, also where neither is UTF-8."""
    assert claim("/%FF", None, False).identity != claim("/%FE", None, False).identity


@pytest.mark.parametrize(
    ("found", "status"),
    [
        (Claim("CP3"), ADMITTED),
        (Claim("CP3", user="x", password=b"x"), ADMITTED),
        (Claim("CP1"), UNAUTHORIZED),
        (Claim("nobody"), UNAUTHORIZED),
        (Claim(""), UNAUTHORIZED),
        (Claim("CP1", user="CP1", password=b"x"), DEPENDS),
        (Claim("CP1", certified=frozenset({"CP1"})), ADMITTED),
        (Claim("CP1", user="CP1", password=b"x", certified=frozenset({"CP2"})), FORBIDDEN),
        (Claim("nobody", certified=frozenset({"nobody"})), FORBIDDEN),
    ],
)
def test_verdict(found: Claim, status: int) -> None:
    """A listed charge point without a password is let in, with one it has to match, a certificate speaks for itself."""
    assert judge(found, LISTED).status == status


def test_without_a_list_everybody_may() -> None:
    """No file, no questions; but a certificate that is asked for still says who somebody is."""
    assert judge(Claim("anybody"), None).status == ADMITTED
    assert judge(Claim("CP1", certified=frozenset({"CP1"})), None).status == ADMITTED
    assert judge(Claim("CP2", certified=frozenset({"CP1"})), None).status == FORBIDDEN
    assert judge(Claim("", certified=frozenset({"CP1"})), None).status == FORBIDDEN


@pytest.mark.parametrize(
    ("found", "listed", "status"),
    [
        (Claim("CP2", certified=frozenset({"fleet"})), None, ADMITTED),
        (Claim("CP3", certified=frozenset({"fleet"})), OPEN, ADMITTED),
        (Claim("nobody", certified=frozenset({"fleet"})), OPEN, NOT_FOUND),
        (Claim("CP1", certified=frozenset({"fleet"})), LISTED, UNAUTHORIZED),
        (Claim("CP1", user="CP1", password=b"x", certified=frozenset({"fleet"})), LISTED, DEPENDS),
    ],
)
def test_a_shared_certificate_names_nobody(found: Claim, listed: ChargePoints | None, status: int) -> None:
    """Where all show the same one, list and passwords decide as if there were none."""
    assert judge(found, listed, True).status == status


def test_open_list() -> None:
    """Where nobody needs a password a stranger is not found; there is nothing that could be probed."""
    assert judge(Claim("nobody", user="x", password=b"x"), OPEN).status == NOT_FOUND


@pytest.mark.parametrize(
    "found",
    [
        Claim("nobody", user="nobody", password=b"x"),
        Claim("CP1", user="CP2", password=b"x"),
        Claim("CP2", user="CP2", password=b"x"),  # another tenant's
    ],
)
def test_hopeless_claims_cost_the_same(found: Claim) -> None:
    """Names that do not exist or do not belong together are refused after as many comparisons as a wrong password."""
    verdict = judge(found, LISTED)
    assert verdict.status == DEPENDS and verdict.is_hopeless and verdict.charge_point is None
    assert verdict.hashes and len(verdict.decoys) == 2
    assert verdict.decoys == judge(Claim("CP1", user="CP1", password=b"x"), LISTED).decoys


@pytest.mark.parametrize("user", ["", "CP2", "garage"])
def test_user_names(user: str) -> None:
    """The user name is the identity, the configured one, or empty (quirk 16)."""
    assert not judge(Claim("CP2", "acme", user, b"x"), LISTED).is_hopeless


def test_key_that_looks_like_text() -> None:
    """Sixteen printable bytes may be a password or a key: both are tried."""
    assert candidates(b"0123456789abcdef") == [b"0123456789abcdef", b"30313233343536373839616263646566"]


@pytest.mark.parametrize(
    ("is_match", "is_hopeless", "status", "reason"),
    [
        (True, False, ADMITTED, ""),
        (False, False, UNAUTHORIZED, "why not"),
        (True, True, UNAUTHORIZED, "why not"),
        (False, True, UNAUTHORIZED, "why not"),
        (None, False, BUSY, "too many wait to be verified"),
        (None, True, BUSY, "too many wait to be verified"),
    ],
)
def test_what_a_password_decides(is_match: bool | None, is_hopeless: bool, status: int, reason: str) -> None:
    """One that matches lets in, unless nothing would; none but whoever is let in gets the entry of the list."""
    entry = LISTED.get("CP1")
    found = resolve(Verdict(DEPENDS, "why not", entry, ("$argon2a",), is_hopeless), is_match)
    assert (found.status, found.reason) == (status, reason)
    assert found.charge_point is (entry if status == ADMITTED else None)
