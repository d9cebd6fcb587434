"""
Who may connect, through the real listeners: the same rules embedded and under websocketd, with and without TLS.

Under websocketd a refusal is a connection that is closed without a word, whether the listener serves it or a backend
by itself; embedded it is an HTTP status.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from shocpp.admission import passwords
from shocpp.admission.claims import Claim
from shocpp.admission.rules import judge
from shocpp.admission.verdict import DEPENDS
from shocpp.ledger.charge_points import ChargePoints
from tests.support.listening import PLAIN, Listener, certificate, is_served, listening, trusting
from tests.support.patience import until
from tests.support.scratch import ROOT

HEX_KEY = "00FF8A1b2c3d4e5f60718293a4b5c6d7"
LISTED: list[dict[str, Any]] = [
    {"identity": "CP001", "passwords": ["secret:with colon"]},
    {"identity": "CP002", "passwords": ["old-password", "new-password"], "user": "garage"},
    {"identity": "CP003", "passwords": [HEX_KEY]},
    {"identity": "CP004"},
    {"identity": "CP:5", "passwords": ["five"]},
    {"identity": "CP006", "passwords": ["six"], "tenant": "acme"},
]
KINDS = (*PLAIN, "embedded-tls", "websocketd-tls")
SECRETS = ("secret:with colon", "secret%3Awith", "old-password", "new-password", HEX_KEY, "wrong-word", "five", "six")
# a listener that says what it compares a password with
COUNTING = """
import sys
sys.path.insert(0, sys.argv[1])
from shocpp.admission import passwords
from shocpp.cli.listener import main
is_match = passwords._is_match
def said(hashed, candidate):
    print("compared with", hashed, file=sys.stderr, flush=True)
    return is_match(hashed, candidate)
passwords._is_match = said
sys.exit(main([sys.argv[-1]]))
"""


def charge_points() -> str:
    """Give charge-points.json with the passwords above as hashes: quick ones, what they cost is no subject here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_LOG_N", 4)
        return json.dumps(
            [{**each, "passwords": [passwords.make(p) for p in each.get("passwords", [])]} for each in LISTED]
        )


@pytest.fixture(scope="module")
def hashed() -> str:
    """Make the hashes once."""
    return charge_points()


@pytest.fixture(scope="module")
def listeners(tmp_path_factory: pytest.TempPathFactory, hashed: str) -> Iterator[Callable[[str], Listener]]:
    """Give the listener of a kind: it is started when it is first asked for, and serves all tests of this module."""
    with ExitStack() as stack:

        @cache
        def listener_of(kind: str) -> Listener:
            return stack.enter_context(admitting(tmp_path_factory.mktemp(kind), kind, hashed))

        yield listener_of


def admitting(home: Path, kind: str, hashed: str) -> AbstractContextManager[Listener]:
    """Run a listener that asks for the passwords above, and keeps a journal."""
    kind, _, tls = kind.partition("-")
    environ = {"SHOCPP_CHARGEPOINTSFILE": str(home / "charge-points.json"), "SHOCPP_URL_CREDENTIALS": "1"}
    environ["SHOCPP_JOURNALDIR"] = str(home / "journal")
    (home / "charge-points.json").write_text(hashed)
    context = None
    if tls:
        made, key = certificate(home, "server")
        environ |= {"SHOCPP_TLS_CERTIFICATE": str(made), "SHOCPP_TLS_KEY": str(key)}
        context = trusting(made)
    return listening(home, kind, context, **environ)


@pytest.fixture(params=KINDS)
def listener(request: pytest.FixtureRequest, listeners: Callable[[str], Listener]) -> Listener:
    """Give the listener of each kind."""
    return listeners(request.param)


# a password would stand where the name is looked for
NAMELESS = ("/u/CP001/secret%3Awith%20colon", "/v16hu/acme/CP006/six")
CASES = {
    "right": ("/ocpp/CP001", ("CP001", "secret:with colon"), 101),
    "wrong": ("/ocpp/CP001", ("CP001", "wrong-word"), 401),
    "missing": ("/ocpp/CP001", None, 401),
    "another-user": ("/ocpp/CP001", ("CP002", "secret:with colon"), 401),
    "empty-user": ("/ocpp/CP001", ("", "secret:with colon"), 101),
    "configured-user": ("/CP002", ("garage", "old-password"), 101),
    "rotated": ("/CP002", ("CP002", "new-password"), 101),
    "hex-as-text": ("/CP003", ("CP003", HEX_KEY.lower()), 101),
    "raw-bytes": ("/CP003", ("CP003", bytes.fromhex(HEX_KEY)), 101),
    "raw-bytes-wrong": ("/CP003", ("CP003", bytes.fromhex(HEX_KEY)[::-1]), 401),
    "no-password-needed": ("/CP004", None, 101),
    "colon-in-identity": ("/CP:5", ("CP:5", "five"), 101),
    "stranger": ("/CP999", ("CP999", "wrong-word"), 401),
    "letter-case": ("/cp001", ("cp001", "secret:with colon"), 401),
    "no-identity": ("/", None, 401),
    "url": ("/ocpp/u/CP001/secret%3Awith%20colon/CP001", None, 101),
    "url-wrong": ("/u/CP001/wrong-word/CP001", None, 401),
    "url-without-identity": ("/u/CP001/secret%3Awith%20colon", None, 401),
    "tenant": ("/h/acme/u/CP006/six/CP006", None, 101),
    "tenant-basic": ("/ocpp/h/acme/CP006", ("CP006", "six"), 101),
    "tenant-wrong": ("/h/other/u/CP006/six/CP006", None, 401),
    "v16u": ("/ocpp/v16u/CP001/secret%3Awith%20colon/CP001", None, 101),
    "v16u-wrong": ("/v16u/CP001/wrong-word/CP001", None, 401),
    "v16h": ("/v16h/acme/CP006", ("CP006", "six"), 101),
    "v16hu": ("/v16hu/acme/CP006/six/CP006", None, 101),
    "v16hu-wrong-tenant": ("/v16hu/other/CP006/six/CP006", None, 401),
    "v16hu-without-identity": ("/v16hu/acme/CP006/six", None, 401),
    "tenant-missing": ("/u/CP006/six/CP006", None, 401),
}
# what TLS could have a part in, beside the rules, which are the same
WITH_TLS = {"right", "raw-bytes", "wrong", "no-identity", "url"}


def _logins() -> list[Any]:
    """Pair each listener with each way to log in; one with TLS has all with --thorough."""
    return [
        pytest.param(kind, case, marks=[pytest.mark.thorough] * (kind.endswith("tls") and case not in WITH_TLS))
        for kind in KINDS
        for case in CASES
    ]


@pytest.mark.parametrize(("listener", "case"), _logins(), indirect=["listener"])
def test_who_may_connect(listener: Listener, case: str) -> None:
    """Every way to log in ends as it must, and no password is in what any process wrote."""
    path, credentials, wanted = CASES[case]
    given = dict(zip(("user", "password"), credentials, strict=True)) if credentials else {}
    event = ("" if path in NAMELESS else path.rpartition("/")[2], "127.0.0.1", wanted)
    logged, kept = (listener.said().count(f"refused {wanted}: "), refused(listener).count(event))
    found = listener.status_of(path, **given)
    assert found == (wanted if listener.kind == "embedded" or wanted == 101 else 0)
    if wanted != 101:
        until(lambda: listener.said().count(f"refused {wanted}: ") == logged + 1, "the reason to be logged")
        until(lambda: refused(listener).count(event) == kept + 1, "the event to be in the journal")
    assert not [secret for secret in SECRETS if secret in listener.said() + journal(listener)]


def journal(listener: Listener) -> str:
    """Give the journal's text."""
    return "".join(path.read_text() for path in sorted(listener.scratch.home.glob("journal/*/*/*")))


def refused(listener: Listener) -> list[tuple[str, str, int]]:
    """Give who was refused, from where and how, as the journal's events say it."""
    events = [json.loads(line) for line in journal(listener).splitlines() if '"forbidden"' in line]
    assert all(each["tags"] == ["ocpp", "charger", "forbidden"] and each["data"]["error"] for each in events)
    assert all(each["charge_point"] == each["data"]["cp"] for each in events)
    return [(each["data"]["cp"], each["data"]["address"], each["data"]["status"]) for each in events]


@pytest.mark.parametrize("kind", PLAIN)
def test_credentials_in_the_path_are_refused_unless_set(tmp_path: Path, kind: str) -> None:
    """Without the setting a path that can only carry credentials lets nobody in; the log names it, and no secret."""
    with listening(tmp_path, kind) as listener:
        for path in ("/v16u/me/six-words/CP1", "/v16hu/acme/me/six-words/CP1", "/v16hu/acme/me/six-words"):
            assert listener.status_of(path) == (403 if kind == "embedded" else 0)
        until(lambda: listener.said().count("SHOCPP_URL_CREDENTIALS") == 3, "the reason to be logged")
        assert listener.status_of("/u/me/CP1") == 101, "a path like any other"
        assert "six-words" not in listener.said()
        assert not (tmp_path / "run/six-words").exists()


@pytest.mark.parametrize("kind", PLAIN)
@pytest.mark.parametrize(
    ("origins", "let_in", "refused"),
    [
        ("", ["file://", "http://127.0.0.1:1"], ["http://evil.example"]),
        ("http://good.example", ["http://good.example"], ["http://127.0.0.1"]),
        ("*", ["http://evil.example"], []),
    ],
)
def test_web_pages(tmp_path: Path, kind: str, origins: str, let_in: list[str], refused: list[str]) -> None:
    """A page that a browser shows is let in only where that was said; the log names page and setting."""
    with listening(tmp_path, kind, SHOCPP_ORIGINS=origins) as listener:
        for origin in let_in:
            listener.headers = {"Origin": origin}
            assert listener.status_of("/CP1") == 101, origin
        for origin in refused:
            listener.headers = {"Origin": origin}
            assert listener.status_of("/CP1") == (403 if kind == "embedded" else 0), origin
            until(partial(listener.has_said, f"{origin}, which SHOCPP_ORIGINS"), "the reason to be logged")
        listener.headers = {}
        assert listener.status_of("/CP1") == 101


def test_stranger_never(listener: Listener) -> None:
    """Whoever cannot log in does not displace the charge point whose name he uses."""
    with listener.connect("/CP001", user="CP001", password="secret:with colon") as connection:
        assert is_served(connection)
        assert listener.status_of("/CP001", user="CP001", password="wrong-word") != 101
        assert is_served(connection)
        assert listener.scratch.is_held("CP001")


def test_list_is_read_anew(tmp_path: Path, hashed: str) -> None:
    """An edit takes effect without a restart; a broken one and a vanished file let nobody in who was not."""
    file = tmp_path / "conf/charge-points.json"
    with listening(tmp_path) as listener:
        assert listener.status_of("/anybody") == 101
        listener.scratch.configure("charge-points.json", hashed)
        assert listener.status_of("/anybody") == 401
        assert listener.status_of("/CP004") == 101
        file.write_text('[{"identity": "anybody"}, {"identity": ')
        assert listener.status_of("/anybody") == 401
        assert listener.status_of("/CP004") == 101
        until(lambda: "line 1, column" in listener.said(), "the fault to be logged")
        file.unlink()
        assert listener.status_of("/anybody") == 401


@pytest.mark.parametrize("who", ["CP001", "CP002", "CP002 as somebody", "nobody"])
def test_a_refusal_takes_as_much_work(monkeypatch: pytest.MonkeyPatch, hashed: str, who: str) -> None:
    """
    Wrong passwords, wrong users and names that do not exist cost as many comparisons, with one hash and with two.

    What that means in time: ``python -m tests.bench.strangers``.
    """
    compared: list[str] = []
    is_match = passwords._is_match

    def count(wanted: str, password: bytes) -> bool:
        compared.append(wanted)
        return is_match(wanted, password)

    monkeypatch.setattr(passwords, "_is_match", count)
    identity, _, user = who.partition(" as ")
    verdict = judge(
        Claim(identity, user=user or identity, password=b"wrong-word"), ChargePoints.from_list(json.loads(hashed))
    )
    assert verdict.status == DEPENDS
    assert not passwords.matches(verdict.hashes, b"wrong-word", verdict.decoys)
    assert len(compared) == 2 and all(each.startswith("$scrypt$") for each in compared)


def test_a_refusal_costs_as_much(tmp_path: Path, hashed: str) -> None:
    """
    In the real listener, too, wrong passwords and names that do not exist cost as many comparisons.

    Each is written to its output; what else a refusal may cost is nothing beside them.
    """
    with listening(tmp_path, launcher=[sys.executable, "-I", "-c", COUNTING, str(ROOT)]) as listener:
        listener.scratch.configure("charge-points.json", hashed)
        for identity in ("CP001", "CP002", "nobody"):
            before = listener.said().count("compared with $scrypt$")
            assert listener.status_of(f"/{identity}", user=identity, password="wrong-word") == 401
            assert listener.said().count("compared with $scrypt$") == before + 2
