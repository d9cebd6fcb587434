"""Who gets in, what a foreign site can do, and what a browser is told to refuse: the way to the pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.test import Client

from shocpp.web.pages import guesses, people, tokens
from shocpp.web.pages.people import Person
from tests.support.page_home import PageHome


@pytest.fixture
def home(tmp_path: Path) -> Iterator[PageHome]:
    """Give a home with a driver, and a charge point that nothing happens at."""
    made = PageHome(tmp_path / "home")
    made.see("CP001", "Available")
    made.person("Anna", "driver", "family-y")
    yield made
    made.close()


@pytest.fixture
def client(home: PageHome) -> Client:
    """Give what asks its application."""
    return home.client()


def form_of(client: Client, link: str) -> dict[str, str]:
    """Give the hidden fields of the first form on a page."""
    text = client.get(link).text
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text.split("</form>")[0]))


HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.parametrize("path", ["", "fragment", "manifest.webmanifest", "nothing", "../wrong-link/", "../call?x"])
def test_headers_guard_every_answer(home: PageHome, client: Client, path: str) -> None:
    """Whatever is answered, a browser is told to keep nothing, to say nothing to others, and to run nothing inline."""
    answer = client.get(f"{home.links['Anna']}{path}")
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "Server" not in answer.headers


def test_nothing_is_inline(home: PageHome, client: Client) -> None:
    """A page works under its own policy: neither script nor style nor handler stands in it."""
    text = client.get(home.links["Anna"]).text
    assert not re.search(r"<style|style=|<script(?! src=)|\son\w+=|javascript:", text)


def test_a_wrong_link_leads_nowhere(home: PageHome, client: Client) -> None:
    """Who has no link learns nothing; the log has no id whole, neither of a wrong nor of a right link."""
    wrong = "kZ3v0XoT5b7q2WmHc9LrYs4NfPd8GjAe"
    answer = client.get(f"/{wrong}/")
    assert answer.status_code == 404
    assert "Anna" not in answer.text and "CP001" not in answer.text and wrong not in answer.text
    client.get(home.links["Anna"])
    said = "\n".join(home.said)
    assert "no link kZ3v…" in said
    assert wrong not in said and home.links["Anna"].strip("/") not in said


def test_many_wrong_links_are_too_many(home: PageHome, client: Client) -> None:
    """After ten wrong links in a minute there is 429, also of canned calls; a right link works all the same."""
    found = [client.get(f"/wrong-{number}/").status_code for number in range(guesses.MOST + 1)]
    assert found == [404] * guesses.MOST + [429]
    assert client.get("/call?wrong").status_code == 429
    assert client.get(home.links["Anna"]).status_code == 200
    other = {"REMOTE_ADDR": "192.0.2.9"}
    assert client.get("/wrong/", environ_overrides=other).status_code == 404


def test_guesses_are_forgotten_after_a_minute() -> None:
    """Only those of the last minute count, of the last so many addresses."""
    now = [0.0]
    seen = guesses.Guesses(lambda: now[0])
    assert [seen.add("192.0.2.1") for _ in range(guesses.MOST + 1)][-1]
    now[0] = guesses.WITHIN_S + 1
    assert not seen.add("192.0.2.1")
    for number in range(3_000):
        seen.add(f"198.51.100.{number}")
    assert len(seen._seen) == 1000


def test_a_revoked_link_ends_at_once(home: PageHome, client: Client) -> None:
    """The page, its fragment and its buttons are gone with the link."""
    link = home.links["Anna"]
    form = form_of(client, link)
    people.revoke(home.settings.people_file, "Anna")
    assert client.get(link).status_code == client.get(f"{link}fragment").status_code == 404
    assert client.post(f"{link}start", data=form).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://foreign.example"},
    ],
)
def test_a_foreign_form_does_nothing(home: PageHome, client: Client, headers: dict[str, str]) -> None:
    """A form of another site is refused although it has all that ours has, the token among it."""
    link = home.links["Anna"]
    answer = client.post(f"{link}start", data=form_of(client, link), headers=headers)
    assert answer.status_code == 403
    assert not (home.home / "run/CP001/request.json").exists()


def test_a_form_needs_a_token_of_its_person(home: PageHome, client: Client) -> None:
    """Without a token, or with somebody else's, nothing is done."""
    link, other = home.links["Anna"], home.person("Bert", "driver", "company-x")
    form = form_of(client, link)
    for token in ("", form_of(client, other)["token"], "ä"):
        assert client.post(f"{link}start", data={**form, "token": token}).status_code == 403


def test_what_acts_takes_post_alone(home: PageHome, client: Client) -> None:
    """GET does nothing: whoever reloads what an act led to is back on the page; no page takes a form."""
    answer = client.get(f"{home.links['Anna']}start")
    assert (answer.status_code, answer.headers["Location"]) == (303, home.links["Anna"])
    answer = client.post(home.links["Anna"])
    assert answer.status_code == 405 and "GET" in answer.headers["Allow"]
    assert client.post(f"{home.links['Anna']}start", data={"token": "x" * 100_000}).status_code == 413


def test_only_our_words_are_shown(home: PageHome, client: Client) -> None:
    """What a page says of an act cannot be written into an address, nor shown to another, nor be old."""
    person = Person("Anna", "driver", "0" * 64)
    said = tokens.outcome(person, tokens.GOOD, "Garage ist frei.", 1_000)
    assert tokens.read_outcome(person, said, 1_010) == (tokens.GOOD, "Garage ist frei.")
    assert tokens.read_outcome(person, said, 2_000) is None
    assert tokens.read_outcome(Person("Bert", "driver", "1" * 64), said, 1_010) is None
    for forged in ("", ".", "x.y", said[:-2], f"ä.{said}"):
        assert tokens.read_outcome(person, forged, 1_010) is None
    assert client.get(f"{home.links['Anna']}?said={said}").status_code == 200


def test_a_user_is_whom_the_server_names(home: PageHome) -> None:
    """A web server that asks for passwords may name the user; nobody else can, and nobody without an entry gets in."""
    client = home.client()
    listed = [{"name": "Anna", "role": "viewer", "link": people.digest("x"), "user": "anna"}]
    home.configure("people.json", listed)
    assert client.get("/me/").status_code == 404
    assert client.get("/me/", headers={"X-Remote-User": "anna", "Remote-User": "anna"}).status_code == 404
    assert client.get("/me/", environ_overrides={"REMOTE_USER": "bert"}).status_code == 404
    named = {"REMOTE_USER": "anna"}
    assert client.get("/me/", environ_overrides=named).status_code == 200
    answer = client.get("/", environ_overrides=named)
    assert (answer.status_code, answer.headers["Location"]) == (303, "me/")


def test_a_proxy_is_believed_where_it_is_said(tmp_path: Path) -> None:
    """With SHOCPP_WEB_PROXY a proxy on this machine says who asks, from where and below what; nobody else does."""
    home = PageHome(tmp_path / "home", SHOCPP_WEB_PROXY="1")
    home.configure("people.json", [{"name": "Anna", "role": "viewer", "link": people.digest("x"), "user": "anna"}])
    client = home.client()
    said = {"X-Remote-User": "anna", "X-Forwarded-Prefix": "/wallbox", "X-Forwarded-For": "192.0.2.7"}
    near, far = {"REMOTE_ADDR": "127.0.0.1"}, {"REMOTE_ADDR": "192.0.2.1"}
    answer = client.get("/me/", headers=said, environ_overrides=near)
    assert answer.status_code == 200 and "/wallbox/static/page.css" in answer.text
    assert client.get("/me/", headers=said, environ_overrides=far).status_code == 404
    client.get("/wrong/", headers=said, environ_overrides=near)
    assert "from 192.0.2.7: 404" in home.said[-1]


def test_the_language_is_the_browsers_or_the_switchs(home: PageHome, client: Client) -> None:
    """German and English by Accept-Language; the switch is remembered in a cookie that no other site gets sent."""
    link = home.links["Anna"]
    assert '<html lang="de">' in client.get(link, headers={"Accept-Language": "de-AT,en;q=0.5"}).text
    assert '<html lang="en">' in client.get(link, headers={"Accept-Language": "fr"}).text
    answer = client.get(f"{link}?lang=de")
    assert (answer.status_code, answer.headers["Location"]) == (303, link)
    assert {"HttpOnly", "SameSite=Strict"} <= set(answer.headers["Set-Cookie"].split("; "))
    assert '<html lang="de">' in client.get(link, headers={"Accept-Language": "en"}).text
    assert '<html lang="en">' in client.get(f"{link}nothing-is-here?lang=en").text  # where nothing leads on to


def test_the_switch_leads_to_the_same_page_alone(home: PageHome, client: Client) -> None:
    """What a query calls as an address calls its parts means nothing: neither another page nor another's link."""
    link = home.links["Anna"]
    for path, query, leads_to in (
        ("", "key=elsewhere", ""),
        ("month/2026-10/", "year=2025&number=3&key=elsewhere&account=x", "month/2026-10/?account=x"),
        ("month/", "self=1&page=2&key=%2F%2Felsewhere.example", "month/?self=1&page=2"),
    ):
        answer = client.get(f"{link}{path}?lang=de&{query}")
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{link}{leads_to}")


def test_canned_calls_are_answered(home: PageHome, client: Client) -> None:
    """Links of calls.json work beside the pages, as shocpp-caller answers them."""
    assert home.links and client.post("/call?a-canned-call").text == "Accepted\n"
    assert client.get("/call/a-canned-call", headers={"Accept": "application/json"}).json == {"status": "Accepted"}
    assert client.get("/call?another").status_code == 404


def test_what_pages_fetch_may_be_kept(client: Client, home: PageHome) -> None:
    """Style, script and icon are kept by their version, and by no other name; nothing else is served."""
    text = client.get(home.links["Anna"]).text
    for address in re.findall(r'"(/static/[^"]+)"', text):
        answer = client.get(address.replace("&amp;", "&"))
        assert answer.status_code == 200 and "immutable" in answer.headers["Cache-Control"], address
        assert "immutable" not in client.get(address.partition("?")[0]).headers["Cache-Control"]
    assert client.get("/static/..%2Fapplication.py").status_code == 404
