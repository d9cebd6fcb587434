"""Envelopes for people to read: as they came, but for the secrets in them."""

from __future__ import annotations

import pytest

from shocpp.ocpp.sent_keys import SentKeys
from shocpp.ocpp.soap.masked_envelope import masked
from tests.ocpp.soap.test_soap_envelopes import SOAP, STOP, UNDECLARED, envelope

BROKEN = envelope("<c:chargeBoxIdentity>undefined")
PASSWORD = '<Security xmlns="urn:wsse"><UsernameToken><Password Type="text">hush</Password></UsernameToken></Security>'


def entry(key: str, value: str) -> str:
    """Give a configuration key as GetConfiguration answers it."""
    return f"<configurationKey><key>{key}</key><readonly>false</readonly><value>{value}</value></configurationKey>"


@pytest.mark.parametrize(
    "text", [envelope(), f"<?xml version='1.0'?>\n{STOP}", UNDECLARED, BROKEN, f"<!-- nothing -->{STOP}", "no XML <"]
)
def test_what_has_no_secret_stands_as_it_came(text: str) -> None:
    """Prefixes, order, spaces and what is broken are what one wants to see."""
    shown = masked(text.encode(), str)
    assert shown == text.replace("<!-- nothing -->", "")


@pytest.mark.parametrize(("header", "body", "kept"), [
    ("", entry("AuthorizationKey", "hush"), "AuthorizationKey"),
    ("", entry("Voltage", "230") + entry("authKey2", "hush"), ">230<"),
    ("", "<data>{&quot;password&quot;: &quot;hush&quot;, &quot;a&quot;: 1}</data>", "a"),
    ("", "<location>ftp://joe:hush@files.example/x</location>", "@files.example/x"),
    ("", '<data pin="hush">1</data>', ">1<"),
    ("", "<credentials><inner>hush</inner></credentials>", "credentials"),
    (PASSWORD, STOP, ">9075000<"),
    ("<!-- hush -->" + PASSWORD, STOP, ">9075000<"),
])  # fmt: skip
def test_secrets_are_hidden(header: str, body: str, kept: str) -> None:
    """What is one by its name, or stands where passwords do, in headers, attributes and texts, too."""
    shown = masked(envelope(header, body).encode(), str)
    assert "hush" not in shown
    assert "***" in shown
    assert kept in shown
    assert shown.startswith(f'<s:Envelope xmlns:s="{SOAP}">')


def test_what_cannot_be_read_and_mentions_a_secret_is_hidden_whole() -> None:
    """Where its parts are is not known."""
    for text in (BROKEN.replace(STOP, entry("AuthorizationKey", "hush")), "<a><password>hush"):
        shown = masked(text.encode(), str)
        assert shown == f"*** ({len(text)} characters that mention a secret)"


def test_keys_that_were_sent_are_hidden() -> None:
    """Wherever they come back, be it as XML spells them."""
    keys = SentKeys()
    keys.note({"0a1b2c3d4e5f", "a<b&c>d<e"})
    text = envelope("", "<reason>0A1B2C3D4E5F</reason><reason>no a&lt;b&amp;c&gt;d&lt;e</reason>")
    assert "<reason>***</reason><reason>no ***</reason>" in masked(text.encode(), keys.hide)


def test_what_is_long_or_dangerous_is_told_of() -> None:
    """Of what is too long only the length is kept; a document with entities is not looked at."""
    long = envelope("", f"<data>{'x' * 70_000}</data>")
    assert masked(long.encode(), str) == f"*** ({len(long)} characters, too many to be kept)"
    bomb = b'<!DOCTYPE a [<!ENTITY b "hush">]><a>&b;</a>'
    assert masked(bomb, str) == f"({len(bomb)} bytes: a DOCTYPE is not accepted)"
