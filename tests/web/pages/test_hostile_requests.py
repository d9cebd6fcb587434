"""Whatever a query or a form says, the answer is one of ours, and leads nowhere but to the visitor's own pages."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as some
from werkzeug.test import EnvironBuilder, run_wsgi_app

from shocpp.web.pages import tokens
from shocpp.web.pages.application import _ROUTES, Application
from tests.support.page_home import PageHome
from tests.support.properties import examples

MONTH = "<int(fixed_digits=4):year>-<int(fixed_digits=2):number>"
RULES = {rule.rule.replace(MONTH, "2026-10") for rule in _ROUTES.iter_rules()}
PATHS = sorted(
    RULES | {rule.rstrip("/") or "/" for rule in RULES} | {"/elsewhere/", "//elsewhere.example/", "/<key>/a/b"}
)
NAMES = (
    *("lang", "key", "year", "number", "form", "name", "word", "said", "q", "state", "page", "id", "call", "account"),
    *("token", "charge_point", "connector", "transaction", "card", "csv", "", "\0", "\ud800", "lang[]", "v", "é"),
    *("self", "cls", "visit", "values", "args", "method", "endpoint", "url_scheme", "force_external", "_external"),
)
VALUES = (
    *("de", "en", "1", "-1", "0", "2026", "9" * 30, "²", "", "\0", "\ud800", "\r\nX: y", "x" * 9_000, "{{7*7}}"),
    *("//elsewhere.example", "/elsewhere.example", "https://elsewhere.example/", "..", "../..", "CP001", "Heartbeat"),
)
texts = some.text(max_size=8)
pairs = some.lists(some.tuples(some.sampled_from(NAMES) | texts, some.sampled_from(VALUES) | texts), max_size=5)
METHODS = ("GET", "POST", "HEAD", "PUT", "OPTIONS", "get", "BREW")
KINDS = (
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "text/plain",
    "",
)
kinds = some.sampled_from(KINDS)
WORDS = {"Anna": "driver", "Oma": "viewer", "Hausmeister": "operator"}


def encoded(said: list[tuple[str, str]]) -> str:
    """Write a query, of which a browser makes no worse one."""
    return "&".join("=".join(quote_from_bytes(each.encode("utf-8", "surrogatepass")) for each in pair) for pair in said)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageHome]:
    """Give a home with people of each kind, and a charge point that is away: nobody waits for what it says."""
    made = PageHome(Path(tmp_path_factory.mktemp("hostile")) / "home")
    made.see("CP001", "Available", connected=False)
    for name, role in WORDS.items():
        made.person(name, role, "family-y" if role == "driver" else "")
    yield made
    made.close()


def ask(application: Application, method: str, path: str, query: str, **more: Any) -> tuple[int, str, str]:
    """Ask as a server does that passes on whatever came; status, Location, and the policy that all of ours have."""
    environ = EnvironBuilder(path=path).get_environ()
    environ |= {"REQUEST_METHOD": method, "QUERY_STRING": query, "REMOTE_ADDR": "192.0.2.1", **more}
    _, status, headers = run_wsgi_app(application, environ, buffered=True)
    return int(status.split()[0]), headers.get("Location", ""), headers.get("Content-Security-Policy", "")


def is_ours(home: PageHome, who: str, path: str, method: str, query: str, form: str = "", **more: str) -> None:
    """Ask, and see that it is answered by a page of ours which leads to nowhere else."""
    link, body = home.links[who], form.encode()
    sent = {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": KINDS[0]}
    asked = path.replace("/<key>", link.rstrip("/")).replace("<", "").replace(">", "")
    status, location, policy = ask(home.application, method, asked, query, **{**sent, **more})
    assert 200 <= status < 500 and policy, (asked, status)
    where = location.partition("?")[0]
    assert not where or where.startswith(link) or where == re.sub("/+", "/", f"{asked}/"), location


def token_of(home: PageHome, who: str) -> str:
    """Give what a form of their pages has."""
    person = home.site.people().with_link(home.links[who].strip("/"))
    assert person is not None
    return tokens.form_token(person)


@pytest.mark.parametrize("path", PATHS)
def test_no_name_is_taken_for_ours(home: PageHome, path: str) -> None:
    """A query or form that has all the names there are, each with the same, means no more than one that has none."""
    for value in VALUES:
        said = [(name, value) for name in NAMES if name not in ("lang", "token")]
        form = encoded([("token", token_of(home, "Hausmeister")), *said])
        is_ours(home, "Hausmeister", path, "GET", encoded([("lang", "de"), *said]))
        is_ours(home, "Hausmeister", path, "GET", encoded(said))
        is_ours(home, "Hausmeister", path, "POST", encoded(said), form)


@pytest.mark.parametrize("header", [
    {"HTTP_HOST": "x" * 5_000},
    {"HTTP_HOST": "["},
    {"HTTP_HOST": "//elsewhere.example/"},
    {"HTTP_ORIGIN": "http://["},
    {"HTTP_ORIGIN": "\xff"},
    {"HTTP_COOKIE": "language=\xff; =;\0"},
    {"HTTP_ACCEPT_LANGUAGE": "de;q=x,\0"},
    {"HTTP_IF_NONE_MATCH": 'W/"'},
    {"HTTP_SEC_FETCH_SITE": "\0"},
    {"CONTENT_LENGTH": "-1"},
    {"CONTENT_TYPE": "multipart/form-data; boundary=" + "x" * 5_000},
])  # fmt: skip
def test_no_header_is_too_strange(home: PageHome, header: dict[str, str]) -> None:
    """The same holds whatever a header says."""
    form = encoded([("token", token_of(home, "Hausmeister")), ("transaction", "1")])
    for path in ("/<key>", "/<key>/", "/<key>/fragment"):
        is_ours(home, "Hausmeister", path, "GET", "lang=de", "", **header)
        is_ours(home, "Hausmeister", path, "GET", "", "", **header)
    is_ours(home, "Hausmeister", "/<key>/stop", "POST", "", form, **header)


def test_an_address_without_its_last_slash_is_led_to_it(home: PageHome) -> None:
    """It is led there whatever the host is said to be, and a form that says nothing is no fault of ours."""
    link = home.links["Anna"]
    status, location, _ = ask(home.application, "GET", link.rstrip("/"), "a=1", HTTP_HOST="elsewhere.example")
    assert (status, location) == (308, f"{link}?a=1")
    body = encoded([("token", token_of(home, "Anna"))]).encode()
    form = {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": KINDS[0]}
    assert ask(home.application, "POST", f"{link}stop", "", **form)[0] == 400


@examples(150)
@given(some.sampled_from(sorted(WORDS)), some.sampled_from(PATHS), some.sampled_from(METHODS), pairs, pairs, kinds)
def test_a_request_is_answered_by_a_page_of_ours(
    home: PageHome, who: str, path: str, method: str, query: Any, form: Any, kind: str
) -> None:
    """No request raises, none finds a fault of ours, none is led elsewhere, whatever else it is."""
    is_ours(
        home, who, path, method, encoded(query), encoded([("token", token_of(home, who)), *form]), CONTENT_TYPE=kind
    )
