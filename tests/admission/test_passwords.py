"""Passwords: scrypt's hashes, which Python itself compares, argon2's where that is installed, broken ones never."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
from pathlib import Path

import argon2
import pytest

from shocpp.admission import passwords
from shocpp.admission.claims import Claim
from shocpp.admission.rules import judge
from shocpp.admission.verdict import ADMITTED, DEPENDS, UNAUTHORIZED
from shocpp.ledger.charge_points import ChargePoints

HEX_KEY = "00FF8A1b2c3d4e5f60718293a4b5c6d7"
ARGON2 = argon2.PasswordHasher(1, 8, 1).hash("secret")


def cheap(password: str, log_n: int = 1) -> str:
    """Make a hash that takes no time, in other words than the code's."""
    salt = b"0123456789abcdef"
    key = hashlib.scrypt(password.encode(), salt=salt, n=2**log_n, r=1, p=1, dklen=32)
    words = [base64.b64encode(each).decode().rstrip("=") for each in (salt, key)]
    return "$".join(["", "scrypt", f"ln={log_n},r=1,p=1", *words])


def test_a_new_hash() -> None:
    """A password matches its own hash and no other; two hashes of it have nothing in common."""
    first, second = passwords.make("secret"), passwords.make("secret")
    assert (
        first.startswith("$scrypt$ln=14,r=8,p=1$") and first.isascii() and first.split("$")[3] != second.split("$")[3]
    )
    assert passwords.matches((first,), b"secret") and passwords.matches((second,), b"secret")
    assert not passwords.matches((first,), b"Secret")
    entry = {"identity": "CP1", "passwords": [first, ARGON2]}
    assert len(ChargePoints.from_list([entry])) == 1, "both kinds may be listed"


def test_a_key_as_digits_and_as_bytes() -> None:
    """A hex key matches in either case, and as the raw bytes that some charge points send."""
    hashed = (passwords.make(HEX_KEY),)
    for sent in (HEX_KEY.encode(), HEX_KEY.lower().encode(), bytes.fromhex(HEX_KEY)):
        assert passwords.matches(hashed, sent)


def test_parameters_are_the_hashs_own() -> None:
    """What another version made with other parameters is compared with those."""
    assert passwords.matches((cheap("secret"), cheap("other", 2)), b"other")


@pytest.mark.parametrize("broken", [
    "$scrypt$", "$scrypt$ln=1,r=1,p=1$", "$scrypt$ln=1,r=1,p=1$AAAA$", "$scrypt$ln=1,r=1$AAAA$AAAA", "$scrypt$a$b$c$d",
    "$scrypt$ln=40,r=8,p=1$AAAA$AAAA", "$scrypt$ln=14,r=8,p=1000000$AAAA$AAAA", "$scrypt$ln=-1,r=8,p=1$AAAA$AAAA",
    "$scrypt$ln=99999999999999,r=8,p=1$AAAA$AAAA", "$scrypt$ln=1,r=1,p=1$!$!", "$argon2id$v=19$x", "$argon2",
])  # fmt: skip
def test_a_broken_hash_matches_nothing(broken: str) -> None:
    """Whatever stands there, nobody is let in for it, and it takes neither all memory nor a day."""
    assert not passwords.matches((broken,), b"") and not passwords.matches((broken,), b"secret")
    assert passwords.matches((broken, cheap("secret")), b"secret"), "the other one still counts"


def test_without_argon2(monkeypatch: pytest.MonkeyPatch) -> None:
    """A charge point whose hash cannot be compared is refused, alone, with the reason; others are let in as ever."""
    assert passwords.matches((ARGON2,), b"secret")
    monkeypatch.setitem(sys.modules, "argon2", None)
    listed = ChargePoints.from_list([
        {"identity": "CP1", "passwords": [ARGON2]},
        {"identity": "CP2", "passwords": [cheap("secret")]},
        {"identity": "CP3", "passwords": [ARGON2, cheap("secret")]},
        {"identity": "CP4"},
    ])  # fmt: skip
    for name, status, words in (
        ("CP1", UNAUTHORIZED, "needs argon2-cffi"),
        ("CP2", ADMITTED, ""),
        ("CP3", ADMITTED, ""),
        ("nobody", UNAUTHORIZED, "not listed"),
    ):
        verdict = judge(Claim(name, user=name, password=b"secret"), listed)
        assert verdict.status == DEPENDS
        found = passwords.compare(verdict, b"secret")
        assert found.status == status and words in found.reason
    assert [each.partition(" ")[0] for each in passwords.warnings(listed)] == ["CP1", "CP3"]
    assert f"{sys.executable} -m pip install 'argon2-cffi>=21.2'" in passwords.warnings(listed)[0]


@pytest.mark.parametrize("name", ["CP1", "CP2", "CP3", "nobody"])
def test_kinds_are_compared_as_often_whoever_asks(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Where both kinds are listed a refusal takes as many comparisons of each, so that the time tells nothing."""
    compared: list[str] = []

    def count(hashed: str, _: bytes) -> bool:
        compared.append(hashed.split("$")[1])
        return False

    monkeypatch.setattr(passwords, "_is_match", count)
    listed = ChargePoints.from_list([
        {"identity": "CP1", "passwords": [ARGON2]},
        {"identity": "CP2", "passwords": [cheap("a"), cheap("b")]},
        {"identity": "CP3", "passwords": [ARGON2, cheap("secret")]},
    ])  # fmt: skip
    passwords.compare(judge(Claim(name, user=name, password=b"wrong"), listed), b"wrong")
    assert sorted(compared) == ["argon2id", "scrypt", "scrypt"]


def test_a_decoy_opens_nothing() -> None:
    """What is compared for the time alone lets nobody in, though it matches."""
    assert not passwords.matches((cheap("mine"),), b"another's", (cheap("mine"), cheap("another's")))


def test_who_needs_no_password_pays_for_none(tmp_path: Path) -> None:
    """A backend that lets in a charge point without a password does not import what compares them."""
    (tmp_path / "charge-points.json").write_text('[{"identity": "CP1"}]')
    program = """
import sys
from shocpp.admission.cgi import admit
from shocpp.settings import Settings
print(admit(Settings.from_environ(), {"REQUEST_URI": "/CP1"})[0], "hashlib" in sys.modules)
"""
    path = str(tmp_path / "charge-points.json")
    environ = {"SHOCPP_CHARGEPOINTSFILE": path, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=True)
    assert done.stdout == "CP1 False\n"
