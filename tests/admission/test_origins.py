"""Which web pages may connect."""

from __future__ import annotations

import pytest

from shocpp.admission.claims import Claim
from shocpp.admission.origins import is_allowed
from shocpp.admission.rules import decide
from shocpp.admission.verdict import FORBIDDEN
from shocpp.settings import Settings


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (None, ""),
        ("", "cs.lan"),
        ("file://", "cs.lan"),
        ("http://192.0.2.1", "192.0.2.1:8080"),
        ("https://192.0.2.1:443", "192.0.2.1"),
        ("192.0.2.1", "192.0.2.1:8080"),
        ("http://[2001:db8::1]:80", "[2001:DB8:0::1]:8080"),
        ("http://[::1]", "::1"),
    ],
)
def test_who_is_no_page_of_somebody_else(origin: str | None, host: str) -> None:
    """Without a list there pass: nobody's page, what arduinoWebSockets sends, and the address that is connected to."""
    assert is_allowed(origin, host, "")


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://evil.example", "192.0.2.1:8080"),
        ("null", "192.0.2.1"),
        ("http://192.0.2.2", "192.0.2.1"),
        ("http://cs.lan", "cs.lan"),  # a name may be made to mean us (DNS rebinding)
        ("http://localhost:8080", "localhost:8080"),
        ("http://192.0.2.1.evil.example", "192.0.2.1"),
        ("http://evil.example/192.0.2.1", "192.0.2.1"),
        ("http://192.0.2.1@evil.example", "192.0.2.1"),
        ("http://192.0.2.1, http://evil.example", "192.0.2.1"),
        ("file://, http://evil.example", "192.0.2.1"),
        ("http://[", "["),
        ("http://", ""),
    ],
)
def test_pages_of_others(origin: str, host: str) -> None:
    """All else is refused, however it dresses."""
    assert not is_allowed(origin, host, "")


def test_a_list_is_the_whole_list() -> None:
    """With a list only what is in it may, letter case aside, besides who sends none."""
    allowed = "https://Panel.example,http://other.example:81 file://"
    for origin in ("https://panel.example", "HTTP://other.example:81", "file://", None):
        assert is_allowed(origin, "192.0.2.1", allowed)
    for origin in ("http://panel.example", "http://other.example", "http://192.0.2.1"):
        assert not is_allowed(origin, "192.0.2.1", allowed)
    assert is_allowed("http://evil.example", "cs.lan", "https://panel.example *")


def test_the_reason_names_page_and_setting() -> None:
    """Whoever reads the log knows what to set; what the page calls itself cannot forge a line."""
    found = Claim("CP1")
    found.origin = "http://evil.example/\n"
    verdict = decide(found, None, Settings.from_environ({}))
    assert verdict.status == FORBIDDEN
    assert "SHOCPP_ORIGINS" in verdict.reason and "evil.example" in verdict.reason and "\n" not in verdict.reason
